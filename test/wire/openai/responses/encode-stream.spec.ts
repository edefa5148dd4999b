// The events of a streamed answer: their order, and what they say.
import t from 'tap';
import type { ChatEvent } from '../../../../src/canonical/event.ts';
import { Refusal } from '../../../../src/canonical/refusal.ts';
import { UpstreamError } from '../../../../src/canonical/upstream-error.ts';
import { createStreamEncoder } from '../../../../src/wire/openai/responses/encode-stream.ts';
import { EXCHANGE, factsOf, readEvents, streamOf, USAGE } from './answers.ts';

const FINISH: ChatEvent = { type: 'finish', reason: 'stop' };
const REPORT: ChatEvent = { type: 'usage', usage: USAGE, latencyMs: 5 };
const START: ChatEvent = { type: 'start' };
const say = (text: string, block = 0): ChatEvent => ({ type: 'text-delta', block, text });
const endOf = (block: number): ChatEvent => ({ type: 'block-end', block });
const typesOf = (told: { type: string }[]) => told.map(({ type }) => type.replace(/^response\./, ''));

t.test('text comes as a message with one part', async (t) => {
  const told = streamOf(factsOf(), [START, say('Hel'), say(''), say('lo'), endOf(0), FINISH, REPORT]);
  t.same(typesOf(told), [
    'created',
    'in_progress',
    'output_item.added',
    'content_part.added',
    'output_text.delta',
    'output_text.delta',
    'output_text.done',
    'content_part.done',
    'output_item.done',
    'completed',
  ]);
  t.same(
    told.map((event) => event.sequence_number),
    told.map((_event, index) => index),
  );
  const at = { item_id: `msg_${EXCHANGE}_0`, output_index: 0, content_index: 0 };
  t.match(told[0]?.response, { id: `resp_${EXCHANGE}`, status: 'in_progress', output: [], usage: null });
  t.match(told[2], { output_index: 0, item: { type: 'message', status: 'in_progress', content: [] } });
  t.match(told[3], { ...at, part: { type: 'output_text', text: '', annotations: [] } });
  t.match(told[4], { ...at, delta: 'Hel', logprobs: [] });
  t.match(told[6], { ...at, text: 'Hello' });
  t.match(told[8]?.item, { status: 'completed', content: [{ text: 'Hello' }] });
  t.match(told[9]?.response, { status: 'completed', usage: { total_tokens: 65 } });
});

t.test('a thought has a summary where there is text, and its seal at the end', async (t) => {
  const told = streamOf(factsOf({ include: ['reasoning.encrypted_content'] }), [
    START,
    { type: 'reasoning-delta', block: 0, text: 'h' },
    { type: 'reasoning-delta', block: 0, text: 'm' },
    { type: 'reasoning-signature', block: 0, signature: 'sig' },
    endOf(0),
    { type: 'redacted-reasoning', block: 1, base64: 'AAEC' },
    endOf(1),
    FINISH,
  ]);
  t.same(typesOf(told).slice(2, -1), [
    'output_item.added',
    'reasoning_summary_part.added',
    'reasoning_summary_text.delta',
    'reasoning_summary_text.delta',
    'reasoning_summary_text.done',
    'reasoning_summary_part.done',
    'output_item.done',
    'output_item.added',
    'output_item.done',
  ]);
  t.match(told[8]?.item, { summary: [{ text: 'hm' }], encrypted_content: /^[\w-]+$/ });
  t.match(told[10]?.item, { summary: [], encrypted_content: /^[\w-]+$/ });
});

t.test('arguments come as they are written, and are "{}" where there are none', async (t) => {
  const told = streamOf(factsOf(), [
    START,
    { type: 'tool-start', block: 0, id: 'c1', name: 'f' },
    { type: 'tool-delta', block: 0, json: '{"a": ' },
    { type: 'tool-delta', block: 0, json: '1}' },
    endOf(0),
    { type: 'tool-start', block: 1, id: 'c2', name: 'g' },
    endOf(1),
    { type: 'finish', reason: 'tool_calls' },
  ]);
  t.same(typesOf(told).slice(2, -1), [
    'output_item.added',
    'function_call_arguments.delta',
    'function_call_arguments.delta',
    'function_call_arguments.done',
    'output_item.done',
    'output_item.added',
    'function_call_arguments.delta',
    'function_call_arguments.done',
    'output_item.done',
  ]);
  t.match(told[2]?.item, {
    type: 'function_call',
    call_id: 'c1',
    name: 'f',
    arguments: '',
    status: 'in_progress',
  });
  t.match(told[5], { name: 'f', arguments: '{"a": 1}' });
  t.match(told[8], { delta: '{}' });
  t.match(told[10]?.item, { call_id: 'c2', arguments: '{}', status: 'completed' });
});

