import t from 'tap';
import { AnswerCollector, eventsOf } from '../../src/canonical/collect.ts';
import type { AnswerBlock } from '../../src/canonical/content.ts';
import type { ChatEvent } from '../../src/canonical/event.ts';

function collect(...events: ChatEvent[]): AnswerCollector {
  const answer = new AnswerCollector();
  for (const event of events) answer.push(event);
  return answer;
}

const ALL: AnswerBlock[] = [
  { kind: 'reasoning', text: 'hm', signature: 'c2ln' },
  { kind: 'reasoning', text: 'unsigned', signature: null },
  { kind: 'redacted-reasoning', base64: 'AAB=' },
  { kind: 'text', text: 'Grüße', citations: [{ title: 'Report' }] },
  { kind: 'tool-use', id: 't1', name: 'search', input: { q: 'x' } },
];

t.test('an answer that came whole is the same after it was told as events', async (t) => {
  const taken = new AnswerCollector();
  taken.take(ALL);
  t.same(taken.blocks(), ALL);
  t.same(collect(...ALL.flatMap(eventsOf)).blocks(), ALL);
});

t.test('text is the text alone; size and bytes count thought and the input of tools, too', async (t) => {
  const answer = new AnswerCollector();
  answer.take(ALL);
  t.equal(answer.text, 'Grüße');
  const produced = ['hm', 'unsigned', 'AAB=', 'Grüße', '{"q":"x"}'];
  t.equal(answer.size, produced.join('').length);
  t.equal(answer.bytes, Buffer.byteLength(produced.join('')));
  t.ok(answer.hasMoreThanText);
  t.notOk(collect({ type: 'text-delta', block: 0, text: 'a' }).hasMoreThanText);
});

t.test('blocks that overlap are put together apart, in the order in which they began', async (t) => {
  const answer = collect(
    { type: 'start' },
    { type: 'tool-start', block: 0, id: 't1', name: 'f' },
    { type: 'text-delta', block: 1, text: 'a' },
    { type: 'tool-delta', block: 0, json: '{"n"' },
    { type: 'text-delta', block: 1, text: 'b' },
    { type: 'tool-delta', block: 0, json: ':1}' },
    { type: 'block-end', block: 0 },
    { type: 'block-end', block: 1 },
    { type: 'finish', reason: 'tool_calls' },
    { type: 'usage', usage: null, latencyMs: null },
  );
  t.same(answer.blocks(), [
    { kind: 'tool-use', id: 't1', name: 'f', input: { n: 1 } },
    { kind: 'text', text: 'ab' },
  ]);
});

t.test('an answer that was cut is what had arrived; input that is no object is an empty one', async (t) => {
  for (const json of ['', '{"q":"it was a da', '[1]', '"text"', 'null']) {
    const answer = collect(
      { type: 'reasoning-delta', block: 0, text: 'hm' },
      { type: 'tool-start', block: 1, id: 't1', name: 'f' },
      { type: 'tool-delta', block: 1, json },
    );
    t.same(answer.blocks(), [
      { kind: 'reasoning', text: 'hm', signature: null },
      { kind: 'tool-use', id: 't1', name: 'f', input: {} },
    ]);
    t.equal(answer.bytes, 2 + json.length, 'what cannot be read was produced all the same');
  }
  t.same(new AnswerCollector().blocks(), []);
});
