// Every route of an app, read from the router itself, so that a test over all routes cannot forget a new one.
import type { FastifyInstance } from 'fastify';

export interface Route {
  method: string;
  /** As registered, e.g. `/admin/thread/detail/:id`; of a wildcard (`/v1/models*`) without its last slash. */
  url: string;
}

/** @throws when the printed tree is not understood */
export function routesOf(app: FastifyInstance): Route[] {
  const parents: string[] = [];
  const routes: Route[] = [];
  for (const line of app.printRoutes({ commonPrefix: false }).split('\n')) {
    const [, indentation = '', part = '', methods = ''] =
      /^((?:[│ ] {3})*)[├└]── (.+) \((.+)\)$/.exec(line) ?? [];
    if (part === '') {
      if (line.trim() !== '') throw new Error(`not a line of routes: ${line}`);
      continue;
    }
    const depth = indentation.length / 4;
    const url = (parents[depth - 1] ?? '') + part;
    parents[depth] = url;
    for (const method of methods.split(', ')) routes.push({ method, url });
  }
  return routes;
}

/** A path that the route answers: ids are `id`, the rest of a wildcard is a model's name. */
export function concretePath(url: string, id: number | string = 1): string {
  return url.replace(':id', String(id)).replace(/\*$/, url.startsWith('/v1') ? '/claude-3-haiku' : '');
}
