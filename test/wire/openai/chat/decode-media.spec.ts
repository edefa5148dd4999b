// Pictures and documents inside a message, and where a cached prefix ends.
import t from 'tap';
import { read, refusalOf } from './read-body.ts';

const b64 = (...bytes: number[]) => Buffer.from(bytes).toString('base64');
const PNG = b64(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2);
const JPEG = b64(0xff, 0xd8, 0xff, 0xe0);
const GIF = Buffer.from('GIF89a..').toString('base64');
const WEBP = Buffer.from('RIFF....WEBPVP8 ').toString('base64');
const PDF = Buffer.from('%PDF-1.7\n').toString('base64');
const TEXT = Buffer.from('a,b\n1,2\n').toString('base64');

const AT = 'messages[0].content[0]';
const withPart = (part: unknown) => ({ messages: [{ role: 'user', content: [part] }] });
const blockOf = (part: unknown) => read(withPart(part)).request.turns[0]?.content[0];
const image = (url: unknown) => ({ type: 'image_url', image_url: { url, detail: 'high' } });
const file = (members: object) => ({ type: 'file', file: members });

t.test('a picture is what its bytes are, whatever the URL calls it', async (t) => {
  const rows: [url: string, format: string, base64: string][] = [
    [`data:image/png;base64,${PNG}`, 'png', PNG],
    [`data:image/jpg;base64,${JPEG}`, 'jpeg', JPEG],
    [`DATA:image/gif;charset=x;BASE64,${GIF}`, 'gif', GIF],
    [`data:image/png;base64,${WEBP}`, 'webp', WEBP],
    [`data:;base64,${PNG.replace(/=+$/, '')}`, 'png', PNG],
    [`data:image/png;base64,${PNG.slice(0, 4)}\n ${PNG.slice(4)}`, 'png', PNG],
  ];
  for (const [url, format, base64] of rows)
    t.strictSame(blockOf(image(url)), {
      kind: 'image',
      source: { kind: 'bytes', format, base64 },
      path: `${AT}.image_url.url`,
    });
  const url = 'https://pictures.example/cat.png';
  t.strictSame(blockOf(image(url)), {
    kind: 'image',
    source: { kind: 'url', url },
    path: `${AT}.image_url.url`,
  });
});

t.test('a document is what its type, its name or its bytes say', async (t) => {
  const rows: [members: { file_data: string; filename?: string }, format: string, base64: string][] = [
    [{ file_data: `data:application/pdf;base64,${PDF}`, filename: 'a.pdf' }, 'pdf', PDF],
    [{ file_data: `data:application/octet-stream;base64,${PDF}` }, 'pdf', PDF],
    [{ file_data: PDF }, 'pdf', PDF],
    [{ file_data: `data:text/csv;base64,${TEXT}` }, 'csv', TEXT],
    [{ file_data: TEXT, filename: 'notes.MD' }, 'md', TEXT],
    [{ file_data: `data:;base64,${TEXT}`, filename: 'page.htm' }, 'html', TEXT],
  ];
  for (const [members, format, base64] of rows)
    t.strictSame(blockOf(file(members)), {
      kind: 'document',
      format,
      name: members.filename ?? null,
      base64,
      path: `${AT}.file.file_data`,
    });
});

t.test("BRClient's doc part is a document, in any form of bytes", async (t) => {
  const numbers = [...Buffer.from(PDF, 'base64')];
  for (const bytes of [PDF, numbers, Object.fromEntries(numbers.entries())]) {
    const part = { type: 'doc', doc: { name: 'Plan', format: 'PDF', source: { bytes } } };
    t.strictSame(blockOf(part), {
      kind: 'document',
      format: 'pdf',
      name: 'Plan',
      base64: PDF,
      path: `${AT}.doc.source.bytes`,
    });
  }
});

