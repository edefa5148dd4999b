// A whole answer as OpenAI's `text_completion` object. There is no place in it for anything but text.
import type { ChatAnswer } from '../../../canonical/event.ts';
import type { Money } from '../../../lib/money.ts';
import { type CompletionUsage, encodeUsage } from '../encode-usage.ts';
import { type CompletionFinishReason, mapCompletionFinish } from './map-finish-reason.ts';

export interface Completion {
  id: string;
  object: 'text_completion';
  /** Unix seconds. */
  created: number;
  model: string;
  choices: [{ text: string; index: 0; logprobs: null; finish_reason: CompletionFinishReason }];
  usage: CompletionUsage;
}

export interface CompletionFacts {
  /** `cmpl-...`, unique per exchange. */
  id: string;
  /** Unix seconds. */
  createdAt: number;
  /** The model's name as the client wrote it. */
  model: string;
}

/** @param cost for the usage object; undefined: it was not asked for */
export function encodeCompletion(
  { id, createdAt, model }: CompletionFacts,
  answer: ChatAnswer,
  cost?: Money,
): Completion {
  const text = answer.content.map((block) => (block.kind === 'text' ? block.text : '')).join('');
  return {
    id,
    object: 'text_completion',
    created: createdAt,
    model,
    choices: [{ text, index: 0, logprobs: null, finish_reason: mapCompletionFinish(answer.finishReason) }],
    usage: encodeUsage(answer.usage, cost),
  };
}
