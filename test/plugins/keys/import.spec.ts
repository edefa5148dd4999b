// Keys by the file: what each line became, and nothing besides.
import t from 'tap';
import { createTestDatabase } from '../../helpers/database.ts';
import { startDatabaseProxy } from '../../helpers/database-proxy.ts';
import { eventually } from '../../helpers/eventually.ts';
import { ADMIN_API_KEY, startTestGateway, type TestGateway } from '../../helpers/gateway.ts';
import { snapshot } from '../../helpers/snapshot.ts';

interface Options {
  key?: string;
  query?: string;
  headers?: Record<string, string>;
}
const importFile = (gateway: TestGateway, body: string | Uint8Array, options: Options = {}) =>
  gateway.api('POST', `/admin/api-key/import${options.query ?? ''}`, {
    key: options.key ?? ADMIN_API_KEY,
    body,
    headers: { 'content-type': 'text/csv', ...options.headers },
  });
const mine = (gateway: TestGateway, key: string) => gateway.api('GET', '/user/api-key/mine', { key });
const statuses = (lines: { line: number; status: string }[]) =>
  lines.map(({ line, status }) => `${line} ${status}`);

t.test('a file of names and e-mails makes a key of each line, whose secret is shown once', async (t) => {
  const gateway = await startTestGateway(t);
  const file =
    '\ufeffname,email\r\nrob,rob@example.com\r\n"张三, ""老张""",\r\n\r\n" two\r\nlines ",x@example.com\r\n';
  const { status, body } = await importFile(gateway, file);
  t.equal(status, 200);
  t.match(body, { success: true, data: { dry_run: false, created: 3, skipped: 0, failed: 0 } });
  t.same(Object.keys(body.data.lines[0]), ['line', 'status', 'id', 'name', 'api_key', 'message']);
  t.same(statuses(body.data.lines), ['2 created', '3 created', '6 created']);
  const names = ['rob', '张三, "老张"', ' two\nlines '];
  for (const [index, { id, api_key, name }] of body.data.lines.entries()) {
    t.equal(name, names[index]);
    t.match(api_key, /^br-[0-9A-Za-z]{40}$/);
    const own = (await mine(gateway, api_key)).body.data;
    t.match(own, { id, name: names[index], role: 'user', group_id: 0, month_quota: '0.0000000000' });
  }
  t.equal((await mine(gateway, body.data.lines[0].api_key)).body.data.email, 'rob@example.com');
});

t.test('every column does what the field of the same name does, in any order', async (t) => {
  const gateway = await startTestGateway(t);
  const file = [
    'balance, ROLE ,name,expires_at,group_id,month_quota,email',
    '1.5,admin,a,2099-01-01T00:00:00Z,1,0.0000000001,a@b',
    ',,b,,,,',
    '0,user,c,,0',
  ].join('\n');
  const { data } = (await importFile(gateway, file)).body;
  t.same(statuses(data.lines), ['2 created', '3 created', '4 created']);
  const own = (await mine(gateway, data.lines[0].api_key)).body.data;
  t.match(own, { role: 'admin', group_id: 1, month_quota: '0.0000000001', balance: '1.5000000000' });
  t.equal(own.expires_at, '2099-01-01T00:00:00.000Z');
  t.equal((await gateway.admin('GET', '/admin/payment/list')).body.data.total, '1');
  t.equal(await gateway.auditFaults(), 0);
});

