// One HTTP exchange with Bedrock over a pooled HTTP/1.1 connection: time-outs, cancellation, back-pressure, and
// the translation of everything that can go wrong on the way. Never retries.
import type { Dispatcher } from 'undici';
import { CutCall } from '../../canonical/cut-call.ts';
import { decodeError } from '../../wire/bedrock/decode-error.ts';
import { connectionError, timedOut, unreadable } from './transport-errors.ts';

export interface CallRequest {
  path: string;
  headers: string[];
  body: Buffer;
  /** Of a good answer, e.g. `application/json`; anything else cannot be read. */
  contentType: string;
  /** From the dispatch to the first byte of the answer's body. */
  firstByteMs: number;
  /** Between two reads of the body; does not run while the reader holds the answer back. */
  idleMs: number;
  signal: AbortSignal;
}

/** After `start`, `data` until either `end` or `fail`, once. */
export interface CallSink {
  /** The request id of the upstream, if it sent one, and its headers by lower-case names. */
  start(requestId: string | undefined, headers?: Headers): void;
  /** A piece of a good answer. What it throws fails the call. */
  data(chunk: Buffer): void;
  /** The answer is complete. What it throws is the caller's to catch. */
  end(): void;
  /** An `UpstreamError`, the reason of the signal, or a `CutCall` of it. */
  fail(error: unknown): void;
}

export interface Call {
  /** Stops reading from the socket, so that the upstream feels it. */
  pause(): void;
  resume(): void;
  /** Closes the upstream connection at once; the sink hears nothing more. */
  cancel(): void;
}

/** An error body longer than this says nothing that the beginning does not. */
const MAX_ERROR_BYTES = 64 * 1024;

export function openCall(pool: Dispatcher, request: CallRequest, sink: CallSink): Call {
  const call = new PooledCall(request, sink);
  call.begin(pool);
  return call;
}

class PooledCall implements Call, Dispatcher.DispatchHandler {
  readonly #request: CallRequest;
  readonly #sink: CallSink;
  readonly #onAbort = () => this.#cut();
  #controller: Dispatcher.DispatchController | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isPaused = false;
  #hasBody = false;
  #isOver = false;
  #requestId: string | undefined;
  #refusal: ErrorBody | null = null;

  constructor(request: CallRequest, sink: CallSink) {
    this.#request = request;
    this.#sink = sink;
  }

  begin(pool: Dispatcher): void {
    const { path, headers, body, signal, firstByteMs } = this.#request;
    if (signal.aborted) {
      this.#cut();
      return;
    }
    signal.addEventListener('abort', this.#onAbort, { once: true });
    this.#timer = setTimeout(() => this.#timeOut(), firstByteMs);
    // Its own time-outs are off: they would start anew between the headers and the first byte of the body.
    pool.dispatch({ method: 'POST', path, headers, body, headersTimeout: 0, bodyTimeout: 0 }, this);
  }

  pause(): void {
    this.#isPaused = true;
    clearTimeout(this.#timer);
    this.#controller?.pause();
  }

  resume(): void {
    if (!this.#isPaused || this.#isOver) return;
    this.#isPaused = false;
    this.#timer = setTimeout(() => this.#timeOut(), this.#request.idleMs);
    this.#controller?.resume();
  }

  cancel(): void {
    if (this.#finish()) this.#controller?.abort(new Error('the call was cancelled'));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // It may have been given up while it waited for a connection.
    if (this.#isOver) controller.abort(new Error('the call was cancelled'));
  }

  onResponseStart(_controller: unknown, status: number, headers: Headers): void {
    // A 1xx answer announces the real one.
    if (this.#isOver || status < 200) return;
    this.#requestId = one(headers['x-amzn-requestid']);
    this.#sink.start(this.#requestId, headers);
    if (status !== 200) {
      this.#refusal = { status, headers, parts: [], bytes: 0 };
    } else if (!one(headers['content-type'])?.startsWith(this.#request.contentType)) {
      this.#fail(unreadable(this.#requestId));
    }
  }

  onResponseData(_controller: unknown, chunk: Buffer): void {
    if (this.#isOver) return;
    this.#watchIdle();
    try {
      if (this.#refusal === null) this.#sink.data(chunk);
      else this.#collectRefusal(this.#refusal, chunk);
    } catch (error) {
      this.#fail(error);
    }
  }

  onResponseEnd(): void {
    if (this.#refusal !== null) this.#refuse(this.#refusal);
    else if (this.#finish()) this.#sink.end();
  }

  onResponseError(_controller: unknown, error: Error): void {
    const facts = { wasSent: this.#controller !== null, upstreamRequestId: this.#requestId };
    // A refusal is known by its status and headers, even if its text was cut off.
    if (this.#refusal !== null) this.#refuse(this.#refusal);
    else this.#fail(connectionError(error, facts));
  }

  #watchIdle(): void {
    if (this.#hasBody) {
      this.#timer?.refresh();
      return;
    }
    this.#hasBody = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#timeOut(), this.#request.idleMs);
  }

  #cut(): void {
    const { reason } = this.#request.signal;
    // Without a connection, nothing was sent.
    this.#fail(this.#controller === null ? new CutCall(reason, null) : reason);
  }

  #timeOut(): void {
    this.#fail(timedOut(this.#requestId));
  }

  #collectRefusal(refusal: ErrorBody, chunk: Buffer): void {
    refusal.parts.push(chunk);
    refusal.bytes += chunk.length;
    if (refusal.bytes > MAX_ERROR_BYTES) this.#refuse(refusal);
  }

  #refuse({ status, headers, parts }: ErrorBody): void {
    this.#fail(
      decodeError({
        status,
        errorType: one(headers['x-amzn-errortype']),
        body: Buffer.concat(parts).toString('utf8', 0, MAX_ERROR_BYTES),
        requestId: this.#requestId,
        retryAfter: one(headers['retry-after']),
        retryAfterMs: one(headers['x-amz-retry-after']),
      }),
    );
  }

  #fail(error: unknown): void {
    if (!this.#finish()) return;
    this.#controller?.abort(error instanceof Error ? error : new Error('the call failed'));
    this.#sink.fail(error);
  }

  /** True the first time; afterwards nothing of this call can happen any more. */
  #finish(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#request.signal.removeEventListener('abort', this.#onAbort);
    return true;
  }
}

/** What has been read of an answer that is not a 200. */
interface ErrorBody {
  status: number;
  headers: Headers;
  parts: Buffer[];
  bytes: number;
}

export type Headers = Readonly<Record<string, string | string[] | undefined>>;

export function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
