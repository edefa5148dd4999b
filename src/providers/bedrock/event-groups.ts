// The events of one ConverseStream call as an async iterator that is pulled: what one read held comes out as one
// group, a reader that lags stops the socket, and leaving the loop closes it.
import type { ChatEvent } from '../../canonical/event.ts';
import { UpstreamError, type UpstreamErrorKind } from '../../canonical/upstream-error.ts';
import { decodeException } from '../../wire/bedrock/decode-error.ts';
import { StreamDecoder } from '../../wire/bedrock/decode-stream.ts';
import type { Reading } from '../../wire/bedrock/reading.ts';
import type { Call } from './call.ts';
import { createFrameDecoder, type Frame, FrameError } from './frame.ts';
import type { StartCall } from './prepare-call.ts';
import { unreadable } from './transport-errors.ts';

/** Bytes read ahead of the consumer before the socket is stopped; about two reads of a fast answer. */
const READ_AHEAD = 64 * 1024;

type Group = readonly ChatEvent[];

/** Nothing is sent before the first `next()`. For one consumer. */
export class EventGroups implements AsyncIterableIterator<Group, undefined> {
  readonly #prepare: () => Promise<StartCall>;
  readonly #frames = createFrameDecoder();
  readonly #decoder: StreamDecoder;
  readonly #onFrame = (frame: Frame) => this.#readFrame(frame);
  #pending: ChatEvent[] = [];
  #bytesAhead = 0;
  #requestId: string | undefined;
  #call: Call | null = null;
  #hasBegun = false;
  #isOver = false;
  #failure: { error: unknown } | null = null;
  #wake: (() => void) | null = null;

  constructor(prepare: () => Promise<StartCall>, reading?: Reading) {
    this.#prepare = prepare;
    this.#decoder = new StreamDecoder(reading);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Group, undefined>> {
    if (!this.#hasBegun) this.#begin();
    // Resolved by the first chunk of a read; the other chunks of that read join it before this goes on.
    while (this.#pending.length === 0 && !this.#isOver) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#pending.length > 0) return { done: false, value: this.#take() };
    const failure = this.#failure;
    this.#failure = null;
    if (failure !== null) throw failure.error;
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<Group, undefined>> {
    this.#hasBegun = true;
    this.#pending = [];
    this.#failure = null;
    this.#end();
    this.#call?.cancel();
    return { done: true, value: undefined };
  }

  #begin(): void {
    this.#hasBegun = true;
    this.#prepare()
      .then((start) => {
        if (!this.#isOver) this.#start(start);
      })
      .catch((error: unknown) => this.#fail(error));
  }

  #start(start: StartCall): void {
    this.#call = start({
      start: (requestId) => {
        this.#requestId = requestId;
        this.#decoder.upstreamRequestId = requestId;
      },
      data: (chunk) => this.#read(chunk),
      end: () => this.#complete(),
      fail: (error) => this.#fail(error),
    });
  }

  #take(): Group {
    const group = this.#pending;
    this.#pending = [];
    this.#bytesAhead = 0;
    this.#call?.resume();
    return group;
  }

  #read(chunk: Buffer): void {
    try {
      this.#frames.push(chunk, this.#onFrame);
    } catch (error) {
      throw this.#readable(error);
    }
    if (this.#pending.length === 0) return;
    if (this.#wake !== null) {
      this.#wakeUp();
      return;
    }
    this.#bytesAhead += chunk.length;
    if (this.#bytesAhead > READ_AHEAD) this.#call?.pause();
  }

  #readFrame({ headers, payload }: Frame): void {
    const messageType = headers.get(':message-type');
    if (messageType === 'exception' || messageType === 'error') throw this.#exception(headers, payload);
    const eventType = headers.get(':event-type');
    if (messageType !== 'event' || eventType === undefined) return;
    this.#decoder.decode(eventType, JSON.parse(payload.toString()), this.#pending);
  }

  #exception(headers: Frame['headers'], payload: Buffer): UpstreamError {
    const requestId = this.#requestId;
    const type = headers.get(':exception-type');
    if (type !== undefined) return decodeException({ type, body: payload.toString(), requestId });
    const body = JSON.stringify({ message: headers.get(':error-message') ?? '' });
    return decodeException({ type: headers.get(':error-code') ?? '', body, requestId });
  }

  #complete(): void {
    try {
      if (!this.#decoder.isFinished) this.#frames.end();
      this.#decoder.end(this.#requestId);
      this.#end();
    } catch (error) {
      this.#fail(this.#readable(error));
    }
  }

  #fail(error: unknown): void {
    // The answer was whole; only its accounting is lost, and that is not the reader's error.
    if (this.#decoder.isFinished && error instanceof UpstreamError && LOST_CONNECTION.has(error.kind)) {
      this.#complete();
    } else {
      // What was read before an upstream's failure is still said; after the signal nothing is.
      if (!(error instanceof UpstreamError)) this.#pending = [];
      this.#failure ??= { error };
      this.#end();
    }
  }

  #end(): void {
    this.#isOver = true;
    this.#wakeUp();
  }

  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }

  /** Broken frames and broken JSON in whole frames, in the house's words. */
  #readable(error: unknown): unknown {
    const isBroken = error instanceof FrameError || error instanceof SyntaxError;
    return isBroken ? unreadable(this.#requestId, error) : error;
  }
}

const LOST_CONNECTION: ReadonlySet<UpstreamErrorKind> = new Set(['reset', 'timeout']);
