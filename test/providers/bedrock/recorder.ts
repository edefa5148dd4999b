// A local HTTP server that keeps what it was sent, byte for byte, and answers as the test says.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Recorded {
  method: string;
  url: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: Buffer;
}

export interface Recorder {
  url: string;
  requests: Recorded[];
  /** Every connection there ever was. */
  sockets: Set<Socket>;
}

/** The client frees a connection one turn of the event loop after its answer, to see whether it is still open. */
export function connectionsAreFree(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export type Answer = (response: ServerResponse, recorded: Recorded) => unknown;

export async function record(
  t: { teardown(action: () => unknown): unknown },
  answer: Answer = answerWith({}),
): Promise<Recorder> {
  const requests: Recorded[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    void read(request).then((recorded) => {
      requests.push(recorded);
      return answer(response, recorded);
    });
  });
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  // A TCP server's address is never a string or null while it listens.
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, requests, sockets };
}

async function read(request: IncomingMessage): Promise<Recorded> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
  return {
    method: request.method ?? '',
    url: request.url ?? '',
    headers: Object.fromEntries(headers),
    body: Buffer.concat(parts),
  };
}

export const WHOLE_ANSWER = {
  metrics: { latencyMs: 12 },
  output: { message: { content: [{ text: 'hello' }], role: 'assistant' } },
  stopReason: 'end_turn',
  usage: { inputTokens: 3, outputTokens: 1, totalTokens: 4 },
};

/** Answers both operations: a stream is written in the pieces given. */
export function answerWith({
  pieces = [] as readonly Uint8Array[],
  whole = WHOLE_ANSWER as unknown,
}): Answer {
  return (response, { url }) => {
    const isStream = url.endsWith('/converse-stream');
    response.setHeader('content-type', isStream ? 'application/vnd.amazon.eventstream' : 'application/json');
    response.setHeader('x-amzn-requestid', 'upstream-1');
    if (!isStream) return response.end(JSON.stringify(whole));
    for (const piece of pieces) response.write(piece);
    return response.end();
  };
}
