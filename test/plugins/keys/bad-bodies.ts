// Bodies that every route must refuse: one wrong value each, and the field to blame for it.
import type { NewKey } from '../../helpers/gateway.ts';

export const CHAT = '/v1/chat/completions';
/** Part of every string that must not come back: it stands for a secret typed into the wrong place. */
export const CANARY = 'canary5f2c';

export interface BadBody {
  path: string;
  body: unknown;
  /** The field that the answer must blame. */
  field: string;
}

const MONEY: unknown[] = [
  ...[
    'NaN',
    'Infinity',
    '-Infinity',
    '',
    ' ',
    '1,5',
    '0x10',
    '1e-20',
    '0.00000000001',
    '100000000.0000000001',
  ],
  ...[
    '1e9',
    '1e999',
    `1${'0'.repeat(70)}`,
    'ten',
    '٣',
    '１',
    '--1',
    '1e',
    '.',
    '1_000',
    '-1',
    '-0.0000000001',
  ],
  ...[
    -1,
    -1e-10,
    1e9,
    1e300,
    0.00000000001,
    1.0000000000000002,
    true,
    false,
    null,
    [],
    [1],
    {},
    { value: 1 },
  ],
];
const ROLES: unknown[] = ['root', 'ADMIN', 'bootstrap', '', 1, null, ['admin'], {}];
const IDS: unknown[] = ['1', 0, -1, 1.5, 2 ** 53, 1e300, true, null, [1], {}, ''];
const NAMES: unknown[] = [
  '',
  ' ',
  '\n\t',
  'x'.repeat(256),
  5,
  true,
  null,
  ['x'],
  {},
  'a\0b',
  '\ud800',
  'x\udc00y',
];
const EXTRA = [
  'id',
  'balance_x',
  'total_fee',
  'month_fee',
  'digest',
  'api_key',
  'held',
  'constructor',
  'toString',
];

/** By rule of a key. */
const BAD_RULES: Readonly<Record<string, readonly unknown[]>> = {
  expires_at: [
    ...['', 'tomorrow', '2099-01-01', '2099-01-01T00:00:00', '2099-02-30T00:00:00Z', 1_700_000_000, true, []],
    ...['0000-01-01T00:00:00Z', '1999-12-31T23:59:59Z', '2016-12-31T23:59:60Z'],
  ],
  allowed_cidrs: [
    ...[
      '10.0.0.0/8',
      [],
      [''],
      ['10.0.0.0/33'],
      ['canary5f2c.example'],
      ['10.0.0.1', '10.0.0'],
      [5],
      [null],
      {},
    ],
    Array.from({ length: 101 }, () => '10.0.0.1'),
  ],
  allowed_models: ['x', [], [''], ['a*b'], ['*a'], ['**'], [5], [null], {}, ['x'.repeat(2049)], ['a\0b']],
  logging: ['none', 'FULL', '', null, true],
  defaults: [
    ...['x', [], 5, { model: '' }, { model: 5 }, { max_tokens: 0 }, { max_tokens: 1.5 }, { max_tokens: '5' }],
    ...[{ temperature: 2.1 }, { temperature: -1 }, { top_p: 1.1 }, { top_p: null }, { stop: 'x' }],
  ],
  requests_per_minute: [0, -1, 1.5, '5', true, 2 ** 31],
  tokens_per_minute: [0, '5'],
  parallel_requests: [0, '5'],
};

