// From a chat to a corrected ledger: a real gateway serves, the log is what its simulator saw, the bill is its sum.
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import type { JournalEntry } from '../../../src/simulator/simulator.ts';
import { ADMIN_API_KEY, type NewKey, startTestGateway, type TestGateway } from '../../helpers/gateway.ts';
import { billRow, csv, jsonLines, logRecord, RECORDS } from './samples.ts';

const USAGE = { inputTokens: 40, outputTokens: 8, totalTokens: 48 };
const HAIKU = 'anthropic.claude-3-haiku-20240307-v1:0';

/** Streams a chat, and leaves when the simulator waits at the gate. */
async function leave(gateway: TestGateway, key: NewKey, gate: string) {
  const connected = once(gateway.app.server, 'connection');
  const request = httpRequest(`${gateway.url}/v1/chat/completions`, {
    agent: false,
    method: 'POST',
    headers: { authorization: `Bearer ${key.secret}`, 'content-type': 'application/json' },
  });
  request.on('error', () => undefined);
  const messages = [{ role: 'user', content: 'ping' }];
  request.end(JSON.stringify({ model: 'claude-3-haiku', messages, max_tokens: 64, stream: true }));
  await gateway.simulator.reached(gate);
  // Its events: what once() resolves with.
  const [socket] = (await connected) as [NodeJS.EventEmitter];
  const gone = once(socket, 'close');
  request.destroy();
  await gone;
  gateway.simulator.release(gate);
}

/** Three exchanges: one plain, one whose client left and that was drained, one whose drain was cut: an estimate. */
async function serve(t: Parameters<typeof startTestGateway>[0]) {
  const gateway = await startTestGateway(t, { env: { DRAIN_SECONDS: '1' } });
  const key = await gateway.createKey();
  const { simulator } = gateway;
  simulator.script({ times: 1, behaviour: { kind: 'answer', text: 'pong', usage: USAGE } });
  t.equal((await gateway.chat(key)).status, 200);
  await gateway.recorded(1);
  const deltas = ['four', 'four'];
  simulator.script({
    times: 1,
    behaviour: { kind: 'answer', deltas, usage: USAGE, gate: { name: 'drained', afterDeltas: 1 } },
  });
  await leave(gateway, key, 'drained');
  await gateway.recorded(2);
  simulator.script({
    behaviour: {
      ...{ kind: 'answer', deltas },
      gate: { name: 'stalled', afterDeltas: 2 },
      fault: { kind: 'stall', afterDeltas: 2 },
    },
  });
  await leave(gateway, key, 'stalled');
  await gateway.recorded(3);
  return { gateway, key };
}

/** What AWS would have logged of a call; it counts to the end, whatever the gateway saw. */
function toRecord({ id, at, operation, modelId, request, usage }: JournalEntry) {
  const counts = (usage ?? USAGE) as typeof USAGE;
  return {
    ...logRecord({
      requestId: id,
      timestamp: new Date(at).toISOString(),
      operation,
      modelId,
      input: { inputBodyJson: request, inputTokenCount: counts.inputTokens },
      output: { outputTokenCount: counts.outputTokens },
    }),
    // As it was sent.
    requestMetadata: (request as { requestMetadata: unknown }).requestMetadata,
  };
}

function upload(
  gateway: TestGateway,
  query: string,
  body: string | Uint8Array,
  type = 'application/octet-stream',
) {
  return gateway.api('POST', `/admin/reconciliation/import?${query}`, {
    key: ADMIN_API_KEY,
    headers: { 'content-type': type },
    body,
  });
}

const today = () => new Date().toISOString().slice(0, 10);
const report = async (gateway: TestGateway) =>
  (await gateway.admin('GET', `/admin/reconciliation/report?from=${today()}&to=${today()}`)).body.data;
const proposals = async (gateway: TestGateway, query = '') =>
  (await gateway.admin('GET', `/admin/reconciliation/proposal/list?${query}`)).body.data.items;

