// What a stream says beside text: calls, thoughts, and the words that end it.
import t from 'tap';
import type { ChatEvent } from '../../../../src/canonical/event.ts';
import { PLAIN_TOOLS, type ToolStyle } from '../../../../src/wire/openai/chat/decode-tools.ts';
import { createStreamEncoder } from '../../../../src/wire/openai/chat/encode-stream.ts';
import { createSseParser } from '../../../../src/wire/sse.ts';

const CUSTOM: ToolStyle = { custom: new Set(['note']), isLegacy: false };
const LEGACY: ToolStyle = { custom: new Set(), isLegacy: true };
const call = (block: number, name = 'f'): ChatEvent => ({ type: 'tool-start', block, id: `c${block}`, name });
const piece = (block: number, json: string): ChatEvent => ({ type: 'tool-delta', block, json });
const end = (block: number): ChatEvent => ({ type: 'block-end', block });
const STOP: ChatEvent = { type: 'finish', reason: 'stop' };

/** All deltas after the role's, then the finish reason. */
function write(events: ChatEvent[], toolStyle = PLAIN_TOOLS): unknown[] {
  const facts = { id: 'chatcmpl-1', createdAt: 1, model: 'm', includeUsage: false, toolStyle };
  const text = createStreamEncoder(facts).encode(events);
  return createSseParser()
    .push(Buffer.from(text))
    .slice(1)
    .map(({ data }) => JSON.parse(data).choices[0])
    .map((choice) => choice.finish_reason ?? choice.delta);
}

t.test('calls are counted from 0, whatever blocks they are, and may overlap', async (t) => {
  const written = write([call(1), call(3, 'g'), piece(3, '{"b":2}'), piece(1, ''), end(3), end(1), STOP]);
  t.same(written, [
    { tool_calls: [{ index: 0, id: 'c1', type: 'function', function: { name: 'f', arguments: '' } }] },
    { tool_calls: [{ index: 1, id: 'c3', type: 'function', function: { name: 'g', arguments: '' } }] },
    { tool_calls: [{ index: 1, function: { arguments: '{"b":2}' } }] },
    { tool_calls: [{ index: 0, function: { arguments: '{}' } }] },
    'tool_calls',
  ]);
});

t.test('a call that nobody ends is ended before the finish', async (t) => {
  t.same(write([call(0), STOP]).slice(1), [
    { tool_calls: [{ index: 0, function: { arguments: '{}' } }] },
    'tool_calls',
  ]);
  t.same(write([call(0), piece(0, '{'), { type: 'finish', reason: 'length' }]).at(-1), 'length');
});

t.test('the older form says its name once, and one call', async (t) => {
  t.same(write([call(0), piece(0, '{}'), end(0), call(1), piece(1, '{}'), end(1), STOP], LEGACY), [
    { function_call: { name: 'f', arguments: '' } },
    { function_call: { arguments: '{}' } },
    'function_call',
  ]);
});

t.test('thoughts without a signature are text only; an empty one with a signature is kept', async (t) => {
  const think = (block: number, text: string): ChatEvent => ({ type: 'reasoning-delta', block, text });
  const sign: ChatEvent = { type: 'reasoning-signature', block: 1, signature: 's' };
  t.same(write([think(0, 'a'), end(0), think(1, ''), sign, end(1), STOP]), [
    { reasoning_content: 'a' },
    { reasoning_details: [{ type: 'reasoning.text', text: '', signature: 's', index: 0 }] },
    'stop',
  ]);
});

t.test('a custom tool is called in the form of a function, which every SDK reads in a stream', async (t) => {
  t.same(write([call(0, 'note'), piece(0, '{"input":'), piece(0, '"x"}'), end(0), STOP], CUSTOM), [
    {
      tool_calls: [{ index: 0, id: 'c0', type: 'function', function: { name: 'note', arguments: '' } }],
    },
    { tool_calls: [{ index: 0, function: { arguments: '{"input":' } }] },
    { tool_calls: [{ index: 0, function: { arguments: '"x"}' } }] },
    'tool_calls',
  ]);
});
