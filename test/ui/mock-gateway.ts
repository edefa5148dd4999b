// A stand-in for the gateway, for the console's browser test: the built files under the strict policy, the cookie
// session, the live feed, and the routes of `mock-routes.ts`. It can be told to fail.
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import type { ConsoleIdentity } from '../../src/plugins/auth/schemas.ts';
import type { ThreadDetail } from '../../src/plugins/threads/schemas.ts';
import { type Asked, createMockData, Refusal, toRow } from './mock-routes.ts';

export const POLICY = "default-src 'self'; style-src 'self'";
export const SECRETS = {
  admin: 'br-admin-secret-1',
  user: 'br-user-secret-2',
  bootstrap: 'bootstrap-secret-of-the-environment',
} as const;

const IDENTITIES: Record<string, ConsoleIdentity> = {
  [SECRETS.admin]: { id: 1, name: 'Mira Lindqvist', role: 'admin', expires_at: '2099-01-01T00:00:00.000Z' },
  [SECRETS.user]: { id: 2, name: 'Support bot', role: 'user', expires_at: '2099-01-01T00:00:00.000Z' },
  [SECRETS.bootstrap]: {
    id: null,
    name: 'bootstrap',
    role: 'bootstrap',
    expires_at: '2099-01-01T00:00:00.000Z',
  },
};
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export async function startMockGateway(publicDir: string) {
  const data = createMockData();
  const visitors = new Map<string, ConsoleIdentity>();
  const feeds = new Set<ServerResponse>();
  const failing = new Set<string>();

  const identityOf = (request: IncomingMessage) =>
    visitors.get(/console=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? '');

  async function answer(request: IncomingMessage, response: ServerResponse) {
    const url = new URL(request.url ?? '/', 'http://mock');
    const path = url.pathname;
    if (path === '/console/session') return session(request, response);
    if (!/^\/(admin|user|v1)\//.test(path)) return file(path, response);
    const identity = identityOf(request);
    if (!identity) throw new Refusal(401, 'UNAUTHENTICATED', 'Sign in first.');
    const isForbidden = path.startsWith('/admin/') ? identity.role === 'user' : identity.role === 'bootstrap';
    if (isForbidden) throw new Refusal(403, 'FORBIDDEN', 'This key may not do that.');
    if (path.endsWith('/events')) return feed(response);
    if (failing.has(path)) throw new Refusal(503, 'UNAVAILABLE', 'The database is away.');
    const asked: Asked = {
      method: request.method ?? 'GET',
      path,
      query: url.searchParams,
      body: await readBody(request),
      headers: request.headers,
      keyId: identity.id,
    };
    json(response, 200, { success: true, data: data.answer(asked) });
  }

  async function session(request: IncomingMessage, response: ServerResponse) {
    if (request.method === 'POST') {
      const body = await readBody(request);
      const identity = IDENTITIES[String(body.api_key)];
      if (!identity) throw new Refusal(401, 'KEY_UNKNOWN', 'The API key is not valid.');
      const cookie = `v${visitors.size}`;
      visitors.set(cookie, identity);
      response.setHeader('set-cookie', `console=${cookie}; HttpOnly; SameSite=Strict; Path=/`);
      return json(response, 200, { success: true, data: identity });
    }
    const identity = identityOf(request);
    if (!identity) throw new Refusal(401, 'UNAUTHENTICATED', 'Sign in first.');
    if (request.method === 'DELETE') response.setHeader('set-cookie', 'console=; Max-Age=0; Path=/');
    json(response, 200, { success: true, data: request.method === 'DELETE' ? null : identity });
  }

  function feed(response: ServerResponse) {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write('retry: 200\n: here\n\n');
    feeds.add(response);
    response.on('close', () => feeds.delete(response));
  }

  async function file(path: string, response: ServerResponse) {
    const name = extname(path) === '' ? '/index.html' : normalize(path);
    const content = await readFile(join(publicDir, name)).catch(() => null);
    if (!content) throw new Refusal(404, 'NOT_FOUND', 'There is no such file.');
    response.writeHead(200, {
      'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
      'content-security-policy': POLICY,
    });
    response.end(content);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => refuse(response, error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server that listens has one

  return {
    url: `http://127.0.0.1:${port}`,
    countRecharges: data.countRecharges,
    openFeeds: () => feeds.size,
    /** Ends an exchange: it is listed from now on, and announced. */
    finish(thread: ThreadDetail) {
      data.threads.unshift(thread);
      for (const response of feeds)
        response.write(`event: thread\ndata: ${JSON.stringify(toRow(thread))}\n\n`);
    },
    breakFeeds() {
      for (const response of feeds) response.destroy();
    },
    fail: (path: string) => failing.add(path),
    heal: () => failing.clear(),
    forgetVisitors: () => visitors.clear(),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type MockGateway = Awaited<ReturnType<typeof startMockGateway>>;

function refuse(response: ServerResponse, error: unknown) {
  const refusal = error instanceof Refusal ? error : new Refusal(500, 'INTERNAL', String(error));
  const { status, code, param, message } = refusal;
  json(response, status, { success: false, data: message, error: { code, param } });
}

function json(response: ServerResponse, status: number, value: unknown) {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(value));
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  if (request.headers['content-type'] === 'text/csv') return { csv: text };
  // A file is no JSON; what is in it does not matter here.
  const isFile = request.headers['content-type'] === 'application/octet-stream';
  return text === '' || isFile ? {} : JSON.parse(text);
}
