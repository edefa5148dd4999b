// A streamed answer as the events of this API: one state machine per answer. Every event says its type twice (the
// `event:` line and the JSON) and has the next number.
import type { ChatEvent, FinishReason } from '../../../canonical/event.ts';
import type { Refusal } from '../../../canonical/refusal.ts';
import { UpstreamError } from '../../../canonical/upstream-error.ts';
import type { Money } from '../../../lib/money.ts';
import { PING } from '../../sse.ts';
import { encodeError, failureCode } from './encode-error.ts';
import { beginResponse, endResponse, type ResponseFacts, type ResponseObject } from './response-object.ts';
import { createStreamOutput } from './stream-output.ts';

/** Each method returns the exact text to write, possibly empty. After `end` or `encodeFailure` all return `''`. */
export interface StreamEncoder {
  /** All that one read from the upstream brought, for one write. */
  encode(events: readonly ChatEvent[]): string;
  /** `response.completed` or `response.incomplete`. An answer that never finished ends as a failure. */
  end(cost?: Money): string;
  /**
   * An `error` event, on which the SDKs throw (so nothing behind it is read by them), then `response.failed` for
   * clients that wait for the end of the response, as Codex does.
   */
  encodeFailure(error: Refusal | UpstreamError): string;
  readonly ping: string;
}

export interface StreamFacts extends ResponseFacts {
  /** The client wants the cost in the usage object. */
  includeCost?: boolean;
}

export function createStreamEncoder(facts: StreamFacts): StreamEncoder {
  let sequence = 0;
  const tell = (type: string, members: string) =>
    `event: ${type}\ndata: {"type":"${type}",${members},"sequence_number":${sequence++}}\n\n`;
  const tellResponse = (type: string, response: ResponseObject) =>
    tell(type, `"response":${JSON.stringify(response)}`);
  const output = createStreamOutput(facts, tell);
  let hasBegun = false;
  let isClosed = false;
  let finish: FinishReason | null = null;
  let report: Extract<ChatEvent, { type: 'usage' }> | null = null;

  function begin(): string {
    if (hasBegun) return '';
    hasBegun = true;
    const response = beginResponse(facts);
    return tellResponse('response.created', response) + tellResponse('response.in_progress', response);
  }

  function encode(events: readonly ChatEvent[]): string {
    if (isClosed || events.length === 0) return '';
    let text = begin();
    for (const event of events) {
      if (event.type === 'usage') report = event;
      else if (event.type === 'finish') {
        if (finish === null) text += output.finish(event.reason);
        finish ??= event.reason;
      } else if (finish === null) text += output.take(event);
    }
    return text;
  }

  function end(cost?: Money): string {
    if (isClosed) return '';
    if (finish === null) {
      const message = 'The upstream ended its answer before it was complete.';
      return encodeFailure(new UpstreamError({ kind: 'incomplete', message }));
    }
    isClosed = true;
    const response = endResponse(facts, {
      reason: finish,
      output: output.items(),
      usage: report?.usage ?? null,
      serviceTier: report?.serviceTier,
      cost: facts.includeCost === true ? cost : undefined,
    });
    return tellResponse(`response.${response.status}`, response);
  }

  function encodeFailure(error: Refusal | UpstreamError): string {
    if (isClosed) return '';
    isClosed = true;
    const { error: told } = encodeError(error).body;
    const { code, message, param } = told;
    const flat = JSON.stringify({ code, message, param, error: told });
    const response: ResponseObject = {
      ...beginResponse(facts),
      status: 'failed',
      error: { code: failureCode(error), message },
      output: output.items(),
    };
    return tell('error', flat.slice(1, -1)) + tellResponse('response.failed', response);
  }

  return { encode, end, encodeFailure, ping: PING };
}
