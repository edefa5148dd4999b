// Plans and runs as the wire shows them. Pure.
import { formatMoney } from '../../lib/money.ts';
import type { RepricePlan } from './plan.ts';
import type { Run } from './repository.ts';
import type { RepricePreview, RepriceRun } from './schemas.ts';

const MAX_KEYS = 100;

export function toPreview(plan: RepricePlan): RepricePreview {
  return {
    token: plan.token,
    exchanges: plan.exchanges,
    changed: plan.lines.length,
    corrected: plan.corrected,
    estimated: plan.estimated,
    quarantined: plan.quarantined,
    unpriced: plan.unpriced,
    total: formatMoney(plan.total),
    more: formatMoney(plan.more),
    less: formatMoney(plan.less),
    key_count: plan.keys.length,
    keys: plan.keys.slice(0, MAX_KEYS).map(({ keyId, name, exchanges, difference }) => ({
      key_id: keyId,
      name,
      exchanges,
      difference: formatMoney(difference),
    })),
    examples: plan.examples.map(({ id, keyId, model, startedAt, feeBefore, feeNow }) => ({
      thread_id: id,
      key_id: keyId,
      model,
      created_at: startedAt.toISOString(),
      fee: formatMoney(feeBefore),
      new_fee: formatMoney(feeNow),
      difference: formatMoney(feeNow - feeBefore),
    })),
  };
}

export function toRunRow(run: Run): RepriceRun {
  return {
    id: run.id,
    base_id: run.baseId,
    scope: run.scope,
    tier: run.tier,
    from: run.startedFrom.toISOString(),
    to: run.startedTo.toISOString(),
    reason: run.reason,
    actor: run.actor,
    status: run.finishedAt === null ? 'running' : 'done',
    changed: run.lineCount,
    posted: run.posted,
    skipped: run.skipped,
    total: formatMoney(run.total),
    created_at: run.createdAt.toISOString(),
    finished_at: run.finishedAt?.toISOString() ?? null,
  };
}
