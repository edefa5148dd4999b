// Images, documents, search results, and the form of the answer.
import t from 'tap';
import type { ModelCapabilities } from '../../../src/canonical/capabilities.ts';
import type { ContentBlock, DocumentBlock, ImageBlock } from '../../../src/canonical/content.ts';
import type { ChatRequest, ResponseFormat } from '../../../src/canonical/request.ts';
import { encodeRequest } from '../../../src/wire/bedrock/encode-request.ts';
import { chat, thrownBy, turn } from './chat-request.ts';

const encode = (
  changes: Partial<ChatRequest>,
  capabilities: ModelCapabilities = {},
  baseId = 'example.model',
) =>
  encodeRequest(chat(changes), { baseId, capabilities, maxOutputTokens: 100, defaultMaxOutputTokens: 100 });
const user = (...content: ContentBlock[]) => ({ turns: [{ role: 'user' as const, content }] });
const image = (changes: Partial<ImageBlock> = {}): ImageBlock => ({
  kind: 'image',
  source: { kind: 'bytes', format: 'png', base64: 'AAEC' },
  path: 'messages[0].content[1]',
  ...changes,
});
const document = (changes: Partial<DocumentBlock> = {}): DocumentBlock => ({
  kind: 'document',
  format: 'pdf',
  name: 'a.pdf',
  base64: 'AAEC',
  path: 'messages[0].content[2]',
  ...changes,
});
const big = (megabytes: number) => 'A'.repeat(Math.ceil((megabytes * 1024 * 1024 * 4) / 3) + 8);

t.test('an image goes as it is; what cannot be shown is refused, naming it', async (t) => {
  t.same(encode(user(image())).body.messages[0]?.content, [
    { image: { format: 'png', source: { bytes: 'AAEC' } } },
  ]);
  const refused: [ContentBlock[], ModelCapabilities, object][] = [
    [[image()], { imageInput: false }, { kind: 'unsupported_value', param: 'messages[0].content[1]' }],
    [
      [image({ source: { kind: 'url', url: 'https://x' } })],
      {},
      { kind: 'unsupported_value', message: /not enabled/ },
    ],
    [Array(21).fill(image()), {}, { kind: 'invalid_value', message: /20 images/ }],
    [
      [image({ source: { kind: 'bytes', format: 'png', base64: big(3.75) } })],
      {},
      { kind: 'invalid_value', message: /3\.75 MB/ },
    ],
    [[document()], { documentInput: false }, { kind: 'unsupported_value', param: 'messages[0].content[2]' }],
    [Array(6).fill(document()), {}, { kind: 'invalid_value', message: /5 documents/ }],
    [[document({ base64: big(4.5) })], {}, { kind: 'invalid_value', message: /4\.5 MB/ }],
    [[document({ base64: '' })], {}, { kind: 'invalid_value', param: 'messages[0].content[2]' }],
  ];
  for (const [content, capabilities, refusal] of refused) {
    t.match(
      thrownBy(() => encode(user(...content), capabilities)),
      { name: 'Refusal', ...refusal },
    );
  }
  t.ok(encode(user(document({ base64: big(4.5) })), {}, 'amazon.nova-pro-v1:0'), 'Nova takes larger PDFs');
});

t.test('passages reach Claude one by one, and other models as one text', async (t) => {
  const passages = document({ format: 'txt', passages: ['one', ' ', 'two'], wantsCitations: true });
  const sentTo = (baseId: string) => encode(user(passages), { citations: true }, baseId).body.messages[0];
  t.match(sentTo('anthropic.example')?.content[0], {
    document: {
      format: 'txt',
      source: { content: [{ text: 'one' }, { text: 'two' }] },
      citations: { enabled: true },
    },
  });
  t.match(sentTo('example.model')?.content[0], { document: { source: { bytes: 'AAEC' } } });
});

t.test('names of documents are clean and each once, and text stands beside them', async (t) => {
  const names = ['../a  b.pdf', 'ab.pdf', 'ab.pdf', '日本', null];
  const { body } = encode(user(...names.map((name) => document({ name }))));
  const sent = body.messages[0]?.content ?? [];
  t.same(
    sent.map((block) => ('document' in block ? block.document.name : block)),
    ['a bpdf', 'abpdf', 'abpdf (2)', 'document-4', 'document-5', { text: 'See the attached document.' }],
  );
});

t.test('citations are asked for where they exist, and reported where not', async (t) => {
  const cited = user(document({ wantsCitations: true }));
  t.match(JSON.stringify(encode(cited).body), /"citations":\{"enabled":true\}/);
  t.same(encode(cited, { citations: false }).dropped, ['citations']);
});

