// A streamed answer as the text of OpenAI's server-sent events. It runs once per token of every stream, so
// everything that does not change is written once, and a delta costs one JSON.stringify of its text.
import type { ChatEvent, FinishReason } from '../../../canonical/event.ts';
import type { Refusal } from '../../../canonical/refusal.ts';
import { UpstreamError } from '../../../canonical/upstream-error.ts';
import type { Usage } from '../../../canonical/usage.ts';
import type { Money } from '../../../lib/money.ts';
import { formatEvent, PING } from '../../sse.ts';
import { encodeError } from '../encode-error.ts';
import { encodeServiceTier } from '../encode-service-tier.ts';
import { encodeUsage } from '../encode-usage.ts';
import type { ToolStyle } from './decode-tools.ts';
import { OtherDeltas } from './encode-deltas.ts';

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
  toolStyle: ToolStyle;
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
  const { id, createdAt, model, includeUsage, includeCost = false, toolStyle } = facts;
  const head = `data: {"id":${JSON.stringify(id)},"object":"chat.completion.chunk","created":${createdAt},"model":${JSON.stringify(model)},"choices":[`;
  const tail = includeUsage ? '],"usage":null}\n\n' : ']}\n\n';
  const roleChunk = `${head}{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}${tail}`;
  const choiceHead = `${head}{"index":0,"delta":`;
  const choiceTail = `,"logprobs":null,"finish_reason":null}${tail}`;
  const deltaHead = `${choiceHead}{"content":`;
  const deltaTail = `}${choiceTail}`;
  const others = new OtherDeltas(toolStyle);
  let hasRole = false;
  let isFinished = false;
  let isClosed = false;
  let usage: Usage | null = null;
  let serviceTier: string | undefined;

  function encode(events: readonly ChatEvent[]): string {
    if (isClosed || events.length === 0) return '';
    // The SDKs refuse a stream in which no chunk had a role, so it does not wait for a `start`.
    let text = hasRole ? '' : roleChunk;
    hasRole = true;
    for (const event of events) {
      if (event.type === 'text-delta') {
        if (event.text !== '') text += deltaHead + JSON.stringify(event.text) + deltaTail;
      } else if (event.type === 'usage') ({ usage, serviceTier } = event);
      else if (event.type === 'finish') text += isFinished ? '' : finish(event.reason);
      else for (const delta of others.encode(event)) text += choiceHead + delta + choiceTail;
    }
    return text;
  }

  function finish(reason: FinishReason): string {
    isFinished = true;
    const { deltas, word } = others.finish(reason);
    const open = deltas.map((delta) => choiceHead + delta + choiceTail).join('');
    return `${open}${choiceHead}{},"logprobs":null,"finish_reason":"${word}"}${tail}`;
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
    const tier = serviceTier === undefined ? '' : `,"service_tier":"${encodeServiceTier(serviceTier)}"`;
    return `${head}],"usage":${JSON.stringify(counts)}${tier}}\n\n${DONE}`;
  }

  function encodeFailure(error: Refusal | UpstreamError): string {
    if (isClosed) return '';
    isClosed = true;
    return formatEvent({ event: null, data: JSON.stringify(encodeError(error).body) });
  }

  return { encode, end, encodeFailure, ping: PING };
}
