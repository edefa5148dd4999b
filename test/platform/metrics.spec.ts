// What `/metrics` says, and to whom.
import t from 'tap';
import { startTestGateway } from '../helpers/gateway.ts';
import { scrape } from '../helpers/scrape.ts';

const TOKEN = 'a-token-for-the-metrics';

t.test('without a token anybody may read the metrics, in the text format of Prometheus', async (t) => {
  const gateway = await startTestGateway(t);
  const { status, headers } = await gateway.api('GET', '/metrics');
  t.equal(status, 200);
  t.match(headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
  const metrics = await scrape(gateway);
  t.ok((metrics.get('process_resident_memory_bytes') ?? 0) > 1e6);
  t.equal(metrics.get('brconnector_build_info{version="0.0.0-test"}'), 1);
});

t.test('with METRICS_TOKEN set only its bearer may read them', async (t) => {
  const gateway = await startTestGateway(t, { env: { METRICS_TOKEN: TOKEN } });
  const admin = await gateway.createKey({ role: 'admin' });
  for (const key of [undefined, `${TOKEN}x`, TOKEN.toUpperCase(), admin.secret]) {
    const { status, body } = await gateway.api('GET', '/metrics', key === undefined ? {} : { key });
    t.equal(status, 401);
    t.match(body, { success: false, error: { code: 'METRICS_TOKEN_WRONG', param: null } });
  }
  t.ok((await scrape(gateway, TOKEN)).size > 20);
});

t.test('the database gauges count the connections of this process only', async (t) => {
  const gateway = await startTestGateway(t);
  const other = gateway.testDatabase.open();
  await other.sql`select 1`;
  const [row] = await gateway.database.sql<{ count: number }[]>`
    select count(*)::int as count from pg_stat_activity
    where application_name = current_setting('application_name') and datname = current_database()`;
  const metrics = await scrape(gateway);
  t.equal(metrics.get('brconnector_database_up'), 1);
  t.equal(metrics.get('brconnector_database_connections_max'), 20);
  let sum = 0;
  for (const [name, value] of metrics) if (name.startsWith('brconnector_database_connections{')) sum += value;
  t.ok(sum >= 2 && sum <= (row?.count ?? 0) + 1, `${sum} connections`);
});