t.test('a search result is text for a model that has none', async (t) => {
  const found = {
    kind: 'search-result' as const,
    source: 'https://x',
    title: 'T',
    texts: ['one'],
    wantsCitations: false,
  };
  t.match(encode(user(found)).body.messages[0]?.content, [{ searchResult: { content: [{ text: 'one' }] } }]);
  t.same(encode(user(found), { searchResults: false }).body.messages[0]?.content, [
    { text: 'Search result\nT\nhttps://x\none' },
  ]);
});

t.test('a prefill is refused where the model takes none', async (t) => {
  const turns = [turn('user', 'a'), turn('assistant', '{ ')];
  t.same(encode({ turns }).body.messages[1]?.content, [{ text: '{' }]);
  t.match(
    thrownBy(() => encode({ turns }, { prefill: false })),
    {
      kind: 'unsupported_value',
      param: 'messages',
    },
  );
});

t.test(
  'a model without instructions apart hears them first; one with a role for them hears them there',
  async (t) => {
    const system = [{ kind: 'text' as const, text: 'Be brief.' }];
    const { body } = encode({ system }, { systemPrompt: false });
    t.notOk('system' in body);
    t.same(body.messages[0]?.content, [{ text: 'Be brief.' }, { text: 'Hi' }]);
    const turns = [turn('user', 'a'), turn('system', 's'), turn('user', 'b')];
    t.same(
      encode({ turns }, { midSystem: true }).body.messages.map(({ role }) => role),
      ['user', 'system', 'user'],
    );
  },
);

const city: ResponseFormat = {
  kind: 'schema',
  name: 'city',
  description: null,
  schema: { type: 'object', properties: { name: { type: 'string', minLength: 1 } } },
  isStrict: true,
};

t.test('a schema goes to the grammar, else to a forced tool, else into words', async (t) => {
  const native = encode({ responseFormat: city }, { nativeJsonSchema: true });
  t.same(JSON.parse(native.body.outputConfig?.textFormat?.structure.jsonSchema.schema ?? ''), {
    type: 'object',
    properties: { name: { type: 'string', description: '(minLength: 1)' } },
    additionalProperties: false,
  });
  t.equal(native.reading.answerTool, null);
  const forced = encode({ responseFormat: city });
  t.same(forced.body.toolConfig?.toolChoice, { tool: { name: 'city' } });
  t.equal(forced.reading.answerTool, 'city');
  const tools = [{ name: 'f', description: null, inputSchema: {}, isStrict: false }];
  for (const [changes, capabilities] of [
    [{ tools }, {}],
    [{}, { forcedToolChoice: false }],
    [{}, { tools: 'none' }],
  ] as const) {
    const said = encode(
      { responseFormat: city, ...changes, tools: [...(changes.tools ?? [])] },
      capabilities,
    );
    t.match(said.body.system, [{ text: /JSON Schema below.*"minLength":1/s }]);
    t.equal(said.reading.answerTool, null);
    t.equal(said.reading.extractsJson, true);
  }
  t.match(encode({ responseFormat: { kind: 'json' } }).body.system, [{ text: /single JSON object/ }]);
});

t.test('a schema that no grammar takes is not sent to it', async (t) => {
  const loop = { $defs: { a: { properties: { b: { $ref: '#/$defs/a' } } } }, $ref: '#/$defs/a' };
  const open = { type: 'object', additionalProperties: { type: 'string' } };
  for (const schema of [loop, open]) {
    const { body } = encode({ responseFormat: { ...city, schema } }, { nativeJsonSchema: true });
    t.notOk(body.outputConfig);
    t.ok(body.toolConfig);
  }
});

t.test('guardrail, latency and tier are said where they are taken', async (t) => {
  const guardrail = { id: 'g', version: '1', streamMode: 'sync' as const };
  const asked = {
    guardrail,
    latency: 'optimized' as const,
    serviceTier: 'flex' as const,
    stopSequences: ['X'],
  };
  const taken = { optimizedLatency: true, serviceTiers: ['flex' as const] };
  const { body, streamBody } = encode(asked, taken, 'anthropic.example');
  t.match(body, { performanceConfig: { latency: 'optimized' }, serviceTier: { type: 'flex' } });
  t.notOk('streamProcessingMode' in (body.guardrailConfig ?? {}));
  t.equal(streamBody.guardrailConfig?.streamProcessingMode, 'sync');
  t.same(body.additionalModelResponseFieldPaths, ['/stop_sequence']);
  t.same(streamBody.additionalModelResponseFieldPaths, ['/delta/stop_sequence']);
  t.same(encode(asked).dropped.sort(), ['latency', 'serviceTier']);
});
