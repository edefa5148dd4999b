// Every change to a key or a group is on record: who, what, before and after, and never a secret.
import t from 'tap';
import { startTestGateway } from '../../helpers/gateway.ts';

t.test('each change has one entry, in the words of the wire', async (t) => {
  const gateway = await startTestGateway(t);
  const admin = await gateway.createKey({ role: 'admin', name: 'boss' });
  const as = (path: string, body: object) =>
    gateway.api('POST', `/admin/${path}`, { key: admin.secret, body });
  const made = await as('api-key/apply', { name: 'x', balance: '2', allowed_models: ['a*'] });
  const { id, api_key: secret } = made.body.data;
  await as('api-key/update', { id, name: 'y', month_quota: '3', allowed_cidrs: ['10.0.0.0/8'] });
  await as('api-key/recharge', { id, balance: '0.5', reason: 'thanks' });
  const rotated = await as('api-key/reset-key', { id, overlap_seconds: 60 });
  await as('api-key/delete', { id });
  await as('group/create', { name: 'g' });
  await as('group/update', { id: 2, allowed_models: ['b'] });
  await as('group/delete', { id: 2 });
  await gateway.api('POST', '/admin/api-key/import', {
    key: admin.secret,
    body: 'name,api_key\nz,legacy-secret-1\n',
    headers: { 'content-type': 'text/csv' },
  });
  const refused = [as('api-key/update', { id: 999 }), as('api-key/update', { id: admin.id, role: 'x' })];
  for (const { status } of await Promise.all([...refused, as('group/delete', { id: 1 })]))
    t.ok(status >= 400);

  const query = `actor=key:${admin.id}&orderBy=id-0`;
  const { items } = (await gateway.admin('GET', `/admin/audit-log/list?${query}`)).body.data;
  const entries: [action: string, target: string, before: object | null, after: object | null][] = [
    ['key.create', `key:${id}`, null, { name: 'x', balance: '2.0000000000', allowed_models: ['a*'] }],
    [
      ...(['key.update', `key:${id}`] as const),
      { name: 'x', month_quota: '0.0000000000', allowed_cidrs: null },
      { name: 'y', month_quota: '3.0000000000', allowed_cidrs: ['10.0.0.0/8'] },
    ],
    [
      ...(['key.recharge', `key:${id}`] as const),
      { balance: '2.0000000000' },
      { balance: '2.5000000000', amount: '0.5000000000', reason: 'thanks' },
    ],
    [
      ...(['key.rotate', `key:${id}`] as const),
      { key_last4: secret.slice(-4), previous_expires_at: null },
      { key_last4: rotated.body.data.api_key.slice(-4), previous_expires_at: String },
    ],
    ['key.delete', `key:${id}`, { name: 'y' }, null],
    ['group.create', 'group:2', null, { name: 'g', allowed_models: null }],
    ['group.update', 'group:2', { allowed_models: null }, { allowed_models: ['b'] }],
    ['group.delete', 'group:2', { name: 'g' }, null],
    ['key.import', `key:${id + 1}`, null, { name: 'z', role: 'user' }],
  ];
  t.equal(items.length, entries.length, 'and what was refused has none');
  for (const [index, [action, target, before, after]] of entries.entries())
    t.match(items[index], { action, target, before, after, request_id: String }, action);
  t.same(Object.keys(items[1].after).sort(), ['allowed_cidrs', 'month_quota', 'name'], 'only what changed');
  const text = JSON.stringify(items);
  for (const word of [secret.slice(8, -4), rotated.body.data.api_key.slice(8, -4), 'legacy-secret', 'digest'])
    t.notMatch(text, word);
});

t.test('a recharge that is repeated under its Idempotency-Key is on record once', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey({ role: 'admin' });
  const pay = () =>
    gateway.api('POST', '/admin/api-key/recharge', {
      key: key.secret,
      body: { id: key.id, balance: 1 },
      headers: { 'Idempotency-Key': 'once' },
    });
  for (const { status } of [await pay(), await pay()]) t.equal(status, 200);
  const { data } = (await gateway.admin('GET', '/admin/audit-log/list?action=key.recharge')).body;
  t.equal(data.total, '1');
});
