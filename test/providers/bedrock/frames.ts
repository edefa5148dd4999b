// Event-stream frames made by the SDK's own codec.
import { EventStreamCodec } from '@smithy/eventstream-codec';

export const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString()),
  (text) => Buffer.from(text),
);

export function frame(headers: Record<string, string>, body: string | Uint8Array): Buffer {
  const typed = Object.entries(headers).map(([name, value]) => [name, { type: 'string' as const, value }]);
  return Buffer.from(codec.encode({ headers: Object.fromEntries(typed), body: Buffer.from(body) }));
}

export function event(type: string, payload: unknown): Buffer {
  const headers = { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' };
  return frame(headers, JSON.stringify(payload));
}

export function exception(type: string, message: string): Buffer {
  const headers = {
    ':exception-type': type,
    ':content-type': 'application/json',
    ':message-type': 'exception',
  };
  return frame(headers, JSON.stringify({ message }));
}

export const START = event('messageStart', { role: 'assistant', p: 'abcdefgh' });
export const STOP = event('messageStop', { stopReason: 'end_turn', p: 'abc' });
export const METADATA = event('metadata', {
  usage: { inputTokens: 12, outputTokens: 3, totalTokens: 45, cacheReadInputTokens: 30 },
  metrics: { latencyMs: 321 },
});

export function delta(text: string, contentBlockIndex = 0): Buffer {
  return event('contentBlockDelta', { contentBlockIndex, delta: { text }, p: 'abcdefghijk' });
}

/** What a real answer looks like, padding, skipped blocks and all. */
export const ANSWER: readonly Buffer[] = [
  START,
  delta('Grüße '),
  delta('aus 日本 '),
  event('contentBlockStop', { contentBlockIndex: 0 }),
  event('somethingNew', { a: 1 }),
  delta('🙂 "quoted"\n', 1),
  STOP,
  METADATA,
];
