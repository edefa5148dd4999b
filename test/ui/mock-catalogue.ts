// Models, prices and re-pricing of the mock gateway.
import type { ModelRow } from '../../src/plugins/models/schemas.ts';
import type { ImportAnswer, PriceBandRow, PriceListRow } from '../../src/plugins/prices/schemas.ts';
import type { RepricePreview, RepriceRun } from '../../src/plugins/repricing/schemas.ts';
import { type Asked, Refusal } from './mock-routes.ts';

const LONG_AGO = '2024-01-01T00:00:00.000Z';
const BASES = [
  ['anthropic.claude-haiku-5-5', 'us', 'anthropic', '0.1100000000', '0.5500000000'],
  ['anthropic.claude-opus-5-5', 'global', 'anthropic', '4.0000000000', '20.0000000000'],
  ['anthropic.claude-3-sonnet-20240229-v1:0', 'in-region', 'anthropic', '3.0000000000', '15.0000000000'],
  ['meta.llama3-8b-instruct-v1:0', 'in-region', 'meta', '0.3000000000', '0.6000000000'],
] as const;

function band(over: number, input: string, output: string): PriceBandRow {
  const isClaude = Number(output) >= 0.55;
  return {
    over_input_tokens: over,
    input,
    output,
    cache_read: isClaude ? (Number(input) / 10).toFixed(10) : null,
    cache_write_5m: isClaude ? (Number(input) * 1.25).toFixed(10) : null,
    cache_write_1h: null,
    image: null,
    embedding: null,
  };
}

function makeLists(): PriceListRow[] {
  const lists = BASES.map(
    ([base_id, scope, , input, output], index): PriceListRow => ({
      base_id,
      scope,
      tier: 'standard',
      valid_from: LONG_AGO,
      state: 'in_force',
      bands: [
        band(0, input, output),
        ...(index === 0 ? [band(100_000, '0.5500000000', '2.7500000000')] : []),
      ],
      source: 'S4',
      actor: 'seed',
      created_at: LONG_AGO,
    }),
  );
  const future = { ...lists[0], valid_from: '2099-01-01T00:00:00.000Z', state: 'future' } as PriceListRow;
  return [future, ...lists];
}

/** Of the other kinds: what they differ in. */
const MEDIA: readonly Partial<ModelRow>[] = [
  {
    ...{
      kind: 'embedding',
      name: 'titan-embed',
      target: 'amazon.titan-embed-text-v2:0',
      context_tokens: 8192,
    },
    capabilities: { embedding: 'titan_v2', dimensions: [1024, 512, 256] },
    price: [
      { ...{ over_input_tokens: 0, input: '0.0200000000', output: '0' }, image: null, embedding: null },
    ],
  },
  {
    ...{ kind: 'image', name: 'nova-canvas', target: 'amazon.nova-canvas-v1:0', context_tokens: 1024 },
    capabilities: { image: 'nova_canvas' },
    price: [{ ...{ over_input_tokens: 0, input: '0', output: '0' }, image: '0.0400000000', embedding: null }],
  },
];

function makeModels(): ModelRow[] {
  const [chat, ...others] = makeChats();
  if (chat === undefined) return [];
  const media = MEDIA.map((different, index) => ({
    ...chat,
    ...{ price_scope: 'in-region', vendor: 'amazon', max_output_tokens: 1 },
    ...different,
    base_id: different.target ?? chat.base_id,
    id: others.length + 2 + index,
  }));
  return [chat, ...others, ...media];
}

function makeChats(): ModelRow[] {
  const names = ['claude-haiku', 'default', 'claude-3-sonnet', 'llama3-8b'];
  return BASES.map(([base, scope, vendor, input, output], index) => ({
    id: index + 1,
    name: names[index] ?? base,
    kind: 'chat' as const,
    target: scope === 'in-region' ? base : `${scope}.${base}`,
    base_id: base,
    price_scope: scope,
    region: index === 3 ? 'eu-central-1' : null,
    credentials: null,
    weight: 1,
    spread: 'ordered' as const,
    further_targets: [],
    display_name: base,
    vendor,
    context_tokens: 200_000,
    max_output_tokens: 8192,
    capabilities: { image_input: true },
    defaults: {},
    is_free: false,
    is_retired: index === 2,
    price: index === 3 ? null : [{ over_input_tokens: 0, input, output, image: null, embedding: null }],
    created_at: LONG_AGO,
    updated_at: LONG_AGO,
  }));
}

