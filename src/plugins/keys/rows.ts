// Keys as the wire shows them. Pure.
import { formatMoney } from '../../lib/money.ts';
import type { KeyOverview } from './repository.ts';
import type { KeyRow, KeySummary, KeyWithSecret } from './schemas.ts';

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