t.test('bad lines stop no good one, and each says what is wrong with it', async (t) => {
  const gateway = await startTestGateway(t);
  const lines: [text: string, message: RegExp | null][] = [
    ['good,a@b,,,,', null],
    [',nameless@example.com', /^name: is required/],
    ['x,,boss', /^role: must be one of user, admin/],
    ['x,,,1.00000000001', /^month_quota: must have at most ten decimal places/],
    ['x,,,,-1', /^balance: must not be negative/],
    ['x,,,,,99', /^group_id: no such group/],
    ['x,,,,,one', /^group_id: must be integer/],
    ['x,,,,,,2099-01-01', /^expires_at: /],
    ['x,,,,,,1999-01-01T00:00:00Z', /^expires_at: /],
    [`${'x'.repeat(256)}`, /^name: /],
    ['x,,,,,,,short', /^api_key: /],
    ['x,,,,,,,a secret with spaces', /^api_key: /],
    ['x,,,,,,,ключ-ключ-ключ', /^api_key: /],
    ['x,,,,,,,,more', /more fields than the header/],
    ['a "quoted" word,', /quote/],
    ['last,', null],
  ];
  const header = 'name,email,role,month_quota,balance,group_id,expires_at,api_key';
  const { data } = (await importFile(gateway, [header, ...lines.map(([text]) => text)].join('\n'))).body;
  t.match(data, { created: 2, skipped: 0, failed: lines.length - 2 });
  t.equal(data.lines.length, lines.length);
  for (const [index, [text, message]] of lines.entries()) {
    const line = data.lines[index];
    t.equal(line.line, index + 2, text.slice(0, 40));
    t.equal(line.status, message === null ? 'created' : 'error');
    if (message !== null) t.match(line, { message, id: null, api_key: null });
  }
  t.equal((await gateway.admin('GET', '/admin/api-key/list')).body.data.total, '2');
});

t.test('a quote that is never closed costs the rest of the file and says so', async (t) => {
  const gateway = await startTestGateway(t);
  const { data } = (await importFile(gateway, 'name,email\na,\n"b,\nc,\n')).body;
  t.match(data, { created: 1, failed: 1 });
  t.match(data.lines[1].message, /never closed/);
});

t.test('secrets that are in use elsewhere go on working, whatever they look like', async (t) => {
  const gateway = await startTestGateway(t);
  const replica = await startTestGateway(t, { database: gateway.testDatabase, simulator: gateway.simulator });
  const secrets = [
    'br-someotherkeyvaluexxxxx',
    'sk-12345',
    // The form of ours, with a wrong checksum.
    `br-${'x'.repeat(40)}`,
    `"${'quote""d!#$%&()*+;<=>?@[]^_`{|}~'}"`,
    'k'.repeat(512),
  ];
  const file = ['name,api_key', ...secrets.map((secret, index) => `k${index},${secret}`)].join('\n');
  const refused = await mine(gateway, `br-${'x'.repeat(40)}`);
  t.equal(refused.status, 401);
  const { data } = (await importFile(gateway, file)).body;
  t.equal(data.created, secrets.length);
  for (const [index, secret] of secrets.entries()) {
    const plain = secret.startsWith('"') ? secret.slice(1, -1).replace('""', '"') : secret;
    t.equal(data.lines[index].api_key, null, 'it is not repeated');
    for (const one of [gateway, replica]) {
      const own = await mine(one, plain);
      t.match(own, { status: 200, body: { data: { id: data.lines[index].id, name: `k${index}` } } });
      const shown = own.body.data.key_prefix.length + own.body.data.key_last4.length;
      t.ok(shown <= plain.length / 2, 'what is shown of it does not give it away');
    }
    t.notMatch(JSON.stringify(data), secret.slice(4, 60));
  }
  const late = await startTestGateway(t, { database: gateway.testDatabase, simulator: gateway.simulator });
  t.equal(
    (await mine(late, `br-${'x'.repeat(40)}`)).status,
    200,
    'a replica that starts later knows them too',
  );
  const tables = ['virtual_key', 'audit_log', 'exempt_secret', 'idempotency'];
  for (const table of tables) {
    const [found] = await gateway.database
      .sql`select count(*)::int as hits from ${gateway.database.sql(table)} r where r::text like '%someotherkey%'`;
    t.equal(found?.hits, 0, `${table} has no secret`);
  }
});

