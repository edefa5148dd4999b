// A whole answer as OpenAI's `chat.completion` object.
import type { ChatAnswer } from '../../../canonical/event.ts';
import type { Money } from '../../../lib/money.ts';
import { type CompletionUsage, encodeUsage } from './encode-usage.ts';
import { mapFinishReason, type OpenAiFinishReason } from './map-finish-reason.ts';

export interface ChatCompletion {
  id: string;
  object: 'chat.completion';
  /** Unix seconds. */
  created: number;
  model: string;
  choices: [
    {
      index: 0;
      message: { role: 'assistant'; content: string; refusal: null; annotations: [] };
      logprobs: null;
      finish_reason: OpenAiFinishReason;
    },
  ];
  usage: CompletionUsage;
  service_tier: 'default';
}

export interface ResponseFacts {
  /** `chatcmpl-...`, unique per exchange. */
  id: string;
  /** Unix seconds. */
  createdAt: number;
  /** The model's name as the client wrote it. */
  model: string;
  answer: ChatAnswer;
  /** For the usage object; undefined: it was not asked for. */
  cost?: Money | undefined;
}

/** An answer without text has the content `""`: `null` is for answers that only call tools. */
export function encodeResponse({ id, createdAt, model, answer, cost }: ResponseFacts): ChatCompletion {
  let content = '';
  for (const block of answer.content) if (block.kind === 'text') content += block.text;
  return {
    id,
    object: 'chat.completion',
    created: createdAt,
    model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content, refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: mapFinishReason(answer.finishReason),
      },
    ],
    usage: encodeUsage(answer.usage, cost),
    service_tier: 'default',
  };
}
