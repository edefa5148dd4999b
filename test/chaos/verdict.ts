// Compares what clients saw, what the simulator served and what was charged, request by request. Pure. It prices the
// truth by itself: it must not share a line with the code it judges.
import type { JournalEntry } from '../../src/simulator/simulator.ts';
import { isUpstreamFault } from './behaviours.ts';
import type { Funds, UsageRow } from './books.ts';
import type { KeyName } from './plan.ts';
import type { Seen, SeenRecharge } from './traffic.ts';

/** claude-3-haiku, 10^-10 USD per million tokens. */
const PRICE = {
  input: 2_500_000_000n,
  output: 12_500_000_000n,
  cacheRead: 250_000_000n,
  cacheWrite: 3_125_000_000n,
};
/** A report of more than ten contexts of 200,000 tokens is nonsense: the hold is charged. */
const ABSURD_TOKENS = 2_000_000;
/** Codes with which the gateway itself refuses a request, before anything is sent. */
const REFUSED = new Set([
  'service_unavailable',
  'insufficient_quota',
  'invalid_api_key',
  'rate_limit_exceeded',
]);

export interface Judgement {
  /** Served, and not charged at all. */
  missing: string[];
  /** Charged twice. */
  double: string[];
  /** Charged something else than it must. */
  wrong: string[];
  /** Refused, and yet sent upstream. */
  leaked: string[];
  /** How the charges came about. */
  charges: Record<ChargeKind, number>;
}

/**
 * - `exact`: as the upstream reported; `corrected`: settled by another process first, and put right later
 * - `died`: an estimate, flagged, because the process died before it knew
 * - `unreported`: an estimate, because the upstream never said; `nothing`: nothing was served
 * - `quarantined`: the upstream reported nonsense
 */
export type ChargeKind = 'exact' | 'corrected' | 'died' | 'unreported' | 'nothing' | 'quarantined';

export interface Evidence {
  requests: readonly Seen[];
  served: ReadonlyMap<string, readonly JournalEntry[]>;
  rows: readonly UsageRow[];
  /** An answer that ended so long before its process died must not be lost, ms. */
  graceMs: number;
}

export function judge({ requests, served, rows, graceMs }: Evidence): Judgement {
  const judgement: Judgement = {
    missing: [],
    double: [],
    wrong: [],
    leaked: [],
    charges: { exact: 0, corrected: 0, died: 0, unreported: 0, nothing: 0, quarantined: 0 },
  };
  const rowsById = new Map<string, UsageRow[]>();
  for (const row of rows) rowsById.set(row.requestId, [...(rowsById.get(row.requestId) ?? []), row]);
  for (const seen of requests) {
    const entries = served.get(seen.plan.id) ?? [];
    const charged = rowsById.get(seen.plan.id) ?? [];
    const [row, second] = charged;
    const story = () => tell(seen, entries, charged);
    if (second !== undefined) judgement.double.push(story());
    else if (entries.length > 0 && row === undefined) judgement.missing.push(story());
    else if (row === undefined) {
      if (seen.ending === 'answered') judgement.wrong.push(`answered from nowhere: ${story()}`);
    } else {
      const kind = kindOfCharge(seen, entries, row, graceMs);
      if (kind === undefined) judgement.wrong.push(story());
      else judgement.charges[kind] += 1;
    }
    if (entries.length > 0 && isRefused(seen)) judgement.leaked.push(story());
  }
  const known = new Set(requests.map(({ plan }) => plan.id));
  for (const row of rows)
    if (!known.has(row.requestId)) judgement.wrong.push(`nobody's row: ${row.requestId}`);
  return judgement;
}

/** Did the gateway itself say no? An upstream that failed may have said the same. */
export function isRefused({ plan, code }: Seen): boolean {
  return (
    code !== null && REFUSED.has(code) && (code === 'insufficient_quota' || !isUpstreamFault(plan.behaviour))
  );
}

/** @returns undefined when the charge is not as it must be */
function kindOfCharge(
  seen: Seen,
  entries: readonly JournalEntry[],
  row: UsageRow,
  graceMs: number,
): ChargeKind | undefined {
  const entry = entries.at(-1);
  // Tries before the last one must have served nothing.
  if (entries.slice(0, -1).some((earlier) => earlier.usage !== null)) return undefined;
  const final = row.fee + row.correction;
  const { diedAt } = seen.incarnation;
  const couldNotKnow =
    diedAt !== null && !((entry?.finishedAt ?? Number.POSITIVE_INFINITY) + graceMs < diedAt);
  const isEstimate = row.usageSource === 'estimated' && isPlausible(final, seen, entry);
  const died = couldNotKnow && row.status === 'abandoned' && isEstimate ? 'died' : undefined;
  if (entry === undefined || isRefused(seen)) return final === 0n ? 'nothing' : died;
  const usage = readUsageReport(entry.usage);
  if (usage === null) return kindOfUnreported(seen, row, final, isEstimate) ?? died;
  // Corrected later, its row keeps the flags of the estimate that came first.
  const isMarked = row.isQuarantined || row.correction !== 0n;
  if (usage.output > ABSURD_TOKENS) return final === row.holdAmount && isMarked ? 'quarantined' : died;
  if (final === feeOf(usage)) return row.correction === 0n ? 'exact' : 'corrected';
  return died;
}