t.test('a secret that a key has, had, or gets in the same file, is an error of its line', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const gone = await gateway.createKey();
  await gateway.admin('POST', '/admin/api-key/delete', { id: gone.id });
  const rotated = await gateway.createKey();
  await gateway.admin('POST', '/admin/api-key/reset-key', { id: rotated.id, overlap_seconds: 60 });
  const file = `name,api_key\na,${key.secret}\nb,${gone.secret}\nc,${rotated.secret}\nd,legacy-1234\ne,legacy-1234\nf,\n`;
  for (const query of ['?dry_run=true', '']) {
    const { data } = (await importFile(gateway, file, { query })).body;
    const good = query === '' ? 'created' : 'skipped';
    t.same(statuses(data.lines), ['2 error', '3 error', '4 error', `5 ${good}`, '6 error', `7 ${good}`]);
    for (const line of data.lines.filter(({ status }: { status: string }) => status === 'error'))
      t.match(line.message, /^api_key: another key has this secret/);
  }
});

t.test('a dry run foretells what would happen, and stores nothing', async (t) => {
  const gateway = await startTestGateway(t);
  const before = await snapshot(gateway.database);
  const file = 'name,group_id,balance\na,1,5\nb,99,\n,,\nc,,x\n';
  const { status, body } = await importFile(gateway, file, { query: '?dry_run=true' });
  t.equal(status, 200);
  t.match(body.data, { dry_run: true, created: 0, skipped: 1, failed: 2 });
  t.match(body.data.lines, [
    { line: 2, status: 'skipped', id: null, api_key: null, message: 'would be created' },
    { line: 3, status: 'error', message: /^group_id/ },
    { line: 5, status: 'error', message: /^balance/ },
  ]);
  t.same(await snapshot(gateway.database), before);
  const real = (await importFile(gateway, file)).body.data;
  t.match(real, { dry_run: false, created: 1, failed: 2 });
  t.equal(real.lines[0].id, 1, 'not even a number was used up');
});

t.test('with an Idempotency-Key a line is done once; what failed before is tried again', async (t) => {
  const gateway = await startTestGateway(t);
  const headers = { 'Idempotency-Key': 'wave-1' };
  const file = 'name,balance,group_id,api_key\na,1,,\nb,2,2,\nc,3,,legacy-9999\n';
  const first = (await importFile(gateway, file, { headers })).body.data;
  t.same(statuses(first.lines), ['2 created', '3 error', '4 created']);
  await gateway.admin('POST', '/admin/group/create', { name: 'late' });
  const again = (await importFile(gateway, file, { headers })).body.data;
  t.same(statuses(again.lines), ['2 skipped', '3 created', '4 skipped']);
  t.match(again.lines[0], { id: first.lines[0].id, api_key: null, message: /Idempotency-Key/ });
  const changed = (await importFile(gateway, file.replace('a,1', 'a,10'), { headers })).body.data;
  t.same(statuses(changed.lines), ['2 error', '3 skipped', '4 skipped']);
  t.match(changed.lines[0].message, /Idempotency-Key/);
  t.equal((await gateway.admin('GET', '/admin/payment/list')).body.data.total, '3');
  const other = (await importFile(gateway, 'name\nz\n', { headers: { 'Idempotency-Key': 'wave-2' } })).body
    .data;
  t.equal(other.created, 1);
  t.equal((await importFile(gateway, file, { headers: { 'Idempotency-Key': 'a b' } })).status, 400);
  t.equal(await gateway.auditFaults(), 0);
});

