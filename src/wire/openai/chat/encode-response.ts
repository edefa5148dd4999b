// A whole answer as OpenAI's `chat.completion` object.
import type { ChatAnswer } from '../../../canonical/event.ts';
import type { Money } from '../../../lib/money.ts';
import { encodeServiceTier } from '../encode-service-tier.ts';
import { type CompletionUsage, encodeUsage } from '../encode-usage.ts';
import type { ToolStyle } from './decode-tools.ts';
import { encodeReasoning, type ReasoningDetail } from './encode-reasoning.ts';
import { type EncodedCalls, encodeToolCalls } from './encode-tool-calls.ts';
import { mapFinishReason, type OpenAiFinishReason } from './map-finish-reason.ts';

/** `reasoning_content` and `reasoning_details` are extensions; see docs/api.md. */
interface EncodedMessage extends EncodedCalls {
  role: 'assistant';
  content: string | null;
  refusal: null;
  annotations: [];
  reasoning_content?: string;
  reasoning_details?: ReasoningDetail[];
}

export interface ChatCompletion {
  id: string;
  object: 'chat.completion';
  /** Unix seconds. */
  created: number;
  model: string;
  choices: [
    {
      index: 0;
      message: EncodedMessage;
      logprobs: null;
      finish_reason: OpenAiFinishReason;
    },
  ];
  usage: CompletionUsage;
  service_tier: 'default' | 'flex' | 'priority';
}

export interface ResponseFacts {
  /** `chatcmpl-...`, unique per exchange. */
  id: string;
  /** Unix seconds. */
  createdAt: number;
  /** The model's name as the client wrote it. */
  model: string;
  answer: ChatAnswer;
  toolStyle: ToolStyle;
  /** For the usage object; undefined: it was not asked for. */
  cost?: Money | undefined;
}

export function encodeResponse(facts: ResponseFacts): ChatCompletion {
  const { id, createdAt, model, answer, toolStyle, cost } = facts;
  const calls = encodeToolCalls(answer.content, toolStyle);
  return {
    id,
    object: 'chat.completion',
    created: createdAt,
    model,
    choices: [
      {
        index: 0,
        message: encodeMessage(answer, calls),
        logprobs: null,
        finish_reason: mapFinishReason(answer.finishReason, formOf(calls)),
      },
    ],
    usage: encodeUsage(answer.usage, cost),
    service_tier: encodeServiceTier(answer.serviceTier),
  };
}

/** An answer without text has the content `""`: `null` is for answers that only call tools. */
function encodeMessage({ content }: ChatAnswer, calls: EncodedCalls): EncodedMessage {
  let text = '';
  let thought = '';
  for (const block of content) {
    if (block.kind === 'text') text += block.text;
    else if (block.kind === 'reasoning') thought += block.text;
  }
  const details = encodeReasoning(content);
  return {
    role: 'assistant',
    content: text === '' && formOf(calls) !== null ? null : text,
    refusal: null,
    annotations: [],
    ...(thought !== '' && { reasoning_content: thought }),
    ...(details.length > 0 && { reasoning_details: details }),
    ...calls,
  };
}

function formOf(calls: EncodedCalls): 'tool_calls' | 'function_call' | null {
  if (calls.tool_calls !== undefined) return 'tool_calls';
  return calls.function_call === undefined ? null : 'function_call';
}
