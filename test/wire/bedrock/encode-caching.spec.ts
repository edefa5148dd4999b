// Cache points: the client's within Bedrock's limits, the gateway's where they are wanted.
import t from 'tap';
import type { ModelCapabilities } from '../../../src/canonical/capabilities.ts';
import type { CacheLifetime, TextBlock } from '../../../src/canonical/content.ts';
import type { ChatRequest, Turn } from '../../../src/canonical/request.ts';
import { encodeRequest } from '../../../src/wire/bedrock/encode-request.ts';
import { chat, turn } from './chat-request.ts';

const text = (words: string, cacheAfter?: CacheLifetime): TextBlock => ({
  kind: 'text',
  text: words,
  ...(cacheAfter !== undefined && { cacheAfter }),
});
const explicit: ModelCapabilities = { promptCaching: 'explicit', cacheLifetime: '1h' };
const encode = (changes: Partial<ChatRequest>, capabilities = explicit) =>
  encodeRequest(chat(changes), {
    baseId: 'anthropic.example',
    capabilities,
    maxOutputTokens: 100,
    defaultMaxOutputTokens: 100,
  });
const FIVE = { cachePoint: { type: 'default' } };
const HOUR = { cachePoint: { type: 'default', ttl: '1h' } };

/** Where the points stand, each by the text before it and its lifetime. */
function pointsOf({ body }: ReturnType<typeof encode>): string[] {
  const blocks = [
    ...(body.toolConfig?.tools ?? []),
    ...(body.system ?? []),
    ...body.messages.flatMap(({ content }) => content),
  ];
  return blocks.flatMap((block, index) => {
    if (!('cachePoint' in block)) return [];
    const before = blocks[index - 1];
    const what = before !== undefined && 'text' in before ? before.text : 'tool';
    return [`${what} ${block.cachePoint.ttl ?? '5m'}`];
  });
}

t.test('a mark becomes a point of its own behind the block', async (t) => {
  const tools = [
    { name: 'f', description: null, inputSchema: {}, isStrict: false, cacheAfter: '1h' as const },
  ];
  const { body, dropped } = encode({
    tools,
    system: [text('s', '1h')],
    turns: [{ role: 'user', content: [text('a', '5m'), text(' ', '5m'), text('b')] }],
  });
  t.same(body.toolConfig?.tools[1], HOUR);
  t.same(body.system, [{ text: 's' }, HOUR]);
  t.same(body.messages[0]?.content, [{ text: 'a' }, FIVE, { text: 'b' }]);
  t.same(dropped, []);
});

t.test('of too many points the earliest in the messages go, and the client is told', async (t) => {
  const turns: Turn[] = [{ role: 'user', content: ['a', 'b', 'c', 'd'].map((each) => text(each, '5m')) }];
  const encoded = encode({ system: [text('s', '5m')], turns });
  t.same(pointsOf(encoded), ['s 5m', 'b 5m', 'c 5m', 'd 5m']);
  t.same(encoded.dropped, ['caching']);
});

t.test('an hour stands before five minutes, and only where the model has it', async (t) => {
  const turns: Turn[] = [{ role: 'user', content: [text('a', '5m'), text('b', '1h')] }];
  const ordered = encode({ system: [text('s', '1h')], turns });
  t.same(pointsOf(ordered), ['s 1h', 'a 5m', 'b 5m']);
  t.same(ordered.dropped, ['caching']);
  const short = encode({ system: [text('s', '1h')] }, { promptCaching: 'explicit', cacheLifetime: '5m' });
  t.same(pointsOf(short), ['s 5m']);
  t.same(short.dropped, ['caching']);
});

t.test('a model that takes no points gets none, and a client that asked is told', async (t) => {
  for (const promptCaching of ['implicit', 'none'] as const) {
    const asked = encode({ system: [text('s', '5m')] }, { promptCaching });
    t.same(pointsOf(asked), []);
    t.same(asked.dropped, ['caching']);
    t.same(encode({}, { promptCaching }).dropped, []);
  }
});

t.test('the gateway’s own points stand behind tools, system and the last turn but one', async (t) => {
  const automatic = { ...explicit, automaticCaching: true, promptCacheMinTokens: 100 };
  const tools = [{ name: 'f', description: 'x'.repeat(500), inputSchema: {}, isStrict: false }];
  const turns = [
    turn('user', 'one'),
    turn('assistant', 'two'),
    turn('user', 'three'),
    turn('assistant', 'four'),
  ];
  const long = { tools, system: [text('s')], turns: [...turns, turn('user', 'five')] };
  t.same(pointsOf(encode(long, automatic)), ['tool 5m', 's 5m', 'three 5m']);
  t.same(pointsOf(encode({ ...long, tools: [] }, automatic)), [], 'a short prefix is not worth it');
  t.same(pointsOf(encode({ ...long, allowsAutomaticCaching: false }, automatic)), []);
  t.same(pointsOf(encode(long, { ...automatic, automaticCaching: false })), []);
  t.same(
    pointsOf(encode({ ...long, system: [text('s', '5m')] }, automatic)),
    ['s 5m'],
    'the client’s own win',
  );
});

t.test(
  'a mark on a blank instruction passes to the one before, or is reported where there is none',
  async (t) => {
    const passed = encode({ system: [text('be brief'), text(' \n', '1h'), text('be kind')] });
    t.same(passed.body.system, [{ text: 'be brief' }, HOUR, { text: 'be kind' }]);
    t.same(passed.dropped, []);
    const alone = encode({ system: [text('', '5m'), text('be kind')] });
    t.same(alone.body.system, [{ text: 'be kind' }]);
    t.same(alone.dropped, ['caching']);
  },
);
