// ConverseStream events as a model sends them, and what the decoder makes of them.
import type { ChatEvent } from '../../../src/canonical/event.ts';
import { StreamDecoder } from '../../../src/wire/bedrock/decode-stream.ts';
import { PLAIN_READING, type Reading } from '../../../src/wire/bedrock/reading.ts';

export type Sent = [eventType: string, payload: unknown];

export const START: Sent = ['messageStart', { role: 'assistant', p: 'abc' }];
export const STOP: Sent = ['messageStop', { stopReason: 'end_turn' }];

export function stop(stopReason: string, additionalModelResponseFields?: unknown): Sent {
  return ['messageStop', { stopReason, additionalModelResponseFields }];
}

export function part(delta: unknown, contentBlockIndex = 0): Sent {
  return ['contentBlockDelta', { contentBlockIndex, delta, p: 'abcdef' }];
}

export const text = (words: string, index = 0): Sent => part({ text: words }, index);
export const thought = (content: object, index = 0): Sent => part({ reasoningContent: content }, index);
export const input = (json: string, index = 0): Sent => part({ toolUse: { input: json } }, index);

export function toolStart(toolUse: object, contentBlockIndex = 0): Sent {
  return ['contentBlockStart', { contentBlockIndex, start: { toolUse }, p: 'ab' }];
}

export function blockStop(contentBlockIndex = 0): Sent {
  return ['contentBlockStop', { contentBlockIndex }];
}

export function read(sent: readonly Sent[], reading: Partial<Reading> = {}) {
  const decoder = new StreamDecoder({ ...PLAIN_READING, ...reading });
  const events: ChatEvent[] = [];
  for (const [eventType, payload] of sent) decoder.decode(eventType, payload, events);
  return { decoder, events };
}

/** The events between the start and the finish. */
export function blocksOf(sent: readonly Sent[], reading: Partial<Reading> = {}): ChatEvent[] {
  const { events } = read([START, ...sent, STOP], reading);
  return events.filter(({ type }) => type !== 'start' && type !== 'finish');
}

/** The finish of what was sent. */
export function finishOf(sent: readonly Sent[], reading: Partial<Reading> = {}) {
  return read([START, ...sent], reading).events.find((event) => event.type === 'finish');
}
