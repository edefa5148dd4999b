// The items of a conversation, in the turns of the house.
import t from 'tap';
import { sealThought } from '../../../../src/wire/openai/responses/encrypted-content.ts';
import { read, verdict } from './read-body.ts';

const PNG = 'iVBORw0KGgoAAAAA';
const text = (value: string) => ({ kind: 'text', text: value });
const user = (content: unknown) => ({ type: 'message', role: 'user', content });
const turnsOf = (input: unknown) => read({ input }).request.turns;

t.test('leading instructions are the system, later ones keep their place', async (t) => {
  const { request } = read({
    instructions: 'first',
    input: [
      { role: 'developer', content: 'second' },
      { type: 'message', role: 'system', content: [{ type: 'input_text', text: 'third' }] },
      { role: 'user', content: 'a' },
      { role: 'developer', content: 'now this' },
    ],
  });
  t.same(request.system, [text('first'), text('second'), text('third')]);
  t.same(request.turns, [
    { role: 'user', content: [text('a')] },
    { role: 'system', content: [text('now this')] },
  ]);
});

t.test('parts become blocks, with the paths to blame them by', async (t) => {
  const content = [
    { type: 'input_text', text: 'look', prompt_cache_breakpoint: { mode: 'explicit' } },
    { type: 'input_image', detail: 'auto', image_url: `data:image/webp;base64,${PNG}` },
    { type: 'input_image', image_url: 'https://example.com/a.png' },
    { type: 'input_file', filename: 'a b.PDF', file_data: 'data:application/pdf;base64,JVBERi0=' },
    { type: 'input_file', filename: 'x.md', file_data: 'JVBE' },
  ];
  t.same(turnsOf([user(content)]), [
    {
      role: 'user',
      content: [
        { ...text('look'), cacheAfter: '5m' },
        {
          kind: 'image',
          source: { kind: 'bytes', format: 'png', base64: PNG },
          path: 'input[0].content[1]',
        },
        {
          kind: 'image',
          source: { kind: 'url', url: 'https://example.com/a.png' },
          path: 'input[0].content[2]',
        },
        { kind: 'document', format: 'pdf', name: 'a b.PDF', base64: 'JVBERi0=', path: 'input[0].content[3]' },
        { kind: 'document', format: 'md', name: 'x.md', base64: 'JVBE', path: 'input[0].content[4]' },
      ],
    },
  ]);
});

t.test('what one answer consisted of is one turn again, and so are the outputs of its calls', async (t) => {
  const signed = { kind: 'reasoning', text: 'hm', signature: 'sig' } as const;
  const hidden = { kind: 'redacted-reasoning', base64: 'AAEC' } as const;
  const turns = turnsOf([
    user('go'),
    { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: sealThought(signed) },
    { type: 'reasoning', id: 'rs_2', summary: [], encrypted_content: sealThought(hidden) },
    {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      status: 'completed',
      content: [
        { type: 'output_text', text: 'calling', annotations: [] },
        { type: 'refusal', refusal: 'but not that' },
      ],
    },
    {
      type: 'function_call',
      id: 'fc_1',
      call_id: 'c1',
      name: 'f',
      arguments: '{"a":1}',
      status: 'completed',
    },
    { type: 'custom_tool_call', id: 'ctc_1', call_id: 'c2', name: 'patch', input: '*** Begin' },
    { type: 'function_call_output', call_id: 'c1', output: 'done' },
    {
      type: 'custom_tool_call_output',
      call_id: 'c2',
      output: [
        { type: 'input_text', text: 'see' },
        { type: 'input_image', image_url: `data:image/png;base64,${PNG}` },
      ],
    },
    user('and now?'),
  ]);
  t.same(turns, [
    { role: 'user', content: [text('go')] },
    {
      role: 'assistant',
      content: [
        signed,
        hidden,
        text('calling'),
        text('but not that'),
        { kind: 'tool-use', id: 'c1', name: 'f', input: { a: 1 } },
        { kind: 'tool-use', id: 'c2', name: 'patch', input: { input: '*** Begin' } },
      ],
    },
    {
      role: 'user',
      content: [
        {
          kind: 'tool-result',
          toolUseId: 'c1',
          content: [text('done')],
          isError: null,
          path: 'input[6]',
        },
        {
          kind: 'tool-result',
          toolUseId: 'c2',
          content: [
            text('see'),
            {
              kind: 'image',
              source: { kind: 'bytes', format: 'png', base64: PNG },
              path: 'input[7].output[1]',
            },
          ],
          isError: null,
          path: 'input[7]',
        },
      ],
    },
    { role: 'user', content: [text('and now?')] },
  ]);
});

t.test('turns of the user stay apart', async (t) => {
  t.equal(turnsOf([user('a'), user('b')]).length, 2);
});

t.test('a thought that is not ours, or damaged, is left out and named', async (t) => {
  const sealed = sealThought({ kind: 'reasoning', text: 'hm', signature: 'sig' });
  for (const encrypted_content of [
    null,
    '',
    'gAAAAABo_foreign',
    sealed.slice(0, -2),
    `${sealed}=`,
    `A${sealed}`,
  ]) {
    const { request, dropped } = read({
      input: [
        user('a'),
        { type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }], encrypted_content },
      ],
    });
    t.equal(request.turns.length, 1);
    t.same(dropped, ['input.reasoning']);
  }
});

