// Every inference route that is registered, asked by a key that has no money: none of them reaches an upstream. A route
// that has no body here fails, so that a new one cannot be forgotten.
import t from 'tap';
import { startTestGateway } from '../../helpers/gateway.ts';
import { concretePath, routesOf } from '../../helpers/route-table.ts';

const messages = [{ role: 'user', content: 'ping' }];
const model = 'claude-3-haiku';

/** A body that each route would serve. */
const BODIES: Readonly<Record<string, object>> = {
  '/v1/chat/completions': { model, messages, max_tokens: 16 },
  '/v1/completions': { model, prompt: 'ping', max_tokens: 16 },
  '/v1/messages': { model, messages, max_tokens: 16 },
  '/v1/messages/count_tokens': { model, messages },
  '/v1/responses': { model, input: 'ping', max_output_tokens: 16 },
  '/v1/embeddings': { model: 'amazon.titan-embed-text-v2:0', input: 'ping' },
  '/v1/images/generations': { model: 'amazon.nova-canvas-v1:0', prompt: 'a ship' },
};

t.test('no route serves a key without money, streamed or not, and none leaves a hold', async (t) => {
  const gateway = await startTestGateway(t);
  const poor = await gateway.createKey({ month_quota: '0' });
  const rich = await gateway.createKey();
  const routes = routesOf(gateway.app).filter(
    ({ method, url }) => method === 'POST' && url.startsWith('/v1/'),
  );
  t.ok(routes.length > 0);
  for (const { url } of routes) {
    const body = BODIES[url];
    t.ok(body, `${url} needs a body in this test`);
    if (body === undefined) continue;
    for (const stream of [false, true]) {
      if (stream && !('max_tokens' in body || 'max_output_tokens' in body)) continue;
      const ask = (secret: string) =>
        gateway.api('POST', concretePath(url), { key: secret, body: { ...body, ...(stream && { stream }) } });
      const refused = await ask(poor.secret);
      t.ok([402, 429].includes(refused.status), `${url}: ${refused.status} ${JSON.stringify(refused.body)}`);
      t.match(JSON.stringify(refused.body), /quota|balance|credit/i, url);
    }
  }
  t.same(gateway.simulator.journal.entries(), [], 'nothing was sent');
  const [left] = await gateway.database.sql`select (select count(*)::int from hold) as holds,
    (select count(*)::int from usage) as exchanges, (select sum(held)::text from wallet) as held`;
  t.same(left, { holds: 0, exchanges: 0, held: '0' });
  for (const { url } of routes) {
    const answer = await gateway.api('POST', concretePath(url), { key: rich.secret, body: BODIES[url] });
    t.equal(answer.status, 200, `with money ${url} is served`);
  }
  t.equal(gateway.simulator.journal.entries().length, routes.length);
  t.equal(await gateway.auditFaults(), 0);
});
