// ConverseStream events -> ChatEvents, one decoder per stream. It keeps the order the house promises (start,
// blocks, finish, usage) whatever the upstream's order is, and skips what it does not know.
import type { ChatEvent } from '../../canonical/event.ts';
import { UpstreamError } from '../../canonical/upstream-error.ts';
import { BlockDecoder } from './decode-blocks.ts';
import { decodeFinish, isUnusable, unreadableOutput } from './decode-finish.ts';
import { decodeServiceTier } from './decode-service-tier.ts';
import { decodeUsage, isAbsurdUsage } from './decode-usage.ts';
import { asCount, asRecord } from './json.ts';
import { PLAIN_READING, type Reading } from './reading.ts';

type Payload = Record<string, unknown>;

export class StreamDecoder {
  /** The upstream's own name of the call; known before its first event. */
  upstreamRequestId: string | undefined;
  readonly #reading: Reading;
  readonly #blocks: BlockDecoder;
  #hasStarted = false;
  #hasUsage = false;
  #isFinished = false;
  #isUnreadable = false;
  /** Usage that came before the stop. */
  #early: ChatEvent | null = null;

  constructor(reading: Reading = PLAIN_READING) {
    this.#reading = reading;
    this.#blocks = new BlockDecoder(reading);
  }

  /** True once the upstream has said why it stopped: what follows is only accounting. */
  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** Appends to `out` what an event of type `:event-type` says; many say nothing. */
  decode(eventType: string, value: unknown, out: ChatEvent[]): void {
    const payload = asRecord(value);
    if (payload === null) return;
    switch (eventType) {
      case 'contentBlockDelta':
        this.#start(out);
        if (!this.#isFinished) this.#blocks.delta(payload, out);
        break;
      case 'contentBlockStart':
        this.#start(out);
        if (!this.#isFinished) this.#blocks.start(payload, out);
        break;
      case 'contentBlockStop':
        this.#start(out);
        if (!this.#isFinished) this.#blocks.stop(payload, out);
        break;
      case 'messageStart':
        this.#start(out);
        break;
      case 'messageStop':
        this.#start(out);
        if (!this.#isFinished) this.#stop(payload, out);
        break;
      case 'metadata':
        this.#start(out);
        this.#metadata(payload, out);
        break;
    }
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

  #start(out: ChatEvent[]): void {
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    const { upstreamRequestId } = this;
    out.push(upstreamRequestId === undefined ? { type: 'start' } : { type: 'start', upstreamRequestId });
  }

  #stop(payload: Payload, out: ChatEvent[]): void {
    this.#isFinished = true;
    this.#blocks.end(out);
    const { produced } = this.#blocks;
    this.#isUnreadable = isUnusable(payload.stopReason, produced);
    if (!this.#isUnreadable) out.push({ type: 'finish', ...decodeFinish(payload, produced) });
    if (this.#early !== null) out.push(this.#early);
  }

  #metadata(payload: Payload, out: ChatEvent[]): void {
    const usage = decodeUsage(payload.usage, this.#reading);
    if (this.#hasUsage || (usage === null && !isAbsurdUsage(payload.usage))) return;
    this.#hasUsage = true;
    const latencyMs = asCount(asRecord(payload.metrics)?.latencyMs);
    const event: ChatEvent = { type: 'usage', usage, latencyMs, ...decodeServiceTier(payload) };
    if (this.#isFinished) out.push(event);
    else this.#early = event;
  }
}
