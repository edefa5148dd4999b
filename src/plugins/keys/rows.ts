// Keys as the wire shows them. Pure.
import { formatMoney, type Money } from '../../lib/money.ts';
import type { Facts } from '../audit-log/index.ts';
import type { KeyOverview } from './repository.ts';
import type { KeyRow, KeySummary, KeyWithSecret } from './schemas.ts';
import { defaultsOnTheWire } from './settings.ts';

export function toRow(key: KeyOverview): KeyRow {
  return {
    id: key.id,
    name: key.name,
    email: key.email,
    group_id: key.groupId ?? 0,
    role: key.role,
    month_quota: formatMoney(key.monthQuota),
    balance: formatMoney(key.balance),
    month_fee: formatMoney(key.monthFee),
    total_fee: formatMoney(key.totalFee),
    status: key.status,
    key_prefix: key.prefix,
    key_last4: key.last4,
    created_at: key.createdAt.toISOString(),
    updated_at: key.updatedAt.toISOString(),
    ...settingsOf(key),
  };
}

function settingsOf(key: KeyOverview) {
  return {
    expires_at: key.expiresAt?.toISOString() ?? null,
    previous_expires_at: key.previousExpiresAt?.toISOString() ?? null,
    allowed_cidrs: key.allowedCidrs,
    allowed_models: key.allowedModels,
    logging: key.logging,
    defaults: defaultsOnTheWire(key.defaults),
    may_choose: key.mayChoose,
    requests_per_minute: key.requestsPerMinute,
    tokens_per_minute: key.tokensPerMinute,
    parallel_requests: key.parallelRequests,
  };
}

/** What an administrator decides about a key, as the audit log keeps it: no money, which moves by itself. */
export function toFacts(key: KeyOverview): Facts {
  const { name, email, group_id, role, status, month_quota, key_prefix, key_last4 } = toRow(key);
  const named = { name, email, group_id, role, status, month_quota, key_prefix, key_last4 };
  return { ...named, ...settingsOf(key) };
}

/** A payment as the audit log keeps it. */
export function rechargeFacts(
  paid: { amount: Money; balanceAfter: Money; reason: string },
  expiresAt: Date | null,
) {
  const { amount, balanceAfter, reason } = paid;
  return {
    before: { balance: formatMoney(balanceAfter - amount) },
    after: {
      balance: formatMoney(balanceAfter),
      amount: formatMoney(amount),
      reason,
      ...(expiresAt && { expiresAt }),
    },
  };
}

export function toSummary(key: KeyOverview): KeySummary {
  return {
    id: key.id,
    name: key.name,
    email: key.email,
    role: key.role,
    month_quota: formatMoney(key.monthQuota),
    balance: formatMoney(key.balance),
  };
}

export function toRowWithSecret(key: KeyOverview, secret: string): KeyWithSecret {
  const { id, name, email, ...rest } = toSummary(key);
  return { id, name, email, api_key: secret, ...rest };
}
