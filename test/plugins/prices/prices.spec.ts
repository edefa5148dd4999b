// The price book over HTTP: what is in force, what is set, what is refused.
import t from 'tap';
import { startTestGateway, type TestGateway } from '../../helpers/gateway.ts';
import { snapshot } from '../../helpers/snapshot.ts';

const HAIKU = { base_id: 'anthropic.claude-3-haiku-20240307-v1:0', scope: 'in-region' };
const band = (input: unknown, output: unknown, more: object = {}) => ({ input, output, ...more });

async function list(gateway: TestGateway, query: Record<string, string> = {}) {
  const answer = await gateway.admin('GET', `/admin/price/list?${new URLSearchParams(query)}`);
  return answer.body.data;
}

t.test(
  'the seeded book is listed by place, with all bands and all prices, exact to ten places',
  async (t) => {
    const gateway = await startTestGateway(t);
    const { items, total } = await list(gateway, { limit: '200' });
    t.equal(Number(total), items.length);
    t.ok(items.length > 170);
    t.same([...new Set(items.map((item: { state: string }) => item.state))], ['in_force']);
    const names = items.map((item: { base_id: string; scope: string }) => `${item.base_id} ${item.scope}`);
    t.same(names, [...names].sort());
    const [haiku] = (await list(gateway, { base_id: 'anthropic.claude-haiku-5-5', scope: 'us' })).items;
    t.same(haiku, {
      base_id: 'anthropic.claude-haiku-5-5',
      scope: 'us',
      tier: 'standard',
      valid_from: '2024-01-01T00:00:00.000Z',
      state: 'in_force',
      bands: [
        {
          over_input_tokens: 0,
          input: '0.1100000000',
          output: '0.5500000000',
          cache_read: '0.0110000000',
          cache_write_5m: '0.1375000000',
          cache_write_1h: '0.2200000000',
          image: null,
          embedding: null,
        },
        {
          over_input_tokens: 100_000,
          input: '0.5500000000',
          output: '2.7500000000',
          cache_read: '0.0550000000',
          cache_write_5m: '0.6875000000',
          cache_write_1h: '1.1000000000',
          image: null,
          embedding: null,
        },
      ],
      source: 'S4',
      actor: 'seed',
      created_at: haiku.created_at,
    });
    const withBands = items.filter((item: { bands: unknown[] }) => item.bands.length === 2);
    t.equal(withBands.length, 21, 'every long-context band that is known');
    const claude = items.filter(
      ({ base_id }: { base_id: string }) =>
        base_id.startsWith('anthropic.') && !base_id.includes('claude-3-'),
    );
    t.ok(claude.length > 50);
    for (const { base_id, bands } of claude)
      for (const { cache_read, cache_write_5m, cache_write_1h } of bands)
        t.ok(cache_read && cache_write_5m && cache_write_1h, `${base_id} has all five prices`);
  },
);

t.test('lists are found, filtered, paged and looked at as of a moment', async (t) => {
  const gateway = await startTestGateway(t);
  const at = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
  for (const [hours, input] of [
    [-48, '1'],
    [-24, '2'],
    [24, '3'],
  ] as const) {
    const body = { ...HAIKU, valid_from: at(hours), bands: [band(input, '9')] };
    t.equal((await gateway.admin('POST', '/admin/price/set', body)).status, 200);
  }
  const inputs = async (query: Record<string, string>) =>
    (await list(gateway, { ...HAIKU, ...query })).items.map(
      (item: { bands: [{ input: string }]; state: string }) => `${Number(item.bands[0].input)} ${item.state}`,
    );
  t.same(await inputs({}), ['3 future', '2 in_force', '1 past', '0.25 past']);
  t.same(await inputs({ state: 'past', orderBy: 'valid_from-0' }), ['0.25 past', '1 past']);
  t.same(await inputs({ state: 'future' }), ['3 future']);
  t.same(await inputs({ at: at(-30) }), ['1 in_force'], 'what was in force then');
  t.same(await inputs({ at: at(30) }), ['3 in_force'], 'what will be');
  t.same(await inputs({ at: '2023-12-31T23:59:59.999Z' }), []);
  t.same(await inputs({ limit: '2', offset: '1' }), ['2 in_force', '1 past']);
  t.same(await inputs({ tier: 'flex' }), []);
  t.equal((await list(gateway, { q: 'CLAUDE-3-HAIKU' })).total, '4');
  t.equal((await list(gateway, { q: '%' })).total, '0');
  for (const query of ['at=yesterday', 'state=new', 'orderBy=input-0', 'limit=201'])
    t.equal((await gateway.admin('GET', `/admin/price/list?${query}`)).status, 400, query);
});

