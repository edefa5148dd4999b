// What an administrator changes on one replica, another process does within a second.
import t from 'tap';
import { ADMIN_API_KEY, startTestGateway } from '../../helpers/gateway.ts';
import { startNodeProcess } from '../../helpers/node-process.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const DEADLINE_MS = 1000;

t.test('every change to a key or its group reaches another process within a second', async (t) => {
  const gateway = await startTestGateway(t);
  const settings = {
    ...gateway.testDatabase.environment,
    ADMIN_API_KEY,
    KEY_PEPPER: 'a pepper for tests only',
    DATA_DIR: temporaryFolder(t),
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: gateway.simulator.url,
    HOST: '127.0.0.1',
    PORT: '0',
    DISABLE_UI: 'true',
  };
  const args = [JSON.stringify(settings)];
  const child = startNodeProcess(t, { module: './gateway-child', from: import.meta.url, args });
  const url = (await child.line()).replace('0.0.0.0', '127.0.0.1');

  const key = await gateway.createKey({ group_id: 1 });
  let secret = key.secret;
  const there = async (path: string) => {
    const response = await fetch(url + path, { headers: { authorization: `Bearer ${secret}` } });
    return { status: response.status, body: JSON.parse(await response.text()) };
  };
  const mine = async () => (await there('/user/api-key/mine')).status;
  const models = async () => (await there('/v1/models')).body.data.length;
  const update = (body: object) => gateway.admin('POST', '/admin/api-key/update', { id: key.id, ...body });
  const setGroup = (body: object) => gateway.admin('POST', '/admin/group/update', { id: 1, ...body });
  const rotate = async (body: object) => {
    const answer = await gateway.admin('POST', '/admin/api-key/reset-key', { id: key.id, ...body });
    return answer.body.data.api_key as string;
  };
  const all = await models();
  let next = '';

  const changes: [what: string, change: () => Promise<unknown>, seen: () => Promise<boolean>][] = [
    ['disabled', () => update({ status: 'disabled' }), async () => (await mine()) === 401],
    ['enabled', () => update({ status: 'active' }), async () => (await mine()) === 200],
    ['addresses', () => update({ allowed_cidrs: ['10.0.0.0/8'] }), async () => (await mine()) === 403],
    ['addresses gone', () => update({ allowed_cidrs: null }), async () => (await mine()) === 200],
    ['models', () => update({ allowed_models: ['claude-3-haiku'] }), async () => (await models()) === 1],
    ['models gone', () => update({ allowed_models: null }), async () => (await models()) === all],
    [
      'models of the group',
      () => setGroup({ allowed_models: ['mistral-small'] }),
      async () => (await models()) === 1,
    ],
    ['of the group gone', () => setGroup({ allowed_models: null }), async () => (await models()) === all],
    ['expired', () => update({ expires_at: '2020-01-01T00:00:00Z' }), async () => (await mine()) === 401],
    ['not expired', () => update({ expires_at: null }), async () => (await mine()) === 200],
    [
      'rotated with an overlap',
      async () => {
        next = await rotate({ overlap_seconds: 600 });
      },
      async () => (await mine()) === 200,
    ],
    [
      'rotated without',
      async () => {
        next = await rotate({});
      },
      async () => (await mine()) === 401,
    ],
    [
      'deleted',
      async () => {
        secret = next;
        if ((await mine()) !== 200) throw new Error('the new secret does not work');
        await gateway.admin('POST', '/admin/api-key/delete', { id: key.id });
      },
      async () => (await mine()) === 401,
    ],
  ];
  const slowest = { ms: 0, what: '' };
  for (const [what, change, seen] of changes) {
    await change();
    const started = performance.now();
    while (!(await seen()) && performance.now() - started < 5 * DEADLINE_MS);
    const ms = performance.now() - started;
    if (ms > slowest.ms) Object.assign(slowest, { ms, what });
    t.ok(ms < DEADLINE_MS, `${what}: ${Math.round(ms)} ms`);
  }
  t.comment(`slowest: ${slowest.what}, ${Math.round(slowest.ms)} ms`);
  t.equal(await child.finish(), 0, 'and it stops in order');
});
