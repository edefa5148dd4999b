// A bill that adds up: lines, their exact sum, the one rounding, corrections, parts and the hold. Pure.
import { type ExactMoney, exactAmount, type Money, toExact } from '../../../lib/money.ts';
import type { Bill, ChargedExchange, Correction } from './repository.ts';

export type TokenKind = 'input' | 'cache_read' | 'cache_write_5m' | 'cache_write_1h' | 'output';

export interface ReceiptLine {
  kind: TokenKind;
  tokens: number;
  pricePerMillion: Money;
  amount: ExactMoney;
}

export interface ReceiptCorrection extends Correction {
  /** What it changes of the fee: negative gives back. */
  amount: Money;
}

export interface Receipt {
  lines: ReceiptLine[];
  /** Pictures made, at a price each; null: none. */
  images: { count: number; pricePerImage: Money; amount: ExactMoney } | null;
  /** Charged instead of the lines because the upstream reported nonsense; null: it did not. */
  chargedAtHold: Money | null;
  /** The lines, and what was charged at the hold, summed before the rounding. */
  exactTotal: ExactMoney;
  /** The fee less the exact total: at most half of 10^-10 USD. */
  rounding: ExactMoney;
  corrections: ReceiptCorrection[];
  netFee: Money;
  /** What the quota and the balance paid, corrections included. */
  netParts: { quota: Money; balance: Money };
  hold: { amount: Money; released: Money; excess: Money };
  /** Against the same tokens as fresh input; negative: writing cost more than reading saved. */
  cacheSaving: ExactMoney;
}

export function receiptOf({ exchange, corrections: entries }: Bill): Receipt {
  const { fee, quotaPart, holdAmount } = exchange;
  const lines = linesOf(exchange);
  const chargedAtHold = exchange.isQuarantined ? fee : null;
  const images = imagesOf(exchange);
  const others = toExact(chargedAtHold ?? 0n) + (images?.amount ?? 0n);
  const exactTotal = lines.reduce((sum, line) => sum + line.amount, others);
  const corrections = entries.map((entry) => ({ ...entry, amount: entry.quotaChange - entry.balanceChange }));
  const given = (part: (entry: Correction) => Money) => entries.reduce((sum, entry) => sum + part(entry), 0n);
  const netParts = {
    quota: quotaPart + given((entry) => entry.quotaChange),
    balance: fee - quotaPart - given((entry) => entry.balanceChange),
  };
  return {
    lines,
    images,
    chargedAtHold,
    exactTotal,
    rounding: toExact(fee) - exactTotal,
    corrections,
    netFee: netParts.quota + netParts.balance,
    netParts,
    hold: {
      amount: holdAmount,
      released: fee < holdAmount ? holdAmount - fee : 0n,
      excess: fee > holdAmount ? fee - holdAmount : 0n,
    },
    cacheSaving: savingOf(exchange.priceInput, lines),
  };
}

function linesOf(exchange: ChargedExchange): ReceiptLine[] {
  const priced: [TokenKind, number, Money][] = [
    ['input', exchange.inputTokens, exchange.priceInput],
    ['cache_read', exchange.cacheReadTokens, exchange.priceCacheRead],
    ['cache_write_5m', exchange.cacheWrite5mTokens, exchange.priceCacheWrite5m],
    ['cache_write_1h', exchange.cacheWrite1hTokens, exchange.priceCacheWrite1h],
    ['output', exchange.outputTokens, exchange.priceOutput],
  ];
  return priced.map(([kind, tokens, pricePerMillion]) => ({
    kind,
    tokens,
    pricePerMillion,
    amount: exactAmount({ tokens, pricePerMillion }),
  }));
}

function imagesOf({ images: count, priceImage: pricePerImage }: ChargedExchange): Receipt['images'] {
  if (count === 0) return null;
  return { count, pricePerImage, amount: toExact(BigInt(count) * pricePerImage) };
}

function savingOf(freshPrice: Money, lines: readonly ReceiptLine[]): ExactMoney {
  let saving = 0n;
  for (const { kind, tokens, amount } of lines)
    if (kind.startsWith('cache')) saving += exactAmount({ tokens, pricePerMillion: freshPrice }) - amount;
  return saving;
}