t.test('a file that cannot be read as a whole is refused by name, and nothing of it repeated', async (t) => {
  const gateway = await startTestGateway(t);
  const before = await snapshot(gateway.database);
  const files: [body: string | Uint8Array, status: number, code: string][] = [
    ['', 400, 'INVALID_REQUEST'],
    ['\n\n', 400, 'IMPORT_HEADER_INVALID'],
    ['email\nx', 400, 'IMPORT_HEADER_INVALID'],
    ['canary5f2c,x@example.com\n', 400, 'IMPORT_HEADER_INVALID'],
    ['name,name\nx,y', 400, 'IMPORT_HEADER_INVALID'],
    ['name;email\nx;y', 400, 'IMPORT_HEADER_INVALID'],
    [`name\n${'x\n'.repeat(5_001)}`, 400, 'IMPORT_TOO_LONG'],
    [Buffer.from([...Buffer.from('name\n'), 0xd5, 0xc5, 0xc8, 0xfd]), 400, 'IMPORT_ENCODING'],
    ['name\na\0b\n', 400, 'TEXT_REFUSED'],
    [`name\n${'x'.repeat(1024 * 1024)}`, 413, 'FST_ERR_CTP_BODY_TOO_LARGE'],
  ];
  for (const [file, status, code] of files) {
    const answer = await importFile(gateway, file);
    t.match(answer, { status, body: { success: false, error: { code } } }, code);
    t.notMatch(JSON.stringify(answer.body), 'canary5f2c');
  }
  t.equal((await importFile(gateway, 'name\nx', { headers: { 'content-type': 'text/plain' } })).status, 415);
  t.match(await importFile(gateway, 'name\nx', { query: '?dry_run=maybe' }), {
    status: 400,
    body: { error: { param: 'dry_run' } },
  });
  const user = await gateway.createKey();
  t.equal((await importFile(gateway, 'name\nx', { key: user.secret })).status, 403);
  t.equal((await importFile(gateway, 'name\nx', { key: 'nobody' })).status, 401);
  await gateway.admin('POST', '/admin/api-key/delete', { id: user.id });
  const after = await snapshot(gateway.database);
  t.equal(after.payment, before.payment);
  t.equal((await gateway.admin('GET', '/admin/api-key/list')).body.data.total, '0');
});

t.test('a file that takes longer than an ordinary request may is done to its end', async (t) => {
  const gateway = await startTestGateway(t);
  // Somebody works on the group for longer than other routes would wait.
  let isLocked: () => void = () => undefined;
  const locked = new Promise<void>((resolve) => {
    isLocked = resolve;
  });
  const busy = gateway.database.sql.begin(async (tx) => {
    await tx`select 1 from key_group where id = 1 for update`;
    isLocked();
    await tx`select pg_sleep(3)`;
  });
  await locked;
  const count = 25;
  const file = `name,group_id\n${Array.from({ length: count }, (_, index) => `k${index},1`).join('\n')}`;
  const { status, body } = await importFile(gateway, file);
  await busy;
  t.equal(status, 200);
  t.equal(body.data.created, count);
  t.equal(new Set(body.data.lines.map(({ api_key }: { api_key: string }) => api_key)).size, count);
});

t.test('an import that loses its database ends soon, and its report says what was not done', async (t) => {
  const database = await createTestDatabase(t);
  const proxy = await startDatabaseProxy(t, database);
  const gateway = await startTestGateway(t, { database: proxy.database });
  const { sql } = database.open();
  const importing = importFile(gateway, `name\n${'x\n'.repeat(2_000)}`);
  await eventually(async () => (await sql`select from virtual_key limit 1`).length > 0);
  await proxy.cut();
  const { status, body } = await importing;
  t.equal(status, 200);
  const [kept] = await sql`select count(*)::int as count from virtual_key`;
  const { created, failed, lines } = body.data;
  t.ok(created > 0 && failed > 0 && created + failed === 2_000);
  // The answer to one commit may have been lost.
  t.ok(kept?.count === created || kept?.count === created + 1);
  t.match(lines[created].message, /database is away/);
  t.match(lines[1_999].message, new RegExp(`^not tried, because line ${created + 2}`));
  const refused = await importFile(gateway, 'name\nx\n');
  t.equal(refused.status, 503, 'without one it does not begin');
});
