import t from 'tap';
import type { ContentBlock } from '../../../src/canonical/content.ts';
import { assistant, read, user } from './read-body.ts';

const PNG = 'iVBORw0KGgo=';
const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } };
const CACHE = { cache_control: { type: 'ephemeral' } };

const OF_USER: [name: string, block: unknown, expected: ContentBlock][] = [
  [
    'text',
    { type: 'text', text: 'x', citations: null, ...CACHE },
    { kind: 'text', text: 'x', cacheAfter: '5m' },
  ],
  [
    'an image of bytes',
    image,
    {
      kind: 'image',
      source: { kind: 'bytes', format: 'png', base64: PNG },
      path: 'messages.0.content.0.source',
    },
  ],
  [
    'an image by its address',
    { type: 'image', source: { type: 'url', url: 'https://x.example/a.png' } },
    {
      kind: 'image',
      source: { kind: 'url', url: 'https://x.example/a.png' },
      path: 'messages.0.content.0.source',
    },
  ],
  [
    'a PDF with everything',
    {
      type: 'document',
      source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0xLjcK' },
      title: 'T.pdf',
      context: 'C',
      citations: { enabled: true },
      ...CACHE,
    },
    {
      kind: 'document',
      format: 'pdf',
      base64: 'JVBERi0xLjcK',
      name: 'T.pdf',
      context: 'C',
      wantsCitations: true,
      path: 'messages.0.content.0.source',
      cacheAfter: '5m',
    },
  ],
  [
    'a PDF by its address',
    { type: 'document', source: { type: 'url', url: 'https://x.example/a.pdf' } },
    {
      kind: 'document',
      format: 'pdf',
      base64: '',
      url: 'https://x.example/a.pdf',
      name: null,
      path: 'messages.0.content.0.source',
    },
  ],
  [
    'a document of text',
    { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'é' }, citations: null },
    {
      kind: 'document',
      format: 'txt',
      base64: Buffer.from('é').toString('base64'),
      name: null,
      path: 'messages.0.content.0.source',
    },
  ],
  [
    'a document of passages',
    {
      type: 'document',
      source: {
        type: 'content',
        content: [
          { type: 'text', text: 'one' },
          { type: 'text', text: 'two' },
        ],
      },
    },
    {
      kind: 'document',
      format: 'txt',
      base64: Buffer.from('one\n\ntwo').toString('base64'),
      passages: ['one', 'two'],
      name: null,
      path: 'messages.0.content.0.source',
    },
  ],
  [
    'a search result',
    {
      type: 'search_result',
      source: 's',
      title: 't',
      content: [{ type: 'text', text: 'x' }],
      citations: { enabled: false },
    },
    { kind: 'search-result', source: 's', title: 't', texts: ['x'], wantsCitations: false },
  ],
  [
    'a result of text',
    { type: 'tool_result', tool_use_id: 'u1', content: 'done' },
    {
      kind: 'tool-result',
      toolUseId: 'u1',
      content: [{ kind: 'text', text: 'done' }],
      isError: null,
      path: 'messages.0.content.0',
    },
  ],
  [
    'a result that is an error and says nothing',
    { type: 'tool_result', tool_use_id: 'u1', is_error: true },
    { kind: 'tool-result', toolUseId: 'u1', content: [], isError: true, path: 'messages.0.content.0' },
  ],
  [
    'a result of blocks; its inner cache point stands behind all of it',
    {
      type: 'tool_result',
      tool_use_id: 'u1',
      is_error: false,
      content: [{ type: 'text', text: 'x', ...CACHE }, image],
    },
    {
      kind: 'tool-result',
      toolUseId: 'u1',
      content: [
        { kind: 'text', text: 'x' },
        {
          kind: 'image',
          source: { kind: 'bytes', format: 'png', base64: PNG },
          path: 'messages.0.content.0.content.1.source',
        },
      ],
      isError: false,
      path: 'messages.0.content.0',
      cacheAfter: '5m',
    },
  ],
];

for (const [name, block, expected] of OF_USER)
  t.test(`user: ${name}`, async (t) => {
    t.same(read(user(block)).request.turns, [{ role: 'user', content: [expected] }]);
  });

const OF_ASSISTANT: [name: string, block: unknown, expected: ContentBlock][] = [
  [
    'a call, as SDKs send it back',
    { type: 'tool_use', id: 'u1', name: 'f', input: { a: 1 }, caller: { type: 'direct' } },
    { kind: 'tool-use', id: 'u1', name: 'f', input: { a: 1 } },
  ],
  [
    'a signed thought',
    { type: 'thinking', thinking: 'hm', signature: 'sig' },
    { kind: 'reasoning', text: 'hm', signature: 'sig' },
  ],
  [
    'a thought that was never signed',
    { type: 'thinking', thinking: 'hm', signature: '' },
    { kind: 'reasoning', text: 'hm', signature: null },
  ],
  [
    'a hidden thought',
    { type: 'redacted_thinking', data: 'AAEC' },
    { kind: 'redacted-reasoning', base64: 'AAEC' },
  ],
  ['text with citations', { type: 'text', text: 'x', citations: [{}] }, { kind: 'text', text: 'x' }],
];

for (const [name, block, expected] of OF_ASSISTANT)
  t.test(`assistant: ${name}`, async (t) => {
    t.same(read(assistant(block)).request.turns[1], { role: 'assistant', content: [expected] });
  });

t.test('what Anthropic’s servers did is left out and reported', async (t) => {
  const { request, dropped } = read(
    assistant(
      { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
      { type: 'web_search_tool_result', tool_use_id: 's', content: { type: 'web_search_tool_result_error' } },
      { type: 'text', text: 'found' },
    ),
  );
  t.same(request.turns[1]?.content, [{ kind: 'text', text: 'found' }]);
  t.same(dropped, ['server_tool_use', 'web_search_tool_result']);
});

t.test('a found tool is left out of its result', async (t) => {
  const content = [{ type: 'tool_reference', tool_name: 'f' }];
  const { request, dropped } = read(user({ type: 'tool_result', tool_use_id: 'u1', content }));
  t.match(request.turns[0]?.content, [{ kind: 'tool-result', content: [] }]);
  t.same(dropped, ['tool_reference']);
});

t.test(
  'a point for the whole request stands behind the last block that can have one, and yields to its own',
  async (t) => {
    const point = { cache_control: { type: 'ephemeral', ttl: '1h' } };
    const thought = { type: 'thinking', thinking: 'x', signature: 's' };
    const { request } = read({
      ...point,
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: [thought] },
      ],
    });
    t.same(request.turns[0]?.content, [{ kind: 'text', text: 'Hi', cacheAfter: '1h' }]);
    const own = read({ ...point, ...user({ type: 'text', text: 'x', ...CACHE }) });
    t.same(own.request.turns[0]?.content, [{ kind: 'text', text: 'x', cacheAfter: '5m' }]);
  },
);

t.test('the last answer may be begun by the client, even by nothing', async (t) => {
  const messages = [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: '' },
  ];
  t.same(read({ messages }).request.turns[1], { role: 'assistant', content: [] });
});
