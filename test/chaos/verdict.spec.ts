// The judge must see each kind of crime, or a clean run says nothing.
import t from 'tap';
import type { JournalEntry } from '../../src/simulator/simulator.ts';
import type { UsageRow } from './books.ts';
import { planRequest, type RequestPlan } from './plan.ts';
import type { Seen } from './traffic.ts';
import { judge, judgeFunds, judgeRecharges } from './verdict.ts';

const GRACE_MS = 1_000;
const ENDED_AT = 50_000;
const plan: RequestPlan = { ...planRequest(1, 0), behaviour: 'plain', prompt: 'x'.repeat(400) };
const seen: Seen = {
  plan,
  incarnation: { replica: 0, startedAt: 0, readyAt: 0, diedAt: null, terminatedAt: null },
  ending: 'answered',
  status: 200,
  code: null,
  latencyMs: 10,
};
const entry: JournalEntry = {
  id: 'a',
  operation: 'Converse',
  modelId: 'm',
  at: 0,
  request: null,
  headers: { authorization: null, userAgent: null, invocationId: null, attempt: null },
  status: 'ok',
  usage: { inputTokens: 100, outputTokens: 20 },
  outputText: 'y'.repeat(80),
  framesWritten: 1,
  finishedAt: ENDED_AT,
};
/** 100 x 0.25 + 20 x 1.25 USD per million. */
const FEE = 500_000n;
/** (400 / 4 + 8) x 0.25 USD per million. */
const ESTIMATE = 270_000n;
const row: UsageRow = {
  requestId: plan.id,
  exchangeId: 'e',
  keyId: 1,
  status: 'ok',
  usageSource: 'reported',
  isQuarantined: false,
  fee: FEE,
  correction: 0n,
  holdAmount: 900_000n,
};
const abandoned: UsageRow = { ...row, status: 'abandoned', usageSource: 'estimated', fee: ESTIMATE };
const diedAt = (at: number): Seen => ({ ...seen, incarnation: { ...seen.incarnation, diedAt: at } });

function verdict(what: { seen?: Seen; entries?: JournalEntry[]; rows?: UsageRow[] }): string {
  const { missing, double, wrong, leaked, charges } = judge({
    requests: [what.seen ?? seen],
    served: new Map([[plan.id, what.entries ?? [entry]]]),
    rows: what.rows ?? [row],
    graceMs: GRACE_MS,
  });
  const crimes = Object.entries({ missing, double, wrong, leaked }).filter(
    ([, stories]) => stories.length > 0,
  );
  const kinds = Object.entries(charges).filter(([, count]) => count > 0);
  return [...crimes, ...kinds].map(([name]) => name).join(' ');
}

t.test('what the upstream reported is charged, exactly and once', async (t) => {
  t.equal(verdict({}), 'exact');
  t.equal(verdict({ rows: [{ ...row, fee: FEE + 1n }] }), 'wrong');
  t.equal(verdict({ rows: [row, row] }), 'double');
  t.equal(verdict({ rows: [] }), 'missing');
  t.equal(verdict({ entries: [], rows: [] }), 'wrong', 'an answer that the upstream knows nothing of');
});

t.test('a process that died leaves an estimate, unless it had known for long', async (t) => {
  t.equal(verdict({ rows: [abandoned] }), 'wrong', 'it lives');
  t.equal(verdict({ seen: diedAt(ENDED_AT), rows: [abandoned] }), 'died');
  t.equal(verdict({ seen: diedAt(ENDED_AT + 2 * GRACE_MS), rows: [abandoned] }), 'wrong');
  const corrected = { ...abandoned, correction: FEE - ESTIMATE };
  t.equal(verdict({ seen: diedAt(ENDED_AT + 2 * GRACE_MS), rows: [corrected] }), 'corrected');
  t.equal(
    verdict({ seen: diedAt(ENDED_AT), rows: [{ ...abandoned, fee: 1n }] }),
    'wrong',
    'no estimate at all',
  );
  t.equal(
    verdict({ seen: diedAt(ENDED_AT), rows: [{ ...abandoned, status: 'ok' }] }),
    'wrong',
    'not flagged',
  );
});

t.test('what was not reported is estimated, and nothing served costs nothing', async (t) => {
  const silent = { ...entry, usage: null };
  t.equal(verdict({ entries: [silent] }), 'wrong', 'no estimate');
  t.equal(
    verdict({ entries: [silent], rows: [{ ...row, usageSource: 'estimated', fee: ESTIMATE }] }),
    'unreported',
  );
  const throttled: Seen = {
    ...seen,
    plan: { ...plan, behaviour: 'throttled' },
    ending: 'failed',
    status: 429,
  };
  t.equal(verdict({ seen: throttled, entries: [silent], rows: [{ ...row, fee: 0n }] }), 'nothing');
  t.equal(verdict({ seen: throttled, entries: [silent] }), 'wrong');
});

t.test('nonsense is charged at the hold', async (t) => {
  const entries = [{ ...entry, usage: { inputTokens: 1, outputTokens: 1_000_000_000 } }];
  t.equal(verdict({ entries, rows: [{ ...row, isQuarantined: true, fee: row.holdAmount }] }), 'quarantined');
  t.equal(verdict({ entries }), 'wrong');
});

t.test('a refused request is neither sent nor charged', async (t) => {
  const refused: Seen = { ...seen, ending: 'failed', status: 503, code: 'service_unavailable' };
  t.equal(verdict({ seen: refused, entries: [], rows: [] }), '');
  t.equal(verdict({ seen: refused, entries: [], rows: [abandoned] }), 'wrong');
  t.equal(
    verdict({ seen: refused, entries: [], rows: [{ ...abandoned, correction: -ESTIMATE }] }),
    'nothing',
  );
  t.match(verdict({ seen: refused }), /leaked/);
});

t.test('a key owes no more than its reports exceeded their holds', async (t) => {
  const funds = { keyId: 1, balance: -5n, quotaExcess: 0n, allowedExcess: 5n, largestHold: 10n };
  const judgeOne = (more: Partial<typeof funds>, name: 'quota' | 'edited' = 'quota') =>
    judgeFunds([{ ...funds, ...more }], () => name, { quotaEdits: 1, clients: 2 }).length;
  t.equal(judgeOne({}), 0);
  t.equal(judgeOne({ balance: -6n }), 1);
  t.equal(judgeOne({ quotaExcess: 1n }), 1);
  t.equal(judgeOne({ balance: -25n, quotaExcess: 1n }, 'edited'), 0, 'its quota was lowered under two holds');
  t.equal(judgeOne({ balance: -26n }, 'edited'), 1);
});

t.test('an acknowledged recharge is in the ledger once', async (t) => {
  const recharge = { id: 'r', key: 'mixed' as const, amount: '1', replicas: [], restMs: 0 };
  const judgeOne = (isAcknowledged: boolean, entries: number) =>
    judgeRecharges([{ plan: recharge, tries: 1, isAcknowledged }], new Map([['r', entries]])).length;
  t.same([judgeOne(true, 1), judgeOne(false, 0), judgeOne(false, 1)], [0, 0, 0]);
  t.same([judgeOne(true, 0), judgeOne(true, 2), judgeOne(false, 2)], [1, 1, 1]);
});
