// Carries a streamed answer from the upstream to the client's socket, with back-pressure, and goes on reading when
// the client has gone. It writes to the socket itself: of the ways tried, only this one ended every exchange once.
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { Refusal } from '../../canonical/refusal.ts';
import type { UpstreamError } from '../../canonical/upstream-error.ts';
import type { OpenedStream } from './dispatch.ts';
import type { Exchange } from './exchange.ts';
import type { StreamDialect } from './voice.ts';

export interface StreamAnswerOptions {
  /** Resolves with the first events of the upstream. */
  open(): Promise<OpenedStream>;
  exchange: Exchange;
  dialect: StreamDialect;
  reply: FastifyReply;
  /** Any error as the client may see it. */
  toClientError(error: unknown): Refusal | UpstreamError;
  /** Silence after which a ping is sent; default `PING_MS`. */
  pingMs?: number | undefined;
}

/** A client that takes nothing for so long has left, whatever its socket says. */
const STALLED_CLIENT_MS = 60_000;

/** So long a client that was cut has for what is left to read. */
const LAST_WORDS_MS = 1_000;

const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
};

/** Proxies and clients give up connections that are silent for longer. */
const PING_MS = 15_000;

/**
 * Resolves when the answer has been read to its end (or its drain was) and the exchange has ended, not when the client
 * has got it. Of a failure the caller must end the exchange.
 *
 * An upstream that refuses is an honest status and not a 200, unless it takes longer than clients wait: then the stream
 * is opened by a ping.
 * @throws before anything was written, or StreamFailed
 */
export async function streamAnswer(options: StreamAnswerOptions): Promise<void> {
  const { open, exchange, dialect, reply, toClientError, pingMs = PING_MS } = options;
  const socket = reply.raw;
  let isOpen = false;
  let opened: OpenedStream | undefined;
  const openOnce = () => {
    if (isOpen) return;
    isOpen = true;
    openStream(reply);
  };
  const pinging = setInterval(() => {
    if (socket.destroyed || exchange.hasClientLeft || socket.writableNeedDrain) return;
    openOnce();
    socket.write(dialect.ping);
  }, pingMs);
  try {
    opened = await open();
    const { first, rest } = opened;
    openOnce();
    for (let next = first; !next.done; next = await rest.next()) {
      exchange.observe(next.value);
      pinging.refresh();
      if (!exchange.hasClientLeft) await write(socket, dialect.encode(next.value), exchange.signal);
    }
    end(socket, dialect.end(exchange.end({ kind: 'answered' })?.fee), exchange.signal);
  } catch (error) {
    // Whatever failed here, the upstream may not know of it.
    void opened?.rest.return?.().catch(() => undefined);
    if (!isOpen) throw error;
    endFailed(socket, () => dialect.encodeFailure(toClientError(error)), exchange.signal);
    throw new StreamFailed(error);
  } finally {
    clearInterval(pinging);
  }
}

/** From the hijack on nobody else ends the response. */
function endFailed(socket: ServerResponse, failure: () => string, signal: AbortSignal): void {
  try {
    if (socket.headersSent) end(socket, failure(), signal);
    else socket.destroy();
  } catch {
    socket.destroy();
  }
}

/** The stream was open when the error came: it has been told to the client already. */
export class StreamFailed extends Error {
  constructor(cause: unknown) {
    super('the stream failed after its first event', { cause });
    this.name = 'StreamFailed';
  }
}

/** From here on the response is ours: Fastify's headers first, then the stream's own. */
function openStream(reply: FastifyReply): void {
  reply.hijack();
  // Fastify's own type for the same thing knows header names that Node's does not.
  const headers = { ...reply.getHeaders(), ...STREAM_HEADERS } as OutgoingHttpHeaders;
  reply.raw.writeHead(200, headers);
}

/** What is cut does not wait for its client any more. */
async function write(socket: ServerResponse, text: string, signal: AbortSignal): Promise<void> {
  if (text === '' || socket.destroyed) return;
  holdForThisTurn(socket);
  if (socket.write(text) || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const stalled = setTimeout(() => socket.destroy(), STALLED_CLIENT_MS);
    const goOn = () => {
      clearTimeout(stalled);
      socket.off('drain', goOn);
      socket.off('close', goOn);
      signal.removeEventListener('abort', goOn);
      resolve();
    };
    socket.on('drain', goOn);
    socket.on('close', goOn);
    signal.addEventListener('abort', goOn);
  });
}

/** Of one that was cut, a client that does not read must not keep the process. */
function end(socket: ServerResponse, text: string, signal: AbortSignal): void {
  socket.end(text);
  if (!signal.aborted) return;
  const late = setTimeout(() => socket.destroy(), LAST_WORDS_MS);
  socket.once('close', () => clearTimeout(late));
}

/** What one turn of the event loop brings leaves in one write: a short answer's deltas and its end, most of all. */
function holdForThisTurn(socket: ServerResponse): void {
  if (socket.writableCorked > 0) return;
  socket.cork();
  setImmediate(() => socket.uncork());
}