t.test("AWS's log corrects what was estimated, once, and the ledger stays whole", async (t) => {
  const { gateway, key } = await serve(t);
  const journal = gateway.simulator.journal.entries();
  t.match(journal[0]?.request, {
    requestMetadata: { gw_exchange: /^[\da-f-]{36}$/, gw_key: String(key.id) },
  });
  const foreign = logRecord({
    requestId: 'somebody-else',
    timestamp: new Date().toISOString(),
    modelId: HAIKU,
  });
  const others = { ...foreign, identity: { arn: 'arn:aws:sts::111122223333:assumed-role/Notebook/eve' } };
  const log = gzipSync(jsonLines([...journal.map(toRecord), others]));

  const imported = await upload(gateway, 'kind=invocation-log&name=log.json.gz', log, 'application/gzip');
  t.equal(imported.status, 200, JSON.stringify(imported.body));
  t.match(imported.body.data, {
    is_known: false,
    import: { id: 1, name: 'log.json.gz', rows: 4, kept: 4, proposals: 1, posted: 0, actor: 'bootstrap' },
  });
  t.match((await report(gateway)).exchanges, {
    equal: 2,
    tokens_differ: 1,
    log_only_others: 1,
    ledger_only: 0,
  });
  const [proposal] = await proposals(gateway);
  t.match(proposal, {
    kind: 'usage_correction',
    key_id: key.id,
    ledger_tokens: { input: 9, output: 2 },
    aws_tokens: { input: 40, output: 8 },
    charged: '0.0000047500',
    by_aws: '0.0000200000',
    amount: '0.0000152500',
    state: 'proposed',
  });

  const again = await upload(gateway, 'kind=invocation-log&name=copy', log);
  t.match(again.body.data, { is_known: true, import: { id: 1, proposals: 1 } });

  const post = () => gateway.admin('POST', '/admin/reconciliation/post', { ids: [proposal.id] });
  t.match((await post()).body.data, { posted: 1, amount: '0.0000152500' });
  t.equal(await gateway.auditFaults(), 0);
  t.match((await post()).body.data, { posted: 0, amount: '0.0000000000' });
  t.equal(await gateway.auditFaults(), 0);
  const { body } = await gateway.api('GET', '/user/thread/list', { key: key.secret });
  t.same(
    body.data.items.map((row: { fee: string }) => row.fee),
    ['0.0000200000', '0.0000200000', '0.0000200000'],
  );
  t.match((await report(gateway)).exchanges, { equal: 3, tokens_differ: 0 });
  t.match(await proposals(gateway, 'state=posted'), [{ posted_by: 'bootstrap', state: 'posted' }]);

  const refused = await gateway.admin('POST', '/admin/reconciliation/delete', { id: 1 });
  t.match(refused, { status: 409, body: { error: { code: 'IMPORT_POSTED' } } });
  const audit = await gateway.admin('GET', '/admin/audit-log/list?q=reconciliation');
  t.same(
    audit.body.data.items.map((row: { action: string }) => row.action),
    ['reconciliation.post', 'reconciliation.import'],
  );

  await t.test('a later file with one more call of the same exchange adds only the difference', async (t) => {
    const stalled = journal[2];
    if (stalled === undefined) throw new Error('the third call is missing');
    const more = { ...toRecord({ ...stalled, id: 'second-attempt' }), output: { outputTokenCount: 0 } };
    await upload(
      gateway,
      'kind=invocation-log&name=later',
      jsonLines([...RECORDS, more]),
      'application/x-ndjson',
    );
    const [next] = await proposals(gateway, 'state=proposed');
    t.match(next, { charged: '0.0000200000', by_aws: '0.0000300000', amount: '0.0000100000', import_id: 2 });
    t.match((await gateway.admin('POST', '/admin/reconciliation/post', { ids: [next.id] })).body.data, {
      posted: 1,
    });
    t.equal(await gateway.auditFaults(), 0);
    const missing = await gateway.admin('POST', '/admin/reconciliation/post', { ids: [99] });
    t.match(missing, { status: 409, body: { error: { code: 'PROPOSAL_NOT_OPEN' } } });
  });
});

t.test(
  'a bill agrees with the ledger or says where it does not; a newer bill of the month replaces it',
  async (t) => {
    const { gateway } = await serve(t);
    const records = gateway.simulator.journal.entries().map(toRecord);
    await upload(gateway, 'kind=invocation-log&name=log', jsonLines(records));
    const day = {
      line_item_usage_start_date: `${today()}T00:00:00Z`,
      line_item_usage_end_date: `${today()}T01:00:00Z`,
    };
    const line = (kind: string, amount: string, cost: string, principal?: string) =>
      billRow({
        ...day,
        line_item_resource_id: '',
        product: '{}',
        line_item_usage_type: `USE1-Claude3Haiku-${kind}-tokens`,
        line_item_usage_amount: amount,
        line_item_unblended_cost: cost,
        ...(principal !== undefined && { line_item_iam_principal: principal }),
      });
    const bill = csv([
      line('input', '50.089', '0.01252225'),
      line('output', '0.018', '0.0000225'),
      line('input', '1000', '0.25', 'arn:aws:iam::111122223333:user/eve'),
      billRow({
        ...day,
        line_item_usage_type: 'USE1-Guardrail-Units',
        line_item_usage_amount: '1',
        line_item_unblended_cost: '0.5',
      }),
    ]);
    const first = await upload(gateway, 'kind=cur&name=november.csv', bill, 'text/csv');
    t.match(first.body.data.import, {
      kind: 'cur',
      rows: 4,
      kept: 4,
      adds_to: null,
      starts_at: `${today()}T00:00:00.000Z`,
    });
    const { rows, money, callers } = await report(gateway);
    t.match(rows, [
      {
        ...{ model: HAIKU, kind: 'input', ledger_tokens: 89, log_tokens: 120, aws_tokens: 50089 },
        ...{ difference_tokens: 50000, ripeness: 'provisional', state: 'differs', aws_rate: '0.2500000000' },
        causes: ['late_records', 'estimates', 'left_clients', 'other_callers'],
      },
      { kind: 'output', ledger_tokens: 18, log_tokens: 24, aws_tokens: 18, state: 'agrees', causes: [] },
    ]);
    t.match(money, {
      other_callers: '0.2500000000',
      not_tokens: [{ name: 'USE1-Guardrail-Units', amount: '0.5000000000' }],
    });
    t.same(callers, ['arn:aws:sts::111122223333:assumed-role/GatewayBedrock']);

    const lower = csv([line('input', '0.089', '0.00002225')]);
    const second = await upload(gateway, 'kind=cur&name=november.csv', lower);
    t.match((await report(gateway)).rows, [
      { aws_tokens: 89, state: 'agrees' },
      { aws_tokens: 0, state: 'agrees' },
    ]);
    const part = csv([line('output', '0.018', '0.0000225')]);
    const added = await upload(gateway, `kind=cur&name=part-2&adds_to=${second.body.data.import.id}`, part);
    t.match(added.body.data.import, { adds_to: second.body.data.import.id });
    t.match((await report(gateway)).rows, [{ aws_tokens: 89 }, { aws_tokens: 18 }]);

    for (const { import: one } of [added.body.data, second.body.data])
      t.equal((await gateway.admin('POST', '/admin/reconciliation/delete', { id: one.id })).status, 200);
    t.match(
      (await report(gateway)).rows,
      [{ aws_tokens: 50089 }, {}],
      'without the newer bill the older one counts',
    );
  },
);

