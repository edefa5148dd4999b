// A refusal that says what the model does not take leads to another form of the chat, once, and is remembered.
import t from 'tap';
import type { ModelCapabilities } from '../../../src/canonical/capabilities.ts';
import type { ChatRequest } from '../../../src/canonical/request.ts';
import { UpstreamError } from '../../../src/canonical/upstream-error.ts';
import { createBedrockProvider } from '../../../src/providers/bedrock/index.ts';
import { createLessons } from '../../../src/providers/bedrock/lessons.ts';
import type { PreparedChat } from '../../../src/providers/provider.ts';
import { CREDENTIALS, call, NEVER, rejection } from './calls.ts';
import { type Answer, record } from './recorder.ts';

const MODEL = { baseId: 'anthropic.example', contextTokens: 8000, maxOutputTokens: 2000 };
const KEY_PAIR = {
  AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
};
const TOOL = { name: 'clock', description: null, inputSchema: {}, isStrict: true };
const SCHEMA = { kind: 'schema' as const, name: 'city', description: null, schema: {}, isStrict: true };
const ANSWER = JSON.stringify({
  output: { message: { role: 'assistant', content: [{ text: 'fine' }] } },
  stopReason: 'end_turn',
});

/** Refuses bodies that have the word, with the text. */
function refusing(word: string, text: string): Answer {
  return (response, { body }) => {
    const isRefused = body.toString().includes(word);
    response.writeHead(isRefused ? 400 : 200, {
      'content-type': 'application/json',
      ...(isRefused && { 'x-amzn-errortype': 'ValidationException' }),
    });
    response.end(isRefused ? JSON.stringify({ message: text }) : ANSWER);
  };
}

const PREFIX = 'The model returned the following errors: ';
const CASES: {
  why: string;
  word: string;
  text: string;
  capabilities: ModelCapabilities;
  changes: Partial<ChatRequest>;
}[] = [
  {
    why: 'strict tools',
    word: '"strict"',
    text: `${PREFIX}tools.0.custom.strict: Extra inputs are not permitted`,
    capabilities: { strictTools: true },
    changes: { tools: [TOOL] },
  },
  {
    why: 'the native schema',
    word: 'textFormat',
    text: `${PREFIX}output_config.format: Extra inputs are not permitted`,
    capabilities: { nativeJsonSchema: true },
    changes: { responseFormat: SCHEMA },
  },
  {
    why: 'temperature beside top_p',
    word: 'topP',
    text: `${PREFIX}\`temperature\` and \`top_p\` cannot both be specified for this model. Please use only one.`,
    capabilities: {},
    changes: { temperature: 0.5, topP: 0.5 },
  },
  {
    why: 'a deprecated temperature',
    word: '"temperature"',
    text: `${PREFIX}\`temperature\` is deprecated for this model.`,
    capabilities: {},
    changes: { temperature: 0.5 },
  },
  {
    why: 'an effort',
    word: 'effort',
    text: `${PREFIX}output_config.effort: Extra inputs are not permitted`,
    capabilities: { reasoning: 'claude', thinkingModes: ['adaptive', 'off'] },
    changes: { reasoning: { mode: 'default', effort: 'high' } },
  },
  {
    why: 'an instruction in the middle',
    word: '"system"',
    text: `${PREFIX}messages.1: role 'system' is not supported on this model`,
    capabilities: { midSystem: true },
    changes: {
      turns: [
        { role: 'user', content: [{ kind: 'text', text: 'Hi' }] },
        { role: 'system', content: [{ kind: 'text', text: 'Be brief.' }] },
      ],
    },
  },
];

for (const { why, word, text, capabilities, changes } of CASES) {
  t.test(`${why}: refused once, served in another form, and prepared right from then on`, async (t) => {
    const recorder = await record(t, refusing(word, text));
    let nowMs = Date.now();
    const provider = createBedrockProvider({
      env: {
        AWS_ENDPOINT_URL_BEDROCK_RUNTIME: recorder.url,
        ...KEY_PAIR,
      },
      now: () => nowMs,
    });
    t.teardown(() => provider.close());
    const asked = call('Hi', changes);
    const prepare = () =>
      provider.prepareChat(asked.request, { ...MODEL, capabilities }, { defaultMaxOutputTokens: 64 });
    const send = (chat: PreparedChat) => chat.complete(asked, { signal: NEVER });

    const first = prepare();
    const refusal = await rejection(send(first));
    t.ok(refusal instanceof UpstreamError, String(refusal));
    if (!(refusal instanceof UpstreamError)) return;
    const other = first.remedy(refusal);
    t.ok(other !== undefined, 'there is another form');
    if (other === undefined) return;
    t.equal((await send(other)).finishReason, 'stop');
    t.equal(other.remedy(refusal), undefined, 'only once');
    t.equal((await send(prepare())).finishReason, 'stop', 'the next request is right at once');
    t.equal(recorder.requests.length, 3);

    nowMs += 3_600_000;
    t.same(await rejection(send(prepare())).then((error) => error instanceof UpstreamError), true);
  });
}

