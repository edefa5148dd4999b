// A streamed answer as the text of OpenAI's server-sent events. It runs once per token of every stream, so
// everything that does not change is written once, and a delta costs one JSON.stringify of its text.
import type { ChatEvent } from '../../../canonical/event.ts';
import type { Refusal } from '../../../canonical/refusal.ts';
import { UpstreamError } from '../../../canonical/upstream-error.ts';
import type { Usage } from '../../../canonical/usage.ts';
import type { Money } from '../../../lib/money.ts';
import { formatEvent } from '../../sse.ts';
import { encodeError } from '../encode-error.ts';
import { encodeUsage } from './encode-usage.ts';
import { mapFinishReason } from './map-finish-reason.ts';

/** A comment the SDKs skip: keeps an idle connection open while the model thinks. */
export const PING = ': ping\n\n';

const DONE = formatEvent({ event: null, data: '[DONE]' });

export interface StreamFacts {
  /** `chatcmpl-...`, unique per exchange. */
  id: string;
  /** Unix seconds. */
  createdAt: number;
  /** The model's name as the client wrote it. */
  model: string;
  /** `stream_options.include_usage`. */
  includeUsage: boolean;
  /** The client wants the cost in the usage chunk. */
  includeCost?: boolean;
}

/** Each method returns the exact text to write, possibly empty. After `end` or `encodeFailure` all return `''`. */
export interface StreamEncoder {
  /** All that one read from the upstream brought, for one write. */
  encode(events: readonly ChatEvent[]): string;
  /**
   * The usage chunk when it was asked for (zeros when the upstream reported none: billing never reads it) and
   * `[DONE]`. An answer that never finished ends as a failure, because the SDKs take any other end for success.
   */
  end(cost?: Money): string;
  /** The error event, on which the SDKs throw. Nothing may follow it, not even `[DONE]`. */
  encodeFailure(error: Refusal | UpstreamError): string;
  readonly ping: string;
}

export function createStreamEncoder(facts: StreamFacts): StreamEncoder {
  const { id, createdAt, model, includeUsage, includeCost = false } = facts;
  const head = `data: {"id":${JSON.stringify(id)},"object":"chat.completion.chunk","created":${createdAt},"model":${JSON.stringify(model)},"choices":[`;
  const tail = includeUsage ? '],"usage":null}\n\n' : ']}\n\n';
  const roleChunk = `${head}{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}${tail}`;
  const deltaHead = `${head}{"index":0,"delta":{"content":`;
  const deltaTail = `},"logprobs":null,"finish_reason":null}${tail}`;
  let hasRole = false;
  let isFinished = false;
  let isClosed = false;
  let usage: Usage | null = null;

  function encode(events: readonly ChatEvent[]): string {
    if (isClosed || events.length === 0) return '';
    // The SDKs refuse a stream in which no chunk had a role, so it does not wait for a `start`.
    let text = hasRole ? '' : roleChunk;
    hasRole = true;
    for (const event of events) {
      if (event.type === 'text-delta') {
        if (event.text !== '') text += deltaHead + JSON.stringify(event.text) + deltaTail;
      } else if (event.type === 'usage') usage = event.usage;
      else if (event.type === 'finish' && !isFinished) {
        isFinished = true;
        text += `${head}{"index":0,"delta":{},"logprobs":null,"finish_reason":"${mapFinishReason(event.reason)}"}${tail}`;
      }
    }
    return text;
  }

  function end(cost?: Money): string {
    if (isClosed) return '';
    if (!isFinished) {
      const message = 'The upstream ended its answer before it was complete.';
      return encodeFailure(new UpstreamError({ kind: 'incomplete', message }));
    }
    isClosed = true;
    if (!includeUsage) return DONE;
    const counts = encodeUsage(usage, includeCost ? cost : undefined);
    return `${head}],"usage":${JSON.stringify(counts)}}\n\n${DONE}`;
  }

  function encodeFailure(error: Refusal | UpstreamError): string {
    if (isClosed) return '';
    isClosed = true;
    return formatEvent({ event: null, data: JSON.stringify(encodeError(error).body) });
  }

  return { encode, end, encodeFailure, ping: PING };
}