t.test('what cannot be trusted leaves nothing behind', async (t) => {
  const gateway = await startTestGateway(t);
  const log = gzipSync(jsonLines());
  const refusals: [query: string, body: string | Uint8Array, status: number, code: string][] = [
    ['kind=invocation-log&name=cut', log.subarray(0, -9), 400, 'IMPORT_UNREADABLE'],
    ['kind=invocation-log&name=cut', jsonLines().slice(0, -9), 400, 'IMPORT_UNREADABLE'],
    ['kind=cur&name=cut', gzipSync(csv([billRow({})])).subarray(0, -9), 400, 'IMPORT_UNREADABLE'],
    ['kind=cur&name=log', log, 400, 'IMPORT_UNREADABLE'],
    ['kind=invocation-log&name=parquet', 'PAR1', 400, 'IMPORT_UNREADABLE'],
    ['kind=cur&name=part&adds_to=7', csv([billRow({})]), 404, 'IMPORT_NOT_FOUND'],
    ['kind=other&name=x', log, 400, 'INVALID_REQUEST'],
    ['kind=cur', log, 400, 'INVALID_REQUEST'],
  ];
  for (const [query, body, status, code] of refusals)
    t.match(await upload(gateway, query, body), { status, body: { error: { code } } }, query);
  const empty = await gateway.api('POST', '/admin/reconciliation/import?kind=cur&name=x', {
    key: ADMIN_API_KEY,
    headers: { 'content-type': 'text/csv' },
    body: '',
  });
  t.match(empty.body, { error: { code: 'IMPORT_UNREADABLE' } });
  t.match((await gateway.admin('GET', '/admin/reconciliation/list')).body.data, { total: '0', items: [] });
  const rows = await gateway.database.sql`
    select 1 as row from invocation_record union all select 1 from bill_line`;
  t.equal(rows.length, 0);
  for (const range of [
    'from=2026-11-20&to=2026-11-19',
    'from=2026-02-30&to=2026-03-01',
    'from=2026-01-01&to=2026-12-31',
  ])
    t.match(await gateway.admin('GET', `/admin/reconciliation/report?${range}`), {
      status: 400,
      body: { error: { code: 'REPORT_RANGE_INVALID', param: 'from' } },
    });
  t.match(await gateway.admin('POST', '/admin/reconciliation/delete', { id: 1 }), { status: 404 });
});

t.test('the same call in two files counts once; two imports at a time are not for one ledger', async (t) => {
  const gateway = await startTestGateway(t);
  const twice = await upload(gateway, 'kind=invocation-log&name=a', jsonLines([...RECORDS, ...RECORDS]));
  t.match(twice.body.data.import, { rows: 6, kept: 3, facts: { duplicates: 3 } });
  const other = await upload(
    gateway,
    'kind=invocation-log&name=b',
    JSON.stringify(RECORDS),
    'application/json',
  );
  t.match(other.body.data.import, { rows: 3, kept: 0, facts: { duplicates: 3 } });
  await gateway.database.sql.begin(async (sql) => {
    await sql`select pg_advisory_xact_lock(hashtext('reconciliation'), 0)`;
    const busy = await upload(gateway, 'kind=invocation-log&name=c', jsonLines(RECORDS.slice(0, 1)));
    t.match(busy, { status: 409, body: { error: { code: 'IMPORT_BUSY' } } });
  });
});