const PREVIEW: RepricePreview = {
  token: 'token-of-the-preview',
  exchanges: 1240,
  changed: 311,
  corrected: 2,
  estimated: 4,
  quarantined: 1,
  unpriced: 0,
  total: '-12.4400000000',
  more: '0.0000000000',
  less: '-12.4400000000',
  key_count: 2,
  keys: [
    { key_id: 2, name: 'Support bot', exchanges: 300, difference: '-12.0000000000' },
    { key_id: 4, name: 'nightly-batch', exchanges: 11, difference: '-0.4400000000' },
  ],
  examples: [3, 4, 5].map((thread_id) => ({
    thread_id,
    key_id: 2,
    model: 'claude-haiku',
    created_at: '2026-01-02T03:04:05.000Z',
    fee: '0.0800000000',
    new_fee: '0.0400000000',
    difference: '-0.0400000000',
  })),
};

type Listed = <Row extends object>(
  rows: readonly Row[],
  asked: Asked,
  text: (row: Row) => string,
) => { items: Row[]; total: string };

export function createMockCatalogue({
  listed,
}: {
  listed: Listed;
}): Record<string, (asked: Asked) => unknown> {
  const models = makeModels();
  const lists = makeLists();
  const runs: RepriceRun[] = [];
  const modelOf = (id: unknown) => {
    const model = models.find((each) => each.id === Number(id));
    if (model === undefined) throw new Refusal(404, 'MODEL_NOT_FOUND', 'no such model');
    return model;
  };

  function set({ body }: Asked): PriceListRow {
    // The console has checked what it sends; the real gateway checks again.
    const { base_id, scope, tier, valid_from, bands } = body as unknown as PriceListRow;
    const moment = valid_from ?? new Date().toISOString();
    const list: PriceListRow = {
      base_id,
      scope,
      tier,
      valid_from: moment,
      state: Date.parse(moment) > Date.now() ? 'future' : 'in_force',
      bands: bands.map((each) => ({ ...each, input: Number(each.input).toFixed(10) })),
      source: '',
      actor: 'key:1',
      created_at: new Date().toISOString(),
    };
    lists.unshift(list);
    return list;
  }

  function take({ body, query }: Asked): ImportAnswer {
    const known = lists[1];
    if (!Array.isArray(body.lists) || known === undefined)
      throw new Refusal(400, 'PRICE_INVALID', 'lists.3.bands.0.input: must not be negative', 'lists');
    const after = known.bands.map((each) => ({ ...each, output: '9.0000000000' }));
    const { base_id, scope, tier, valid_from } = known;
    return {
      dry_run: query.get('dry_run') === 'true',
      added: 0,
      changed: 1,
      same: 3,
      changes: [{ change: 'changed', base_id, scope, tier, valid_from, before: known.bands, after }],
    };
  }

  function reprice({ body }: Asked): RepriceRun {
    if (body.token !== PREVIEW.token) throw new Refusal(409, 'REPRICE_CHANGED', 'token: changed', 'token');
    const { base_id, scope, from, to, reason } = body;
    const run: RepriceRun = {
      id: runs.length + 1,
      base_id: String(base_id),
      scope: String(scope),
      tier: 'standard',
      from: String(from),
      to: String(to),
      reason: String(reason),
      actor: 'key:1',
      status: 'done',
      changed: PREVIEW.changed,
      posted: PREVIEW.changed,
      skipped: 0,
      total: PREVIEW.total,
      created_at: new Date().toISOString(),
      finished_at: new Date().toISOString(),
    };
    runs.unshift(run);
    return run;
  }

  return {
    'GET /admin/model/list': (asked) => {
      const retired = asked.query.get('is_retired');
      const found = models.filter(({ is_retired }) => retired === null || String(is_retired) === retired);
      return listed(found, asked, (row) => `${row.name} ${row.target}`);
    },
    'POST /admin/model/create': ({ body }) => {
      if (models.some(({ name }) => name === body.name))
        throw new Refusal(409, 'MODEL_EXISTS', 'name: another model has this name', 'name');
      const model = { ...makeModels()[3], ...body, id: models.length + 1 } as ModelRow;
      models.unshift(model);
      return model;
    },
    'POST /admin/model/update': ({ body }) => Object.assign(modelOf(body.id), body),
    'POST /admin/model/delete': ({ body }) => models.splice(models.indexOf(modelOf(body.id)), 1),
    'GET /admin/price/list': (asked) => {
      const state = asked.query.get('state');
      const found = lists.filter((list) => state === null || list.state === state);
      return listed(found, asked, (row) => `${row.base_id} ${row.scope}`);
    },
    'POST /admin/price/set': set,
    'POST /admin/price/delete': ({ body }) => {
      const index = lists.findIndex(({ valid_from }) => valid_from === body.valid_from);
      lists.splice(index, 1);
      return null;
    },
    'POST /admin/price/import': take,
    'POST /admin/price/reprice/preview': () => PREVIEW,
    'POST /admin/price/reprice': reprice,
    'GET /admin/price/reprice/list': (asked) => listed(runs, asked, (row) => row.base_id),
  };
}