export function badBodies(key: NewKey): BadBody[] {
  const all: BadBody[] = [];
  const add = (path: string, base: object, field: string, values: readonly unknown[]) => {
    for (const value of values) all.push({ path, body: { ...base, [field]: value }, field });
  };
  const apply = '/admin/api-key/apply';
  add(apply, {}, 'name', NAMES);
  all.push({ path: apply, body: {}, field: 'name' });
  add(apply, { name: CANARY }, 'email', ['x'.repeat(256), 5, null, ['x'], 'a\0b', '\ud83d']);
  add(apply, { name: CANARY }, 'role', ROLES);
  add(apply, { name: CANARY }, 'group_id', ['1', -1, 1.5, 999, 1e300, true, null, [1], 2 ** 31]);
  for (const field of ['month_quota', 'balance']) add(apply, { name: CANARY }, field, MONEY);
  for (const field of [...EXTRA, 'status']) add(apply, { name: CANARY }, field, ['active']);

  const update = '/admin/api-key/update';
  add(update, { name: CANARY }, 'id', IDS);
  all.push({ path: update, body: { name: CANARY }, field: 'id' });
  const own = { id: key.id };
  add(update, own, 'name', NAMES);
  add(update, own, 'role', ROLES);
  add(update, own, 'status', ['deleted', '', 1, null, true]);
  add(update, own, 'group_id', ['1', -1, 1.5, 999]);
  add(update, own, 'month_quota', MONEY);
  for (const field of [...EXTRA.slice(1), 'balance']) add(update, own, field, ['1']);

  for (const [path, base] of [
    [apply, { name: CANARY }],
    [update, own],
  ] as const)
    for (const [field, values] of Object.entries(BAD_RULES)) add(path, base, field, values);
  for (const field of ['previous_expires_at', 'previous_digest', 'deleted_at'])
    add(update, own, field, [null]);

  const recharge = '/admin/api-key/recharge';
  add(recharge, { balance: 1 }, 'id', IDS);
  add(recharge, { balance: 1 }, 'api_key', [5, null, '', 'x'.repeat(513), [key.secret], 'a\0b']);
  add(recharge, own, 'balance', [...MONEY, 0, '0', '0.0', '-0', -0]);
  add(recharge, { ...own, balance: 1 }, 'reason', [5, null, 'x'.repeat(256), 'a\0b']);
  for (const field of ['role', 'month_quota', 'actor', 'idempotency_key'])
    add(recharge, { ...own, balance: 1 }, field, ['x']);
  all.push({ path: recharge, body: own, field: 'balance' });
  all.push({ path: recharge, body: { id: key.id + 1, api_key: key.secret, balance: 1 }, field: 'api_key' });

  for (const path of ['/admin/api-key/reset-key', '/admin/api-key/delete']) {
    add(path, {}, 'id', IDS);
    add(path, {}, 'api_key', [5, null, '', [key.secret]]);
    add(path, own, 'name', ['x']);
    all.push({ path, body: { id: key.id + 1, api_key: key.secret }, field: 'api_key' });
  }
  add('/admin/api-key/reset-key', own, 'overlap_seconds', [-1, 1.5, '60', null, 2_592_001, true]);
  add('/admin/api-key/delete', own, 'overlap_seconds', [1]);
  add('/console/session', {}, 'api_key', [5, null, '', 'x'.repeat(513), [key.secret], 'a\0b']);
  add('/console/session', { api_key: key.secret }, 'role', ['admin']);

  const chat = { model: 'claude-3-haiku', messages: [{ role: 'user', content: CANARY }] };
  const without = (field: keyof typeof chat) => ({ ...chat, [field]: undefined });
  all.push(
    { path: CHAT, body: without('model'), field: 'model' },
    { path: CHAT, body: without('messages'), field: 'messages' },
  );
  add(CHAT, chat, 'model', [5, null, '', ['claude-3-haiku'], 'x'.repeat(2049), 'a\0b']);
  add(CHAT, chat, 'messages', [null, 'hi', [], {}, [null], ['hi'], [{ role: 'user' }], [{ content: 'x' }]]);
  add(CHAT, chat, 'messages', [
    [{ role: 'boss', content: 'x' }],
    [{ role: 'user', content: 5 }],
    [{ role: 'user', content: 'a\0b' }],
  ]);
  add(CHAT, chat, 'messages', [
    [{ role: 'user', content: '\ud800' }],
    [{ role: 'user', content: [{ type: 'text' }] }],
  ]);
  add(CHAT, chat, 'max_tokens', [0, -1, 1.5, '64', 1e300, true, [64], {}]);
  add(CHAT, chat, 'max_completion_tokens', [0, -1, '64']);
  add(CHAT, chat, 'temperature', [-1, 3, '1', true, [], {}]);
  add(CHAT, chat, 'top_p', [-0.1, 1.1, '1', {}]);
  add(CHAT, chat, 'stop', [5, [5], ['a', 'b', 'c', 'd', 'e'], {}]);
  add(CHAT, chat, 'stream', ['true', 1, 'yes', {}]);
  add(CHAT, { ...chat, stream: true }, 'stream_options', [5, 'x', { include_usage: 'yes' }]);
  add(CHAT, chat, 'n', [0, -1, 2, '1']);
  return all;
}