t.test(
  'a list is set from now on by default; with a date it says what it does not do, and replaces its equal',
  async (t) => {
    const gateway = await startTestGateway(t);
    const admin = await gateway.createKey({ role: 'admin' });
    const before = Date.now();
    const set = (body: object) =>
      gateway.api('POST', '/admin/price/set', { key: admin.secret, body: { ...HAIKU, ...body } });
    const bands = [
      band('0.3000000001', 1.5, { cache_read: null, image: '0.04', embedding: 0.1 }),
      band('0.6', '3', { over_input_tokens: 200_000, cache_write_1h: '1.2' }),
    ];
    const { data } = (await set({ bands, source: 'contract 7' })).body;
    t.ok(Date.parse(data.valid_from) >= before && Date.parse(data.valid_from) <= Date.now());
    t.match(data, {
      state: 'in_force',
      tier: 'standard',
      source: 'contract 7',
      actor: `key:${admin.id}`,
      note: '',
    });
    t.equal(data.bands[0].input, '0.3000000001');
    t.equal(data.bands[0].image, '0.0400000000');
    t.equal(data.bands[0].embedding, '0.1000000000');
    t.equal(data.bands[0].cache_read, null);
    t.equal(data.bands[1].cache_write_1h, '1.2000000000');

    const dated = { valid_from: '2026-02-01T01:00:00+01:00', bands: [band('7', '8')] };
    const past = (await set(dated)).body.data;
    t.match(past, { valid_from: '2026-02-01T00:00:00.000Z', state: 'past', note: /stays as it is.*reprice/ });
    await set({ ...dated, bands: [band('7.5', '8')] });
    const { items } = await list(gateway, HAIKU);
    t.same(
      items.map((item: { bands: [{ input: string }] }) => item.bands[0].input),
      ['0.3000000001', '7.5000000000', '0.2500000000'],
    );
    const audit = await gateway.admin('GET', '/admin/audit-log/list?action=price.set');
    t.match(audit.body.data.items, [
      {
        actor: `key:${admin.id}`,
        target: `price:${HAIKU.base_id}/in-region/standard`,
        before: { bands: [{ input: '7.0000000000' }] },
        after: { bands: [{ input: '7.5000000000' }] },
      },
      { before: null },
      { before: null, after: { source: 'contract 7' } },
    ]);
  },
);

