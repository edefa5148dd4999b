// A streamed answer as the text of Anthropic's server-sent events: every one has an `event:` line, because the SDKs skip
// what has none. One block is open at a time, and indexes have no gap.
import type { ChatEvent } from '../../canonical/event.ts';
import type { Refusal } from '../../canonical/refusal.ts';
import { UpstreamError } from '../../canonical/upstream-error.ts';
import type { Usage } from '../../canonical/usage.ts';
import type { Money } from '../../lib/money.ts';
import { createBlockWriter } from './encode-block-events.ts';
import { emptyMessage, type MessageFacts } from './encode-response.ts';
import { encodeUsage, estimatedUsage } from './encode-usage.ts';
import { mapStopReason } from './map-stop-reason.ts';
import { PING, writeEvent } from './write-event.ts';

export interface StreamFacts extends MessageFacts {
  /** Our own count, tokens: the upstream counts at the end. */
  inputTokensEstimate: number;
  /** The client wants the cost in the usage. */
  includeCost: boolean;
  /** The body of an error event. */
  encodeError(error: Refusal | UpstreamError): object;
}

/** Each method returns the exact text to write, possibly empty. After `end` or `encodeFailure` all return `''`. */
export interface StreamEncoder {
  encode(events: readonly ChatEvent[]): string;
  /**
   * The true counts and why the model stopped. They wait for this moment, because counts come after the reason, if they
   * come. An answer that never finished ends as a failure: SDKs take a silent end for success.
   */
  end(cost?: Money): string;
  /** The error event, on which the SDKs throw. Nothing may follow it. */
  encodeFailure(error: Refusal | UpstreamError): string;
  readonly ping: string;
}

export function createStreamEncoder(facts: StreamFacts): StreamEncoder {
  const blocks = createBlockWriter();
  let hasStarted = false;
  let isClosed = false;
  let finish: Extract<ChatEvent, { type: 'finish' }> | undefined;
  let usage: Usage | null = null;
  let serviceTier: string | undefined;

  function encode(events: readonly ChatEvent[]): string {
    if (isClosed || events.length === 0) return '';
    let text = hasStarted ? '' : start();
    for (const event of events) {
      if (event.type === 'start') continue;
      if (event.type === 'finish') finish ??= event;
      else if (event.type === 'usage') ({ usage, serviceTier } = event);
      else text += blocks.write(event);
    }
    return text;
  }

  function start(): string {
    hasStarted = true;
    const message = emptyMessage(facts, estimatedUsage(facts.inputTokensEstimate));
    return writeEvent('message_start', { message }) + PING;
  }

  function end(cost?: Money): string {
    if (isClosed) return '';
    if (finish === undefined) {
      const message = 'The upstream ended its answer before it was complete.';
      return encodeFailure(new UpstreamError({ kind: 'incomplete', message }));
    }
    isClosed = true;
    // The last two speak of Anthropic's own servers.
    const delta = {
      stop_reason: mapStopReason(finish.reason),
      stop_sequence: finish.stopSequence ?? null,
      stop_details: null,
      container: null,
    };
    const counts = encodeUsage(usage, { serviceTier, cost: facts.includeCost ? cost : undefined });
    return `${blocks.end()}${writeEvent('message_delta', { delta, usage: counts })}${writeEvent('message_stop', {})}`;
  }

  function encodeFailure(error: Refusal | UpstreamError): string {
    if (isClosed) return '';
    isClosed = true;
    return writeEvent('error', facts.encodeError(error));
  }

  return { encode, end, encodeFailure, ping: PING };
}
