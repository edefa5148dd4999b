// A streamed answer in the chunks of the older completions route: text, one finish, usage where it was asked for.
import type { ChatEvent } from '../../../canonical/event.ts';
import type { Refusal } from '../../../canonical/refusal.ts';
import { UpstreamError } from '../../../canonical/upstream-error.ts';
import type { Usage } from '../../../canonical/usage.ts';
import type { Money } from '../../../lib/money.ts';
import { formatEvent, PING } from '../../sse.ts';
import { encodeError } from '../encode-error.ts';
import { encodeUsage } from '../encode-usage.ts';
import type { CompletionFacts } from './encode-response.ts';
import { mapCompletionFinish } from './map-finish-reason.ts';

const DONE = formatEvent({ event: null, data: '[DONE]' });
export interface CompletionStreamFacts extends CompletionFacts {
  /** `stream_options.include_usage`. */
  includeUsage: boolean;
  /** The client wants the cost in the usage chunk. */
  includeCost: boolean;
}

/** Each method returns the exact text to write, possibly empty. After `end` or `encodeFailure` all return `''`. */
export function createCompletionStream(facts: CompletionStreamFacts) {
  const { id, createdAt, model, includeUsage, includeCost } = facts;
  const head = `data: {"id":${JSON.stringify(id)},"object":"text_completion","created":${createdAt},"model":${JSON.stringify(model)},"choices":[`;
  const tail = includeUsage ? '],"usage":null}\n\n' : ']}\n\n';
  let isFinished = false;
  let isClosed = false;
  let usage: Usage | null = null;

  function chunk(text: string, finish: string): string {
    return `${head}{"text":${JSON.stringify(text)},"index":0,"logprobs":null,"finish_reason":${finish}}${tail}`;
  }

  function encode(events: readonly ChatEvent[]): string {
    let written = '';
    if (isClosed) return written;
    for (const event of events) {
      if (event.type === 'text-delta' && event.text !== '') written += chunk(event.text, 'null');
      else if (event.type === 'usage') usage = event.usage;
      else if (event.type === 'finish' && !isFinished) {
        isFinished = true;
        written += chunk('', `"${mapCompletionFinish(event.reason)}"`);
      }
    }
    return written;
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
