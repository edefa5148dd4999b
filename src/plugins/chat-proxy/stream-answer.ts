// Carries a streamed answer from the upstream to the client's socket, with back-pressure, and goes on reading when
// the client has gone. It writes to the socket itself: of the ways tried, only this one ended every exchange once.
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { ChatEvent } from '../../canonical/event.ts';
import type { Refusal } from '../../canonical/refusal.ts';
import type { UpstreamError } from '../../canonical/upstream-error.ts';
import type { Money } from '../../lib/money.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Exchange } from './exchange.ts';

/** What a dialect offers for streaming; each method returns the text to write. */
export interface StreamDialect {
  encode(events: readonly ChatEvent[]): string;
  /** @param cost what the answer costs */
  end(cost?: Money): string;
  encodeFailure(error: Refusal | UpstreamError): string;
}

export interface StreamAnswerOptions {
  provider: Pick<Provider, 'stream'>;
  exchange: Exchange;
  dialect: StreamDialect;
  reply: FastifyReply;
  /** Any error as the client may see it. */
  toClientError(error: unknown): Refusal | UpstreamError;
}

/** A client that takes nothing for so long has left, whatever its socket says. */
const STALLED_CLIENT_MS = 60_000;

const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
};

/**
 * Resolves when the answer has been read to its end (or its drain was) and the exchange has ended, not when the client
 * has got it. Of a failure the caller must end the exchange.
 * @throws before the first event, so that an upstream that refuses is an honest status and not a 200.
 */
export async function streamAnswer(options: StreamAnswerOptions): Promise<void> {
  const { provider, exchange, dialect, reply, toClientError } = options;
  const socket = reply.raw;
  const groups = provider.stream(exchange.call, { signal: exchange.signal })[Symbol.asyncIterator]();
  const first = await groups.next();
  openStream(reply);
  try {
    for (let next = first; !next.done; next = await groups.next()) {
      exchange.observe(next.value);
      if (!exchange.hasClientLeft) await write(socket, dialect.encode(next.value));
    }
  } catch (error) {
    socket.end(dialect.encodeFailure(toClientError(error)));
    throw new StreamFailed(error);
  }
  socket.end(dialect.end(exchange.end({ kind: 'answered' })?.fee));
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

async function write(socket: ServerResponse, text: string): Promise<void> {
  if (text === '' || socket.destroyed) return;
  holdForThisTurn(socket);
  if (socket.write(text)) return;
  await new Promise<void>((resolve) => {
    const stalled = setTimeout(() => socket.destroy(), STALLED_CLIENT_MS);
    const goOn = () => {
      clearTimeout(stalled);
      socket.off('drain', goOn);
      socket.off('close', goOn);
      resolve();
    };
    socket.on('drain', goOn);
    socket.on('close', goOn);
  });
}

/** What one turn of the event loop brings leaves in one write: a short answer's deltas and its end, most of all. */
function holdForThisTurn(socket: ServerResponse): void {
  if (socket.writableCorked > 0) return;
  socket.cork();
  setImmediate(() => socket.uncork());
}
