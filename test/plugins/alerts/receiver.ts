// What alerts are sent to, for tests: an HTTP server that keeps every request and answers as it is told.
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';

export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** `hang`: take the request and never answer. */
export type Script = number | 'hang' | { status: number; headers?: Record<string, string>; body?: string };

export async function startReceiver(t: Test, script: Script[] = []) {
  const received: Received[] = [];
  const waiting: { count: number; resolve(): void }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      received.push({ path: request.url ?? '', headers: request.headers, body });
      answer(response, script[received.length - 1] ?? 200);
      for (const waiter of waiting) if (received.length >= waiter.count) waiter.resolve();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hooks/T000/B000/a-very-secret-path`,
    received,
    async reach(count: number): Promise<void> {
      if (received.length < count) await new Promise<void>((resolve) => waiting.push({ count, resolve }));
    },
  };
}

function answer(response: ServerResponse, script: Script): void {
  if (script === 'hang') return;
  const { status, headers = {}, body = 'ok' } = typeof script === 'number' ? { status: script } : script;
  response.writeHead(status, headers).end(body);
}