t.test('the text of a custom tool is told while its JSON comes', async (t) => {
  const facts = factsOf({ tools: [{ type: 'custom', name: 'patch' }] });
  const json = (piece: string): ChatEvent => ({ type: 'tool-delta', block: 0, json: piece });
  const told = streamOf(facts, [
    START,
    { type: 'tool-start', block: 0, id: 'c1', name: 'patch' },
    json('{"in'),
    json('put": "*** Be'),
    json('gin\\'),
    json('nx'),
    json('"}'),
    endOf(0),
    { type: 'finish', reason: 'tool_calls' },
  ]);
  t.same(typesOf(told).slice(2, -1), [
    'output_item.added',
    'custom_tool_call_input.delta',
    'custom_tool_call_input.delta',
    'custom_tool_call_input.delta',
    'custom_tool_call_input.done',
    'output_item.done',
  ]);
  t.same(
    told.slice(3, 6).map(({ delta }) => delta),
    ['*** Be', 'gin', '\nx'],
  );
  t.match(told[7]?.item, { type: 'custom_tool_call', call_id: 'c1', input: '*** Begin\nx' });
});

t.test('blocks that overlap keep their places', async (t) => {
  const told = streamOf(factsOf(), [
    START,
    say('a', 0),
    say('b', 1),
    say('A', 0),
    endOf(1),
    endOf(0),
    { type: 'finish', reason: 'length' },
  ]);
  const last = told.at(-1);
  t.equal(last?.type, 'response.incomplete');
  t.match(last?.response, {
    incomplete_details: { reason: 'max_output_tokens' },
    output: [
      { status: 'completed', content: [{ text: 'aA' }] },
      { status: 'incomplete', content: [{ text: 'b' }] },
    ],
  });
});

t.test('an answer that was cut in the middle of a block ends it', async (t) => {
  const told = streamOf(factsOf(), [START, say('a'), { type: 'finish', reason: 'length' }]);
  t.match(told.at(-2), { type: 'response.output_item.done', item: { status: 'incomplete' } });
});

t.test('the cost is told where it was asked for', async (t) => {
  for (const includeCost of [true, false]) {
    const encoder = createStreamEncoder({ ...factsOf(), includeCost });
    encoder.encode([START, FINISH, REPORT]);
    const [last] = readEvents(encoder.end(5_000_000_000n));
    t.equal(last?.response?.usage?.cost, includeCost ? 0.5 : undefined);
  }
});

t.test('a failure is an error event and then a failed response, and nothing follows', async (t) => {
  const encoder = createStreamEncoder(factsOf());
  const before = readEvents(encoder.encode([START, say('a'), endOf(0), say('b', 1)]));
  const failure = new UpstreamError({ kind: 'throttled', message: 'slow down' });
  const told = readEvents(encoder.encodeFailure(failure));
  const error = { code: 'rate_limit_exceeded', message: 'Upstream throttling: slow down', param: null };
  t.match(told[0], { type: 'error', ...error, error: { ...error, type: 'requests' } });
  t.match(told[1], {
    type: 'response.failed',
    response: {
      status: 'failed',
      error: { code: 'rate_limit_exceeded' },
      output: [{ content: [{ text: 'a' }] }],
    },
  });
  t.equal(told[0]?.sequence_number, before.length);
  t.equal(encoder.encode([say('c')]) + encoder.end() + encoder.encodeFailure(failure), '');
});

t.test('an answer without an end is a failure', async (t) => {
  const encoder = createStreamEncoder(factsOf());
  encoder.encode([START, say('a')]);
  t.match(readEvents(encoder.end())[0], { type: 'error', code: 'upstream_incomplete_stream' });
});

t.test('a refusal names the fields of this API', async (t) => {
  const told = readEvents(
    createStreamEncoder(factsOf()).encodeFailure(
      new Refusal('invalid_value', 'No.', { param: 'messages[0]' }),
    ),
  );
  t.match(told, [{ param: 'input[0]' }, { response: { error: { code: 'invalid_prompt' } } }]);
});

t.test('a ping is a comment', async (t) => {
  t.same(readEvents(createStreamEncoder(factsOf()).ping), []);
});
