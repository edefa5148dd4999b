// The console's files, and its page for addresses that only the browser's router knows.
import { existsSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import staticFiles from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { toFailure } from './errors.ts';

export interface ConsoleOptions {
  isEnabled: boolean;
  /** Where Vite built the console; absolute. */
  folder: string;
}

/** Vite's hashed files never change; the page that names them always may. */
const HASHED = 'public, max-age=31536000, immutable';
const ALWAYS_CHECKED = 'no-cache';
/** First segments of paths that belong to programs, never to the browser's router. */
const API = new Set(['v1', 'admin', 'user', 'console']);

export default fp<ConsoleOptions>(
  async (app, { isEnabled, folder }) => {
    const hasConsole = isEnabled && existsSync(join(folder, 'index.html'));
    if (isEnabled && !hasConsole)
      app.log.warn('the console is not built (npm run build-ui); serving the API only');
    if (hasConsole) await serveFiles();

    app.setNotFoundHandler(async (request, reply) => {
      if (hasConsole && isNavigation(request)) return sendPage(reply);
      const error = {
        status: 404,
        code: 'NOT_FOUND',
        message: 'no such route',
        param: null,
        retryAfterSeconds: null,
      };
      return reply.code(404).send(toFailure(error));
    });

    /** One route per file: no other path reaches the disk. */
    async function serveFiles() {
      await app.register(staticFiles, { root: folder, serve: false, cacheControl: false });
      for (const file of listFiles(folder)) {
        const cacheControl = file.startsWith('assets/') ? HASHED : ALWAYS_CHECKED;
        const paths = file === 'index.html' ? ['/', '/index.html'] : [`/${file}`];
        for (const path of paths)
          app.get(path, { config: { access: 'public' } }, (_request, reply) =>
            reply.header('cache-control', cacheControl).sendFile(file),
          );
      }
    }

    function sendPage(reply: FastifyReply) {
      return reply.header('cache-control', ALWAYS_CHECKED).sendFile('index.html');
    }
  },
  { name: 'console', fastify: '5.x', dependencies: ['auth', 'security'] },
);

/** A browser opening an address, outside the API in any case or encoding. */
function isNavigation(request: FastifyRequest): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  if (!(request.headers.accept ?? '').includes('text/html')) return false;
  const [path = ''] = request.url.split('?');
  const plain = decodeFully(path);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
  if (plain === undefined || /[\0-\x1f]/.test(plain)) return false;
  const segments = plain.toLowerCase().split(/[/\\;?#]/);
  const first = segments
    .map((segment) => segment.trim())
    .find((segment) => segment !== '' && segment !== '.');
  return !segments.includes('..') && !API.has(first ?? '');
}

function decodeFully(path: string): string | undefined {
  try {
    let text = path;
    for (let round = 0; round < 4; round += 1) {
      const decoded = decodeURIComponent(text);
      if (decoded === text) return text;
      text = decoded;
    }
    return undefined;
  } catch {
    return undefined;
  }
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
}
