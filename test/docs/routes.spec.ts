// The routes that documents name against those that the gateway has.
import t from 'tap';
import { startTestGateway } from '../helpers/gateway.ts';
import { routesOf } from '../helpers/route-table.ts';
import { type Document, fences, inlineCode, readDocument, readDocuments } from './documents.ts';

const NAMED =
  /^(?:(GET|POST|DELETE|PUT|PATCH) )?(\/(?:admin|user|v1|console|healthz|readyz|metrics|openapi|docs)\b[\w/:.*-]*)/;

t.test('the routes of the documents are the routes of the gateway', async (t) => {
  const { app } = await startTestGateway(t);
  const registered = routesOf(app).filter(({ method }) => method !== 'HEAD' && method !== 'OPTIONS');
  t.ok(registered.length > 20);

  await t.test('every route that a document names is registered', async (t) => {
    for (const document of readDocuments())
      for (const { method, path } of routesIn(document)) {
        const isThere = registered.some(
          (route) =>
            (method === undefined || route.method === method) &&
            (route.url === path || (method === undefined && route.url.startsWith(`${path}/`))),
        );
        t.ok(isThere, `${document.path}: ${method ?? ''} ${path}`);
      }
  });

  await t.test('every registered route is in docs/api.md', async (t) => {
    const described = new Set(
      routesIn(readDocument('docs/api.md')).map(({ method, path }) => `${method} ${path}`),
    );
    for (const { method, url } of registered) {
      // The documentation page's own files.
      if (url.startsWith('/docs/')) continue;
      t.ok(described.has(`${method} ${url}`), `${method} ${url}`);
    }
  });
});

function routesIn({ text }: Document): { method: string | undefined; path: string }[] {
  const commands = fences(text).flatMap(
    ({ code }) => code.match(/(?<=http:\/\/localhost:8866)\/[\w/:.-]+/g) ?? [],
  );
  return [...inlineCode(text), ...commands].flatMap((code) => {
    const [, method, path = ''] = NAMED.exec(code) ?? [];
    // The router prints a wildcard without its last slash.
    return path === '' ? [] : [{ method, path: path.replace('/*', '*').replace(/[.]$/, '') }];
  });
}
