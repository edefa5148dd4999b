// Channels: made, changed and deleted by administrators, and secretive about what they know.
import t from 'tap';
import { newSecret } from '../../../src/plugins/alerts/channels/secrets.ts';
import type { TestGateway } from '../../helpers/gateway.ts';
import { createChannel, startQuietGateway } from './spending.ts';

const SLACK = 'https://hooks.slack.com/services/T00/B00/canary5f2c';
const CANARY = /canary5f2c|whsec_/;

const listed = async (gateway: TestGateway, query = '') =>
  (await gateway.admin('GET', `/admin/alert-channel/list?${query}`)).body.data;
const post = (gateway: TestGateway, verb: string, body: unknown) =>
  gateway.admin('POST', `/admin/alert-channel/${verb}`, body);

t.test('a webhook without a secret gets one, which is shown once and signs from then on', async (t) => {
  const gateway = await startQuietGateway(t);
  const url = 'https://example.com/hooks/canary5f2c';
  const made = await post(gateway, 'create', { name: 'ops', kind: 'webhook', url });
  t.equal(made.status, 200);
  t.match(made.body.data, { id: 1, status: 'active', is_signed: true, address: 'example.com/hook…' });
  t.match(made.body.data.secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
  t.notMatch(JSON.stringify(await listed(gateway)), CANARY);
  const own = await post(gateway, 'create', { name: 'own', kind: 'webhook', url, secret: newSecret() });
  t.equal(own.body.data.secret, null, 'a secret that was given is not repeated');
});

t.test(
  'what is absent in an update stays; what changes is in the audit log without any secret',
  async (t) => {
    const gateway = await startQuietGateway(t);
    const { id } = await createChannel(gateway, { kind: 'slack', url: SLACK });
    const renamed = await post(gateway, 'update', { id, name: 'renamed' });
    t.match(renamed.body.data, { name: 'renamed', address: 'hooks.slack.com/serv…', status: 'active' });
    await post(gateway, 'update', { id, url: `${SLACK}-new` });
    const [row] = await gateway.database.sql`select url from alert_channel where id = ${id}`;
    t.equal(row?.url, `${SLACK}-new`);
    await post(gateway, 'delete', { id });
    const log = await gateway.admin('GET', '/admin/audit-log/list?orderBy=id-0');
    t.match(log.body.data.items, [
      {
        action: 'alert_channel.create',
        target: `alert_channel:${id}`,
        before: null,
        after: { kind: 'slack' },
      },
      { action: 'alert_channel.update', before: { name: 'ops' }, after: { name: 'renamed' } },
      { action: 'alert_channel.update', after: { is_address_changed: true } },
      { action: 'alert_channel.delete', before: { name: 'renamed' }, after: null },
    ]);
    t.notMatch(JSON.stringify(log.body), CANARY);
  },
);

t.test('a deleted channel is gone, with its address and secret', async (t) => {
  const gateway = await startQuietGateway(t);
  const { id } = await createChannel(gateway, { kind: 'webhook', url: 'https://example.com/canary5f2c' });
  t.same((await post(gateway, 'delete', { id })).body, { success: true, data: null });
  t.equal((await listed(gateway)).total, '0');
  const [row] = await gateway.database.sql`select url, secret from alert_channel`;
  t.same(row, { url: null, secret: null });
  for (const verb of ['update', 'delete', 'test'])
    t.match(await post(gateway, verb, { id }), {
      status: 404,
      body: { success: false, error: { code: 'CHANNEL_NOT_FOUND' } },
    });
});

t.test('a signature can be added to a Feishu channel and taken away', async (t) => {
  const gateway = await startQuietGateway(t);
  const url = 'https://open.feishu.cn/open-apis/bot/v2/hook/canary5f2c';
  const { id } = await createChannel(gateway, { kind: 'feishu', url, secret: 's' });
  t.equal((await post(gateway, 'update', { id, secret: '' })).body.data.is_signed, false);
  t.equal((await post(gateway, 'update', { id, secret: 'again' })).body.data.is_signed, true);
  t.equal((await post(gateway, 'update', { id, name: 'x' })).body.data.is_signed, true);
});

t.test(
  'a channel that could not work is refused, by the field, without repeating it or storing anything',
  async (t) => {
    const lines: string[] = [];
    const gateway = await startQuietGateway(t, { onLogLine: (line) => lines.push(line) });
    const mail = await startQuietGateway(t, {
      env: { SMTP_URL: 'smtp://127.0.0.1:1', SMTP_FROM: 'alerts@example.com' },
    });
    const url = 'https://example.com/canary5f2c';
    const bad: [field: string, body: Record<string, unknown>][] = [
      ['url', { kind: 'webhook' }],
      ['url', { kind: 'slack', url: 'canary5f2c' }],
      ['url', { kind: 'slack', url: 'ftp://example.com/canary5f2c' }],
      ['url', { kind: 'feishu', url: 'https://user:canary5f2c@example.com/' }],
      ['secret', { kind: 'webhook', url, secret: 'canary5f2c' }],
      ['secret', { kind: 'slack', url, secret: 'canary5f2c' }],
      ['recipients', { kind: 'slack', url, recipients: ['a@example.com'] }],
      ['notifies_owner', { kind: 'slack', url, notifies_owner: true }],
      ['kind', { kind: 'pager', url }],
      ['kind', { kind: 'email', recipients: ['a@example.com'] }],
      ['name', { kind: 'slack', url, name: ' ' }],
      ['status', { kind: 'slack', url, status: 'canary5f2c' }],
      ['digest', { kind: 'slack', url, digest: 'canary5f2c' }],
    ];
    for (const [field, body] of bad) {
      const answer = await post(gateway, 'create', { name: 'ops', ...body });
      t.match(
        answer,
        { status: 400, body: { success: false, error: { param: field } } },
        JSON.stringify(body),
      );
      t.notMatch(JSON.stringify(answer.body), /canary5f2c/);
    }
    for (const [field, body] of [
      ['url', { url }],
      ['secret', { recipients: ['a@example.com'], secret: 'x' }],
      ['recipients', {}],
      ['recipients.0', { recipients: ['a@b.c, evil@example.com'] }],
      ['recipients.0', { recipients: ['a@b.c\r\nBcc: evil@example.com'] }],
    ] as const)
      t.match(
        await post(mail, 'create', { name: 'mail', kind: 'email', ...body }),
        { status: 400, body: { error: { param: field } } },
        JSON.stringify(body),
      );
    t.equal((await listed(gateway)).total, '0');
    t.equal((await listed(mail)).total, '0');
    t.notMatch(lines.join(''), /canary5f2c/);
  },
);

t.test('channels are found by their name', async (t) => {
  const gateway = await startQuietGateway(t);
  for (const name of ['Ops', 'Finance']) await createChannel(gateway, { name, kind: 'slack', url: SLACK });
  t.match((await listed(gateway, 'q=OPS')).items, [{ name: 'Ops' }]);
  t.match((await listed(gateway, 'orderBy=id-0')).items, [{ name: 'Ops' }, { name: 'Finance' }]);
});
