// The book as a file: out and in again without losing a digit, and all of it or nothing.
import t from 'tap';
import { ADMIN_API_KEY, startTestGateway, type TestGateway } from '../../helpers/gateway.ts';
import { snapshot } from '../../helpers/snapshot.ts';

async function exported(gateway: TestGateway): Promise<string> {
  const response = await fetch(`${gateway.url}/admin/price/export`, {
    headers: { authorization: `Bearer ${ADMIN_API_KEY}` },
  });
  return response.text();
}

const dataOf = (text: string) => JSON.parse(text).data;
const imported = (gateway: TestGateway, body: unknown, query = '') =>
  gateway.admin('POST', `/admin/price/import${query}`, body);

t.test('the whole seeded book goes out and into another gateway, byte for byte', async (t) => {
  const gateway = await startTestGateway(t);
  const empty = await startTestGateway(t);
  await empty.database.sql`delete from price`;
  const file = await exported(gateway);
  t.match(dataOf(file), { format: 'brconnector-prices-1', unit: 'USD per million tokens' });
  t.match((await imported(gateway, file)).body.data, { added: 0, changed: 0, changes: [] });
  const answer = await imported(empty, file);
  t.equal(answer.status, 200, JSON.stringify(answer.body).slice(0, 300));
  t.equal(answer.body.data.added, dataOf(file).lists.length);
  t.equal(await exported(empty), file);
  const bands = async ({ database: { sql } }: TestGateway) => sql`
    select base_id, scope, tier, over_input_tokens, valid_from, input, output, cache_read, cache_write_5m,
      cache_write_1h, image, embedding, source from price order by 1, 2, 3, 5, 4`;
  t.same(await bands(empty), await bands(gateway));
  t.same((await imported(empty, dataOf(file))).body.data, {
    dry_run: false,
    added: 0,
    changed: 0,
    same: dataOf(file).lists.length,
    changes: [],
  });
  const key = await empty.createKey();
  t.equal((await empty.chat(key)).status, 200, 'what was imported is in force at once');
});

t.test('a dry run shows what would be added and changed, and does neither', async (t) => {
  const gateway = await startTestGateway(t);
  const file = dataOf(await exported(gateway));
  const [first, second] = file.lists;
  const priceless = { ...first, tier: 'flex', bands: [{ ...first.bands[0], cache_read: null }] };
  const changed = { ...second, bands: [{ ...second.bands[0], output: 99.5 }, ...second.bands.slice(1)] };
  const body = { ...file, lists: [first, priceless, changed] };
  const before = await snapshot(gateway.database);
  const dry = (await imported(gateway, body, '?dry_run=true')).body.data;
  t.match(dry, { dry_run: true, added: 1, changed: 1, same: 1 });
  t.match(dry.changes, [
    { change: 'added', base_id: first.base_id, tier: 'flex', before: null },
    { change: 'changed', base_id: second.base_id, scope: second.scope, before: second.bands },
  ]);
  t.equal(dry.changes[1].after[0].output, '99.5000000000');
  t.same(await snapshot(gateway.database), before);
  const done = (await imported(gateway, body)).body.data;
  t.same(done, { ...dry, dry_run: false });
  const again = dataOf(await exported(gateway));
  t.equal(again.lists.length, file.lists.length + 1, 'lists that the file does not name stay');
  const audit = await gateway.admin('GET', '/admin/audit-log/list?action=price.set');
  t.equal(audit.body.data.total, '2');
});

t.test('one bad value anywhere refuses the whole file, naming its path', async (t) => {
  const gateway = await startTestGateway(t);
  const file = dataOf(await exported(gateway));
  const before = await snapshot(gateway.database);
  const last = file.lists.length - 1;
  const refused = async (param: string | null, change: (copy: typeof file) => void) => {
    const copy = structuredClone(file);
    copy.lists[0].bands[0].input = '77';
    change(copy);
    for (const query of ['', '?dry_run=true']) {
      const { status, body } = await imported(gateway, copy, query);
      t.equal(status, 400, `${param} ${JSON.stringify(body)}`);
      t.equal(body.error.param, param, body.data);
    }
  };
  await refused(`lists.${last}.bands.0.input`, (copy) => {
    copy.lists[last].bands[0].input = 'NaN';
  });
  await refused(`lists.${last}.bands.0.output`, (copy) => {
    copy.lists[last].bands[0].output = '-1';
  });
  await refused('lists.3.bands.0.cache_read', (copy) => {
    copy.lists[3].bands[0].cache_read = '0.00000000001';
  });
  await refused('lists.3.bands.1.over_input_tokens', (copy) => {
    copy.lists[3].bands.push(copy.lists[3].bands[0]);
  });
  await refused('lists.2.bands.0.discount', (copy) => {
    copy.lists[2].bands[0].discount = '1';
  });
  await refused('lists.2.note', (copy) => {
    copy.lists[2].note = '';
  });
  await refused('version', (copy) => {
    copy.version = 2;
  });
  await refused('format', (copy) => {
    copy.format = 'brconnector-prices-2';
  });
  await refused('lists.2.scope', (copy) => {
    delete copy.lists[2].scope;
  });
  await refused(`lists.${last + 1}`, (copy) => {
    copy.lists.push({ ...copy.lists[4], valid_from: '2024-01-01T02:00:00+02:00' });
  });
  for (const body of ['[]', '{"success":true}', '{"success":true,"data":null}', '{"lists":NaN}', ''])
    t.equal((await imported(gateway, body)).status, 400, body);
  t.same(await snapshot(gateway.database), before);
});
