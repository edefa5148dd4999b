// A whole answer as Anthropic's `message` object.
import type { ChatAnswer } from '../../canonical/event.ts';
import type { Money } from '../../lib/money.ts';
import { encodeBlock, type WireBlock } from './encode-blocks.ts';
import { encodeUsage, type MessageUsage } from './encode-usage.ts';
import { mapStopReason, type StopReason } from './map-stop-reason.ts';

export interface WireAnswer {
  id: string;
  type: 'message';
  role: 'assistant';
  model: string;
  content: WireBlock[];
  stop_reason: StopReason | null;
  stop_sequence: string | null;
  /** These three speak of Anthropic's own servers. */
  stop_details: null;
  container: null;
  diagnostics: null;
  usage: MessageUsage;
}

export interface MessageFacts {
  /** `msg_...`, unique per exchange. */
  id: string;
  /** As the client wrote it. */
  model: string;
}

export function encodeResponse(
  answer: ChatAnswer,
  facts: MessageFacts,
  cost?: Money | undefined,
): WireAnswer {
  return {
    ...emptyMessage(facts, encodeUsage(answer.usage, { serviceTier: answer.serviceTier, cost })),
    content: answer.content.map(encodeBlock),
    stop_reason: mapStopReason(answer.finishReason),
    stop_sequence: answer.stopSequence ?? null,
  };
}

/** A message that has said nothing yet, as a stream begins. */
export function emptyMessage({ id, model }: MessageFacts, usage: MessageUsage): WireAnswer {
  return {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    container: null,
    diagnostics: null,
    usage,
  };
}
