// Answers as they come whole and as events, and the same through both encoders.
import { AnswerCollector, eventsOf } from '../../../../src/canonical/collect.ts';
import type { AnswerBlock } from '../../../../src/canonical/content.ts';
import type { ChatAnswer, ChatEvent, FinishReason } from '../../../../src/canonical/event.ts';
import { createStreamEncoder } from '../../../../src/wire/openai/responses/encode-stream.ts';
import {
  echoRequest,
  type ResponseFacts,
  type ResponseObject,
} from '../../../../src/wire/openai/responses/response-object.ts';
import { createSseParser } from '../../../../src/wire/sse.ts';
import { readBody } from './read-body.ts';

export const EXCHANGE = '01900000-0000-7000-8000-000000000000';

export const USAGE = {
  inputTokens: 3,
  outputTokens: 2,
  cacheReadTokens: 10,
  cacheWrite5mTokens: 20,
  cacheWrite1hTokens: 30,
};

/** What answers to a request say of it. */
export function factsOf(members: object = {}): ResponseFacts {
  const { body, decoded } = readBody({ model: 'alias', input: 'Hi', ...members });
  const { customNames, includesThoughts } = decoded;
  return {
    exchangeId: EXCHANGE,
    createdAt: 1_790_000_000,
    model: body.model,
    echo: echoRequest(body),
    customNames,
    includesThoughts,
  };
}

export function answerOf(content: AnswerBlock[], finishReason: FinishReason = 'stop'): ChatAnswer {
  return { content, finishReason, usage: USAGE, latencyMs: 5 };
}

/** The events that a whole answer is. */
export function eventsOfAnswer({ content, finishReason, usage }: ChatAnswer): ChatEvent[] {
  return [
    { type: 'start' },
    ...content.flatMap(eventsOf),
    { type: 'finish', reason: finishReason },
    { type: 'usage', usage, latencyMs: 5 },
  ];
}

export interface Told {
  type: string;
  sequence_number: number;
  response?: ResponseObject;
  // Tests look into events of every shape.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  [member: string]: any;
}

/** Every event of a text, each checked to name its type twice. */
export function readEvents(text: string): Told[] {
  return createSseParser()
    .push(Buffer.from(text))
    .map(({ event, data }) => {
      const told = JSON.parse(data) as Told;
      if (told.type !== event) throw new Error(`${event} says it is ${told.type}`);
      return told;
    });
}

/** The events that a client gets of such an answer. */
export function streamOf(facts: ResponseFacts, events: readonly ChatEvent[]): Told[] {
  const encoder = createStreamEncoder(facts);
  return readEvents(encoder.encode(events) + encoder.end());
}

/** What was said, as the house collects it. */
export function collected(events: readonly ChatEvent[]): AnswerBlock[] {
  const collector = new AnswerCollector();
  for (const event of events) collector.push(event);
  return collector.blocks();
}
