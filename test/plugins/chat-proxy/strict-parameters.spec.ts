// STRICT_PARAMS: what would have no effect is refused; and what every call tells the upstream beside the chat.
import t from 'tap';
import { startTestGateway } from '../../helpers/gateway.ts';

const IDLE = { some_unknown_switch: true };

t.test('a parameter without effect is reported, or refused by name before anything is held', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const lenient = await gateway.chat(key, IDLE);
  t.equal(lenient.status, 200);
  t.equal(lenient.headers.get('x-gateway-dropped-params'), 'some_unknown_switch');

  const strict = await startTestGateway(t, { env: { STRICT_PARAMS: 'true' } });
  const other = await strict.createKey();
  for (const stream of [false, true]) {
    const refused = await strict.chat(other, { ...IDLE, stream });
    t.match(refused, {
      status: 400,
      body: { error: { type: 'invalid_request_error', param: 'some_unknown_switch' } },
    });
    t.equal(refused.headers.get('x-gateway-dropped-params'), null);
  }
  const [left] = await strict.database.sql`select (select count(*)::int from hold) as holds,
    (select count(*)::int from usage) as exchanges`;
  t.same(left, { holds: 0, exchanges: 0 });
  t.same(strict.simulator.journal.entries(), []);
  t.equal((await strict.chat(other)).status, 200, 'a request without such a parameter is served');
});

t.test('every call carries the exchange and the key, and nothing of a person', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey({ name: 'Ada Lovelace', email: 'ada@example.com' });
  const words = { user: 'ada@example.com', safety_identifier: 'ada', metadata: { user: 'ada' } };
  await gateway.chat(key, words);
  await gateway.chat(key, { ...words, stream: true });
  await gateway.recorded(2);
  const rows = await gateway.database.sql`select exchange_id from usage order by id`;
  const sent = gateway.simulator.journal.entries();
  t.same(
    sent.map(({ operation }) => operation),
    ['Converse', 'ConverseStream'],
  );
  for (const [index, { request }] of sent.entries()) {
    const metadata = { gw_exchange: rows[index]?.exchange_id, gw_key: String(key.id) };
    t.same((request as { requestMetadata: unknown }).requestMetadata, metadata);
    t.notMatch(JSON.stringify(request), /"ada"|ada@|lovelace/i);
  }
});