function kindOfUnreported(
  seen: Seen,
  row: UsageRow,
  final: bigint,
  isEstimate: boolean,
): ChargeKind | undefined {
  const servedNothing = ['throttled', 'invalid'].includes(seen.plan.behaviour);
  if (servedNothing) return final === 0n ? 'nothing' : undefined;
  return isEstimate || (row.correction !== 0n && isPlausible(final, seen, undefined))
    ? 'unreported'
    : undefined;
}

interface UsageReport {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
}

function readUsageReport(value: unknown): UsageReport | null {
  if (value === null || typeof value !== 'object') return null;
  const count = (name: string) => Number((value as Record<string, unknown>)[name] ?? 0);
  return {
    input: count('inputTokens'),
    output: count('outputTokens'),
    cacheRead: count('cacheReadInputTokens'),
    cacheWrite: count('cacheWriteInputTokens'),
  };
}

/** The exact price, rounded once, half up. */
function feeOf({ input, output, cacheRead, cacheWrite }: UsageReport): bigint {
  const total =
    BigInt(input) * PRICE.input +
    BigInt(output) * PRICE.output +
    BigInt(cacheRead) * PRICE.cacheRead +
    BigInt(cacheWrite) * PRICE.cacheWrite;
  return (total + 500_000n) / 1_000_000n;
}

/** An estimate lies between the prompt alone and the prompt with all that had left the upstream. */
function isPlausible(fee: bigint, { plan }: Seen, entry: JournalEntry | undefined): boolean {
  const input = Math.ceil(Buffer.byteLength(plan.prompt) / 4) + 8;
  const output = Math.ceil(Buffer.byteLength(entry?.outputText ?? '') / 4);
  const none = { cacheRead: 0, cacheWrite: 0 };
  return fee >= feeOf({ input, output: 0, ...none }) && fee <= feeOf({ input, output, ...none });
}

/** What a key has spent beyond its money, and could not have; one line each. */
export function judgeFunds(
  funds: readonly Funds[],
  nameOf: (keyId: number) => KeyName,
  { quotaEdits, clients }: { quotaEdits: number; clients: number },
): string[] {
  return funds.flatMap(({ keyId, balance, quotaExcess, allowedExcess, largestHold }) => {
    const isEdited = nameOf(keyId) === 'edited';
    // A lowered quota leaves the requests under way to the balance.
    const lowered = isEdited ? BigInt(quotaEdits * clients) * largestHold : 0n;
    const isOverspent = balance < -(allowedExcess + lowered) || (quotaExcess > 0n && !isEdited);
    return isOverspent ? [`key ${nameOf(keyId)}: balance ${balance}, ${quotaExcess} beyond its quota`] : [];
  });
}

/** Recharges that were acknowledged and are not in the ledger once, or were not and are in it twice. */
export function judgeRecharges(
  recharges: readonly SeenRecharge[],
  entries: ReadonlyMap<string, number>,
): string[] {
  return recharges.flatMap(({ plan, isAcknowledged, tries }) => {
    const found = entries.get(plan.id) ?? 0;
    const isRight = isAcknowledged ? found === 1 : found <= 1;
    return isRight
      ? []
      : [`${plan.id}: ${found} entries after ${tries} tries, acknowledged ${isAcknowledged}`];
  });
}

function tell(seen: Seen, entries: readonly JournalEntry[], rows: readonly UsageRow[]): string {
  const { plan, incarnation, ending, status, code } = seen;
  const died = (at: number | null | undefined) =>
    incarnation.diedAt === null || at == null
      ? ''
      : `, ${incarnation.diedAt - at} ms before its process died`;
  const upstream = entries.map(
    (entry) =>
      `${entry.status} ${JSON.stringify(entry.usage)} ${entry.framesWritten} frames${died(entry.finishedAt)}`,
  );
  const charges = rows.map(
    (row) =>
      `${row.status}/${row.usageSource} fee ${row.fee} correction ${row.correction} hold ${row.holdAmount}`,
  );
  return (
    `${plan.id} (${plan.behaviour}, ${plan.isStreamed ? 'streamed' : 'whole'}, key ${plan.key}, gateway ${plan.replica}): ` +
    `client ${ending} ${status ?? ''} ${code ?? ''}; upstream [${upstream.join(' | ')}]; charged [${charges.join(' | ')}]`
  );
}
