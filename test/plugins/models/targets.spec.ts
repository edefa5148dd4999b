// The catalogue's targets over HTTP: what is taken, shown, refused, and who is told of changes.
import t from 'tap';
import { startTestGateway } from '../../helpers/gateway.ts';
import { snapshot } from '../../helpers/snapshot.ts';

const HAIKU = 'anthropic.claude-3-haiku-20240307-v1:0';
const ROLE = 'arn:aws:iam::123456789012:role/bedrock';
const body = {
  name: 'duo',
  target: HAIKU,
  base_id: HAIKU,
  price_scope: 'in-region',
  vendor: 'anthropic',
  context_tokens: 200_000,
  max_output_tokens: 4096,
};
const further = { target: `eu.${HAIKU}`, price_scope: 'eu' };

t.test('a model has one target of its own, and any others with all that belongs to them', async (t) => {
  const gateway = await startTestGateway(t);
  const plain = (await gateway.admin('POST', '/admin/model/create', body)).body.data;
  t.match(plain, { credentials: null, weight: 1, spread: 'ordered', further_targets: [] });
  const change = {
    id: plain.id,
    spread: 'weighted',
    weight: 3,
    credentials: { kind: 'profile', profile: 'team-a' },
    further_targets: [
      further,
      {
        ...further,
        region: 'eu-west-1',
        weight: 0,
        credentials: { kind: 'role', role_arn: ROLE, external_id: 'ext-1' },
      },
      { ...further, credentials: { kind: 'role', role_arn: ROLE } },
      { ...further, credentials: { kind: 'bearer', variable: 'AWS_BEARER_TOKEN_EU' } },
    ],
  };
  const { body: answer } = await gateway.admin('POST', '/admin/model/update', change);
  const [first, second, third, fourth] = change.further_targets;
  const shown = { region: null, credentials: null, weight: 1 };
  const wanted = [
    { ...shown, ...first },
    { ...shown, ...second },
    { ...shown, ...third },
    { ...shown, ...fourth },
  ];
  t.strictSame(answer.data.further_targets, wanted);
  t.match(answer.data, { ...change, further_targets: wanted });
  const { body: detail } = await gateway.admin('GET', `/admin/model/detail/${plain.id}`);
  t.strictSame(detail, answer);
  t.strictSame((await gateway.admin('GET', '/admin/model/list?limit=1')).body.data.items, [answer.data]);
  const { body: audit } = await gateway.admin('GET', '/admin/audit-log/list?limit=1');
  t.match(audit.data.items[0], {
    action: 'model.update',
    before: { furtherTargets: [], spread: 'ordered' },
    after: { spread: 'weighted', credentials: { kind: 'profile', profile: 'team-a' } },
  });
  const cleared = { id: plain.id, credentials: null, further_targets: [] };
  t.match((await gateway.admin('POST', '/admin/model/update', cleared)).body.data, cleared);
});

t.test('targets that cannot be are refused by name, and change nothing', async (t) => {
  const gateway = await startTestGateway(t);
  const before = await snapshot(gateway.database);
  const cases: [change: object, param: string][] = [
    [{ further_targets: [{ ...further, target: HAIKU }] }, 'further_targets.0'],
    // The gateway's own region by its name is the same region.
    [{ further_targets: [{ ...further, target: HAIKU, region: 'us-east-1' }] }, 'further_targets.0'],
    [{ further_targets: [further, { ...further, price_scope: 'global' }] }, 'further_targets.1'],
    [{ further_targets: [{ ...further, region: 'Europe' }] }, 'further_targets.0.region'],
    [{ further_targets: [{ ...further, weight: -1 }] }, 'further_targets.0.weight'],
    [{ further_targets: [{ ...further, weight: 1001 }] }, 'further_targets.0.weight'],
    [{ further_targets: [{ ...further, base_id: HAIKU }] }, 'further_targets.0.base_id'],
    [{ further_targets: [{ target: 'x' }] }, 'further_targets.0.price_scope'],
    [{ further_targets: Array.from({ length: 16 }, () => further) }, 'further_targets'],
    [{ spread: 'random' }, 'spread'],
    [{ credentials: { kind: 'profile' } }, 'credentials.profile'],
    [{ credentials: { kind: 'role' } }, 'credentials.role_arn'],
    [{ credentials: { kind: 'bearer' } }, 'credentials.variable'],
    [{ credentials: { kind: 'bearer', variable: 'PGSQL_PASSWORD' } }, 'credentials.variable'],
    [
      { credentials: { kind: 'bearer', variable: 'AWS_BEARER_TOKEN_X', profile: 'y' } },
      'credentials.profile',
    ],
    [{ credentials: { kind: 'role', role_arn: 'arn:aws:iam::1:user/x' } }, 'credentials.role_arn'],
    [{ credentials: { kind: 'profile', profile: 'a\nb' } }, 'credentials.profile'],
    [{ credentials: { kind: 'profile', profile: 'x', key: 'AKIA' } }, 'credentials.key'],
    [
      { further_targets: [{ ...further, credentials: { kind: 'profile' } }] },
      'further_targets.0.credentials.profile',
    ],
  ];
  for (const [change, param] of cases) {
    const { status, body: answer } = await gateway.admin('POST', '/admin/model/create', {
      ...body,
      ...change,
    });
    t.equal(status, 400, JSON.stringify(change));
    t.equal(answer.error.param, param, answer.data);
  }
  t.same(await snapshot(gateway.database), before);
});