t.test('arguments that are no JSON object come back as they are', async (t) => {
  const inputOf = (args: string) =>
    turnsOf([user('a'), { type: 'function_call', call_id: 'c', name: 'f', arguments: args }])[1]?.content[0];
  t.match(inputOf(''), { input: {} });
  t.match(inputOf('{"a":'), { input: { _raw: '{"a":' } });
  t.match(inputOf('[1]'), { input: { _raw: '[1]' } });
});

const CALL = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' };
const OUTPUT = { type: 'function_call_output', call_id: 'c', output: 'x' };
const image = (members: object) => user([{ type: 'input_image', ...members }]);
const file = (members: object) => user([{ type: 'input_file', ...members }]);

const REFUSED: [object, string][] = [
  [{ type: 'item_reference', id: 'msg_1' }, 'unsupported_value input[0].type'],
  [{ id: 'msg_1' }, 'unsupported_value input[0].id'],
  [{}, 'missing_parameter input[0].type'],
  [{ type: 'nonsense' }, 'invalid_value input[0].type'],
  [{ type: 'web_search_call', id: 'ws_1', status: 'completed' }, 'unsupported_value input[0].type'],
  [{ type: 'computer_call_output', call_id: 'c', output: { type: 'x' } }, 'unsupported_value input[0].type'],
  [{ type: 'local_shell_call_output', id: 'c', output: 'x' }, 'unsupported_value input[0].type'],
  [{ type: 'mcp_call', id: 'm', name: 'x', arguments: '{}', output: 'x' }, 'unsupported_value input[0].type'],
  [{ type: 'compaction', encrypted_content: 'x' }, 'unsupported_value input[0].type'],
  [{ role: 'tool', content: 'x' }, 'invalid_value input[0].role'],
  [{ type: 'message', content: 'x' }, 'missing_parameter input[0].role'],
  [{ role: 'user' }, 'missing_parameter input[0].content'],
  [{ role: 'user', content: 7 }, 'invalid_type input[0].content'],
  [user([{ text: 'x' }]), 'missing_parameter input[0].content[0].type'],
  [user([{ type: 'input_text' }]), 'missing_parameter input[0].content[0].text'],
  [user([{ type: 'output_text', text: 'x' }]), 'invalid_value input[0].content[0].type'],
  [user([{ type: 'input_audio' }]), 'unsupported_value input[0].content[0].type'],
  [
    user([{ type: 'input_text', text: 'x', prompt_cache_breakpoint: { mode: 'x' } }]),
    'invalid_value input[0].content[0].prompt_cache_breakpoint',
  ],
  [
    { role: 'system', content: [{ type: 'input_image', image_url: 'x' }] },
    'unsupported_value input[0].content[0].type',
  ],
  [
    { role: 'assistant', content: [{ type: 'input_image', image_url: 'x' }] },
    'unsupported_value input[0].content[0].type',
  ],
  [{ role: 'assistant', content: [{ type: 'refusal' }] }, 'missing_parameter input[0].content[0].refusal'],
  [image({}), 'missing_parameter input[0].content[0].image_url'],
  [image({ file_id: 'file_1' }), 'unsupported_value input[0].content[0].file_id'],
  [image({ image_url: 'http://example.com/a.png' }), 'invalid_value input[0].content[0].image_url'],
  [image({ image_url: 'data:image/png,abc' }), 'invalid_value input[0].content[0].image_url'],
  [image({ image_url: 'data:image/png;base64,ab*d' }), 'invalid_value input[0].content[0].image_url'],
  [image({ image_url: 'data:image/bmp;base64,Qk0A' }), 'invalid_value input[0].content[0].image_url'],
  [file({ file_id: 'file_1' }), 'unsupported_value input[0].content[0].file_id'],
  [file({ file_url: 'https://example.com/a.pdf' }), 'unsupported_value input[0].content[0].file_url'],
  [file({ filename: 'a.pdf' }), 'missing_parameter input[0].content[0].file_data'],
  [file({ file_data: 'data:application/pdf;base64,UEsD' }), 'invalid_value input[0].content[0].file_data'],
  [file({ file_data: 'not base64!' }), 'invalid_value input[0].content[0].file_data'],
  [
    file({ file_data: 'data:application/zip;base64,UEsD' }),
    'unsupported_value input[0].content[0].file_data',
  ],
  [{ ...CALL, call_id: '' }, 'missing_parameter input[0].call_id'],
  [{ ...CALL, name: null }, 'missing_parameter input[0].name'],
  [{ ...CALL, arguments: undefined }, 'missing_parameter input[0].arguments'],
  [{ ...CALL, arguments: {} }, 'invalid_type input[0].arguments'],
  [{ ...CALL, type: 'custom_tool_call' }, 'missing_parameter input[0].input'],
  [{ ...OUTPUT, call_id: undefined }, 'missing_parameter input[0].call_id'],
  [{ ...OUTPUT, output: null }, 'missing_parameter input[0].output'],
  [{ ...OUTPUT, output: {} }, 'invalid_type input[0].output'],
  [{ ...OUTPUT, output: [{ type: 'x' }] }, 'invalid_value input[0].output[0].type'],
  [{ role: 'system', content: 'only this' }, 'invalid_value input'],
];

t.test('what cannot be taken is refused by its path', async (t) => {
  for (const [item, expected] of REFUSED) t.equal(verdict({ input: [item] }), expected, JSON.stringify(item));
});

t.test('an output may be empty', async (t) => {
  t.equal(verdict({ input: [user('a'), CALL, { ...OUTPUT, output: [] }] }), 'taken');
  t.equal(verdict({ input: [user('a'), CALL, { ...OUTPUT, output: '' }] }), 'taken');
});