t.test('what no other form would change, and what was not ours, has no remedy', async (t) => {
  const provider = createBedrockProvider();
  t.teardown(() => provider.close());
  const prepared = (changes: Partial<ChatRequest>, capabilities: ModelCapabilities = {}) =>
    provider.prepareChat(
      call('Hi', changes).request,
      { ...MODEL, capabilities },
      { defaultMaxOutputTokens: 64 },
    );
  const rejected = (message: string) => new UpstreamError({ kind: 'rejected', message });
  t.equal(prepared({}).remedy(rejected('strict: Extra inputs are not permitted')), undefined);
  t.equal(prepared({}).remedy(rejected('`temperature` is deprecated for this model.')), undefined);
  t.equal(prepared({ tools: [TOOL] }).remedy(rejected('malformed input request')), undefined);
  t.equal(
    prepared({ temperature: 1 }).remedy(
      new UpstreamError({ kind: 'throttled', message: '`temperature` is deprecated for this model.' }),
    ),
    undefined,
  );
});

t.test(
  'a refusal teaches nothing while the other form is refused as well, or is not about what we sent',
  async (t) => {
    const refuseAll = refusing('messages', `${PREFIX}tools.0.custom.strict: Extra inputs are not permitted`);
    const recorder = await record(t, refuseAll);
    const provider = createBedrockProvider({
      env: { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: recorder.url, ...KEY_PAIR },
    });
    t.teardown(() => provider.close());
    const prepare = () =>
      provider.prepareChat(
        call('Hi', { tools: [TOOL] }).request,
        { ...MODEL, capabilities: { strictTools: true } },
        { defaultMaxOutputTokens: 64 },
      );
    const send = (chat: PreparedChat) => chat.complete(call(), { signal: NEVER });
    const first = prepare();
    const refusal = await rejection(send(first));
    if (!(refusal instanceof UpstreamError)) throw new Error('a refusal was expected');
    const other = first.remedy(refusal);
    if (other === undefined) throw new Error('another form was expected');
    await rejection(send(other));
    await rejection(send(prepare()));
    const strict = recorder.requests.map(({ body }) => body.toString().includes('"strict"'));
    t.same(strict, [true, false, true], 'the next request asks for it again');

    const echoed = new UpstreamError({
      kind: 'rejected',
      message: 'tools.0.name "tool_choice forces tool use": temperature and top_p cannot both be specified',
    });
    t.equal(prepare().remedy(echoed), undefined);
  },
);

t.test('a schema that the grammar does not take says nothing about the next one', async (t) => {
  const provider = createBedrockProvider();
  t.teardown(() => provider.close());
  const prepare = () =>
    provider.prepareChat(
      call('Hi', { responseFormat: SCHEMA }).request,
      { ...MODEL, capabilities: { nativeJsonSchema: true } },
      { defaultMaxOutputTokens: 64 },
    );
  const error = new UpstreamError({ kind: 'rejected', message: 'output_config.format.schema: too complex' });
  t.ok(prepare().remedy(error) !== undefined);
  t.ok(prepare().remedy(error) !== undefined, 'the second one asks for the grammar again');
});

t.test('lessons add up, are forgotten after an hour, and are a bounded number', async (t) => {
  let nowMs = 0;
  const lessons = createLessons(() => nowMs);
  lessons.add('a', { strictTools: false });
  lessons.add('a', { sampling: 'none' });
  t.same(lessons.of('a'), { strictTools: false, sampling: 'none' });
  nowMs = 3_600_000;
  t.same(lessons.of('a'), {});
  for (let model = 0; model < 300; model += 1) lessons.add(`m${model}`, { tools: 'whole' });
  t.same(lessons.of('m0'), {});
  t.same(lessons.of('m299'), { tools: 'whole' });
});
