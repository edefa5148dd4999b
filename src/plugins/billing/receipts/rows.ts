// A receipt as the wire shows it. Pure.
import { withoutAccount } from '../../../canonical/admission.ts';
import { formatExact, formatMoney } from '../../../lib/money.ts';
import { type ReceiptCorrection as Corrected, receiptOf } from './receipt.ts';
import type { Bill, ChargedExchange } from './repository.ts';
import type { Receipt, ReceiptAttempt, ReceiptCorrection } from './schemas.ts';

/** What its key may read of it: no account's id. */
export function toOwnReceipt(bill: Bill): Receipt {
  const receipt = toReceipt(bill);
  const attempts = receipt.attempts.map((each) => ({ ...each, target: withoutAccount(each.target) }));
  return { ...receipt, target: withoutAccount(receipt.target), attempts };
}

export function toReceipt(bill: Bill): Receipt {
  const { exchange } = bill;
  const receipt = receiptOf(bill);
  return {
    ...factsOf(exchange),
    lines: receipt.lines.map(({ kind, tokens, pricePerMillion, amount }) => ({
      kind,
      tokens,
      price_per_million: formatMoney(pricePerMillion),
      amount: formatExact(amount),
    })),
    images: receipt.images && {
      count: receipt.images.count,
      price_per_image: formatMoney(receipt.images.pricePerImage),
      amount: formatExact(receipt.images.amount),
    },
    charged_at_hold: receipt.chargedAtHold === null ? null : formatMoney(receipt.chargedAtHold),
    lines_total: formatExact(receipt.exactTotal),
    rounding: formatExact(receipt.rounding),
    fee: formatMoney(exchange.fee),
    quota_part: formatMoney(exchange.quotaPart),
    balance_part: formatMoney(exchange.fee - exchange.quotaPart),
    corrections: receipt.corrections.map(toCorrection),
    correction: formatMoney(receipt.netFee - exchange.fee),
    net_fee: formatMoney(receipt.netFee),
    net_quota_part: formatMoney(receipt.netParts.quota),
    net_balance_part: formatMoney(receipt.netParts.balance),
    hold: {
      amount: formatMoney(receipt.hold.amount),
      released: formatMoney(receipt.hold.released),
      excess: formatMoney(receipt.hold.excess),
    },
    cache_saving: formatExact(receipt.cacheSaving),
  };
}

function factsOf(exchange: ChargedExchange) {
  return {
    id: exchange.id,
    key_id: exchange.keyId,
    group_id: exchange.groupId,
    exchange_id: exchange.exchangeId,
    request_id: exchange.requestId,
    status: exchange.status,
    usage_source: exchange.usageSource,
    is_quarantined: exchange.isQuarantined,
    model: exchange.model,
    target: exchange.target,
    region: exchange.region,
    price: {
      base_id: exchange.baseId,
      scope: exchange.priceScope,
      service_tier: exchange.serviceTier,
    },
    currency: 'USD' as const,
    attempts: exchange.attempts.map(
      (attempt): ReceiptAttempt => ({
        target: attempt.target,
        region: attempt.region,
        outcome: attempt.outcome,
        upstream_request_id: attempt.upstreamRequestId,
        latency_ms: attempt.latencyMs,
      }),
    ),
    is_streamed: exchange.isStreamed,
    first_byte_ms: exchange.firstByteMs,
    latency_ms: exchange.latencyMs,
    started_at: exchange.startedAt.toISOString(),
    ended_at: exchange.endedAt.toISOString(),
  };
}

function toCorrection(entry: Corrected): ReceiptCorrection {
  return {
    ledger_id: entry.id,
    kind: entry.kind === 'refund' ? 'refund' : 'adjustment',
    amount: formatMoney(entry.amount),
    quota_part: formatMoney(entry.quotaChange),
    balance_part: formatMoney(-entry.balanceChange),
    reason: entry.reason,
    actor: entry.actor,
    request_id: entry.requestId,
    created_at: entry.createdAt.toISOString(),
  };
}
