// ConverseStream events -> ChatEvents, one decoder per stream. It keeps the order the house promises (start,
// deltas, finish, usage) whatever the upstream's order is, and skips what it does not know.
import type { ChatEvent } from '../../canonical/event.ts';
import { UpstreamError } from '../../canonical/upstream-error.ts';
import { unreadableOutput } from './decode-response.ts';
import { decodeUsage, isAbsurdUsage } from './decode-usage.ts';
import { asCount, asRecord, asText } from './json.ts';
import { isMalformedStop, mapStopReason } from './map-stop-reason.ts';
import { PLAIN_READING, type Reading } from './reading.ts';

type Payload = Record<string, unknown>;

/** Events that say something to the house; `contentBlockStart` and `contentBlockStop` do not yet. */
const KNOWN_EVENTS: ReadonlySet<string> = new Set([
  'messageStart',
  'contentBlockDelta',
  'messageStop',
  'metadata',
]);

export class StreamDecoder {
  /** The upstream's own name of the call; known before its first event. */
  upstreamRequestId: string | undefined;
  readonly #reading: Reading;
  #hasStarted = false;
  #hasText = false;
  #hasUsage = false;
  #isFinished = false;
  #isUnreadable = false;
  /** Usage that came before the stop. */
  #early: ChatEvent | null = null;

  constructor(reading: Reading = PLAIN_READING) {
    this.#reading = reading;
  }

  /** True once the upstream has said why it stopped: what follows is only accounting. */
  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** Appends to `out` what an event of type `:event-type` says; many say nothing. */
  decode(eventType: string, value: unknown, out: ChatEvent[]): void {
    const payload = asRecord(value);
    if (payload === null || !KNOWN_EVENTS.has(eventType)) return;
    if (!this.#hasStarted) {
      this.#hasStarted = true;
      const { upstreamRequestId } = this;
      out.push(upstreamRequestId === undefined ? { type: 'start' } : { type: 'start', upstreamRequestId });
    }
    if (eventType === 'contentBlockDelta') this.#delta(payload, out);
    else if (eventType === 'messageStop') this.#stop(payload, out);
    else if (eventType === 'metadata') this.#metadata(payload, out);
  }

  /**
   * To be called when the upstream has ended.
   *
   * @throws UpstreamError `incomplete` without a stop, `model_error` if the output was unreadable
   */
  end(upstreamRequestId?: string): void {
    if (this.#isUnreadable) throw unreadableOutput(upstreamRequestId);
    if (this.#isFinished) return;
    const message = 'The upstream ended its answer without finishing it.';
    throw new UpstreamError({ kind: 'incomplete', message, upstreamRequestId });
  }

  #delta(payload: Payload, out: ChatEvent[]): void {
    const text = asText(asRecord(payload.delta)?.text);
    if (text === null || text === '' || this.#isFinished) return;
    this.#hasText = true;
    out.push({ type: 'text-delta', block: asCount(payload.contentBlockIndex) ?? 0, text });
  }

  #stop(payload: Payload, out: ChatEvent[]): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.#isUnreadable = isMalformedStop(payload.stopReason) && !this.#hasText;
    if (!this.#isUnreadable) out.push({ type: 'finish', reason: mapStopReason(payload.stopReason) });
    if (this.#early !== null) out.push(this.#early);
  }

  #metadata(payload: Payload, out: ChatEvent[]): void {
    const usage = decodeUsage(payload.usage, this.#reading);
    if (this.#hasUsage || (usage === null && !isAbsurdUsage(payload.usage))) return;
    this.#hasUsage = true;
    const latencyMs = asCount(asRecord(payload.metrics)?.latencyMs);
    const event: ChatEvent = { type: 'usage', usage, latencyMs };
    if (this.#isFinished) out.push(event);
    else this.#early = event;
  }
}