t.test('what cannot be a price is refused, naming the value, and changes nothing', async (t) => {
  const gateway = await startTestGateway(t);
  const before = await snapshot(gateway.database);
  const good = band('1', '2');
  const bad: [body: Record<string, unknown>, param: string][] = [
    [{ bands: [band('NaN', '1')] }, 'bands.0.input'],
    [{ bands: [band('Infinity', '1')] }, 'bands.0.input'],
    [{ bands: [band('-1', '1')] }, 'bands.0.input'],
    [{ bands: [band('1', '-0.0000000001')] }, 'bands.0.output'],
    [{ bands: [band('0.00000000001', '1')] }, 'bands.0.input'],
    [{ bands: [band('100000.0000000001', '1')] }, 'bands.0.input'],
    [{ bands: [band(0.1234567890123456, '1')] }, 'bands.0.input'],
    [{ bands: [band('1', '1', { cache_read: '1e-11' })] }, 'bands.0.cache_read'],
    [{ bands: [band('1', '1', { cache_write_5m: '' })] }, 'bands.0.cache_write_5m'],
    [{ bands: [band('1', '1', { cache_write_1h: '1,5' })] }, 'bands.0.cache_write_1h'],
    [{ bands: [band('1', '1', { image: 'x' })] }, 'bands.0.image'],
    [{ bands: [band('1', '1', { embedding: '0x10' })] }, 'bands.0.embedding'],
    [{ bands: [band(null, '1')] }, 'bands.0.input'],
    [{ bands: [{ input: '1' }] }, 'bands.0.output'],
    [{ bands: [{ ...good, price: '1' }] }, 'bands.0.price'],
    [{ bands: [] }, 'bands'],
    [{ bands: [{ ...good, over_input_tokens: 1 }] }, 'bands.0.over_input_tokens'],
    [{ bands: [{ ...good, over_input_tokens: -1 }] }, 'bands.0.over_input_tokens'],
    [{ bands: [good, { ...good, over_input_tokens: 0.5 }] }, 'bands.1.over_input_tokens'],
    [{ bands: [good, good] }, 'bands.1.over_input_tokens'],
    [
      { bands: [good, { ...good, over_input_tokens: 9 }, { ...good, over_input_tokens: 9 }] },
      'bands.2.over_input_tokens',
    ],
    [{ bands: [good], base_id: '' }, 'base_id'],
    [{ bands: [good], base_id: 'a b' }, 'base_id'],
    [{ bands: [good], scope: 'US' }, 'scope'],
    [{ bands: [good], tier: '' }, 'tier'],
    [{ bands: [good], valid_from: 'soon' }, 'valid_from'],
    [{ bands: [good], valid_from: '2026-06-30T23:59:60Z' }, 'valid_from'],
    [{ bands: [good], currency: 'EUR' }, 'currency'],
  ];
  for (const [body, param] of bad) {
    const { status, body: answer } = await gateway.admin('POST', '/admin/price/set', { ...HAIKU, ...body });
    t.equal(status, 400, JSON.stringify(body));
    t.equal(answer.error.param, param, answer.data);
  }
  t.same(await snapshot(gateway.database), before);
});

t.test('only a list that is not in force yet can be deleted', async (t) => {
  const gateway = await startTestGateway(t);
  const valid_from = new Date(Date.now() + 3_600_000).toISOString();
  await gateway.admin('POST', '/admin/price/set', { ...HAIKU, valid_from, bands: [band('1', '2')] });
  const remove = (body: object) => gateway.admin('POST', '/admin/price/delete', { ...HAIKU, ...body });
  const inForce = await remove({ valid_from: '2024-01-01T00:00:00Z' });
  t.equal(inForce.status, 409);
  t.match(inForce.body, { success: false, error: { code: 'PRICE_IN_FORCE' } });
  t.equal((await remove({ valid_from, tier: 'flex' })).status, 404);
  t.match((await remove({})).body, { error: { param: 'valid_from' } });
  t.equal((await list(gateway, HAIKU)).total, '2');
  t.same((await remove({ valid_from })).body, { success: true, data: null });
  t.equal((await remove({ valid_from })).status, 404);
  t.equal((await list(gateway, HAIKU)).total, '1');
  const audit = await gateway.admin('GET', '/admin/audit-log/list?action=price.delete');
  t.match(audit.body.data.items, [{ before: { valid_from }, after: null }]);
});

t.test('two administrators who set the same list at once leave one of the two, whole', async (t) => {
  const gateway = await startTestGateway(t);
  const replica = await startTestGateway(t, { database: gateway.testDatabase, simulator: gateway.simulator });
  const valid_from = '2026-05-01T00:00:00Z';
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      (index % 2 === 0 ? gateway : replica).admin('POST', '/admin/price/set', {
        ...HAIKU,
        valid_from,
        bands: Array.from({ length: (index % 3) + 1 }, (_, level) =>
          band(String(index + 1), '2', { over_input_tokens: level * 10 }),
        ),
      }),
    ),
  );
  for (const { status, body } of answers) t.equal(status, 200, JSON.stringify(body));
  const { items } = await list(gateway, { ...HAIKU, at: valid_from });
  const inputs = items[0].bands.map(({ input }: { input: string }) => Number(input));
  t.equal(new Set(inputs).size, 1, 'all bands of one author');
  t.equal(inputs.length, ((inputs[0] - 1) % 3) + 1);
});