const REFUSED: [part: unknown, kind: string, param: string][] = [
  [{ type: 'image_url' }, 'missing_parameter', 'image_url'],
  [{ type: 'image_url', image_url: {} }, 'missing_parameter', 'image_url.url'],
  [{ type: 'image_url', image_url: 'https://x' }, 'invalid_type', 'image_url'],
  [image('http://pictures.example/cat.png'), 'invalid_value', 'image_url.url'],
  [image('file:///etc/passwd'), 'invalid_value', 'image_url.url'],
  [image('s3://bucket/cat.png'), 'invalid_value', 'image_url.url'],
  [image('data:image/png,abc'), 'invalid_value', 'image_url.url'],
  [image('data:image/png;base64,'), 'invalid_value', 'image_url.url'],
  [image('data:image/png;base64,a?b'), 'invalid_value', 'image_url.url'],
  [image(`data:image/png;base64,${TEXT}`), 'invalid_value', 'image_url.url'],
  [{ type: 'file' }, 'missing_parameter', 'file'],
  [file({}), 'missing_parameter', 'file.file_data'],
  [file({ file_id: 'file-1' }), 'unsupported_value', 'file.file_id'],
  [file({ file_data: 'https://x/a.pdf' }), 'invalid_value', 'file.file_data'],
  [file({ file_data: `data:image/png;base64,${PNG}` }), 'invalid_value', 'file.file_data'],
  [file({ file_data: TEXT, filename: 'a.pdf' }), 'invalid_value', 'file.file_data'],
  [{ type: 'doc' }, 'missing_parameter', 'doc'],
  [{ type: 'doc', doc: { format: 'exe', source: { bytes: 'AAAA' } } }, 'invalid_value', 'doc.format'],
  [{ type: 'doc', doc: { format: 'txt', source: { bytes: [256] } } }, 'invalid_value', 'doc.source.bytes'],
  [{ type: 'doc', doc: { format: 'txt', source: { bytes: null } } }, 'invalid_value', 'doc.source.bytes'],
  [{ type: 'input_audio', input_audio: { data: 'x', format: 'wav' } }, 'unsupported_value', 'type'],
];

t.test('what cannot be shown to a model is refused by its path', async (t) => {
  for (const [part, kind, param] of REFUSED)
    t.match(
      refusalOf(() => read(withPart(part))),
      { kind, param: `${AT}.${param}` },
      JSON.stringify(part),
    );
});

t.test(
  'a breakpoint ends a cached prefix; its lifetime is the shortest of ours that is as long',
  async (t) => {
    const rows: [breakpoint: unknown, ttl: string | undefined, cacheAfter: string | undefined][] = [
      [{ mode: 'explicit' }, undefined, '5m'],
      [{}, undefined, '5m'],
      [{ mode: 'explicit' }, '30m', '1h'],
      [{ mode: 'explicit', ttl: '12h' }, undefined, '1h'],
      [{ ttl: '5m' }, '30m', '5m'],
      [null, '30m', undefined],
    ];
    for (const [breakpoint, ttl, cacheAfter] of rows) {
      const part = { type: 'text', text: 'Hi', prompt_cache_breakpoint: breakpoint };
      const { request } = read({
        messages: [
          { role: 'system', content: [part] },
          {
            role: 'user',
            content: [part, { ...image(`data:;base64,${PNG}`), prompt_cache_breakpoint: breakpoint }],
          },
        ],
        prompt_cache_options: { ttl },
      });
      const found = [...request.system, ...(request.turns[0]?.content ?? [])].map((block) =>
        'cacheAfter' in block ? block.cacheAfter : undefined,
      );
      t.same(found, [cacheAfter, cacheAfter, cacheAfter], JSON.stringify({ breakpoint, ttl }));
    }
    const wrong = { type: 'text', text: 'Hi', prompt_cache_breakpoint: { mode: 'implicit' } };
    t.match(
      refusalOf(() => read(withPart(wrong))),
      { param: `${AT}.prompt_cache_breakpoint.mode` },
    );
  },
);

t.test("cache_control, which clients of Claude write, is a breakpoint in Anthropic's words", async (t) => {
  const marked = (control: unknown) => [{ type: 'text', text: 'Hi', cache_control: control }];
  const rows: [unknown, string | undefined][] = [
    [{ type: 'ephemeral' }, '5m'],
    [{ type: 'ephemeral', ttl: '5m' }, '5m'],
    [{ type: 'ephemeral', ttl: '1h' }, '1h'],
    [null, undefined],
  ];
  for (const [control, cacheAfter] of rows) {
    const { request, dropped } = read({
      messages: [
        { role: 'system', content: marked(control) },
        { role: 'user', content: marked(control) },
        {
          role: 'assistant',
          content: '',
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'c', content: marked(control) },
      ],
    });
    const blocks = [request.system[0], request.turns[0]?.content[0], request.turns[2]?.content[0]];
    for (const block of blocks) t.match(block, { cacheAfter }, JSON.stringify(control));
    t.same(dropped, []);
  }
  const wrong: [unknown, string][] = [
    [{ type: 'persistent' }, 'type'],
    [{ type: 'ephemeral', ttl: '2h' }, 'ttl'],
  ];
  for (const [control, member] of wrong) {
    const refused = refusalOf(() => read({ messages: [{ role: 'user', content: marked(control) }] }));
    t.match(refused, { kind: 'invalid_value', param: `messages[0].content[0].cache_control.${member}` });
  }
});
