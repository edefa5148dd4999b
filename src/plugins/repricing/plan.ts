// What a re-pricing would do: each exchange's charge against the price book as it stands now, for the moment the
// exchange started. Pure.
import { createHash } from 'node:crypto';
import type { Money } from '../../lib/money.ts';
import type { Price } from '../billing/index.ts';
import type { Model } from '../models/index.ts';

/** Which exchanges: all of one place in the price book that started in a time. */
export interface RepriceRange {
  baseId: string;
  scope: string;
  tier: string;
  from: Date;
  /** Exclusive. */
  to: Date;
}

/** A settled exchange, as the view of the same name has it. */
export interface SettledExchange {
  id: number;
  exchangeId: string;
  keyId: number;
  keyName: string;
  groupId: number | null;
  model: string;
  kind: Model['kind'];
  usageSource: string;
  isQuarantined: boolean;
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWrite5mTokens: number;
  cacheWrite1hTokens: number;
  images: number;
  fee: Money;
  correction: Money;
  startedAt: Date;
}

export interface RepriceLine {
  exchangeId: string;
  keyId: number;
  groupId: number | null;
  /** Charged and corrected so far. */
  feeBefore: Money;
  /** What is charged more (positive) or given back (negative). */
  difference: Money;
}

export interface KeySum {
  keyId: number;
  name: string;
  exchanges: number;
  difference: Money;
}

export interface Example extends Pick<SettledExchange, 'id' | 'keyId' | 'model' | 'startedAt'> {
  feeBefore: Money;
  feeNow: Money;
}

export interface RepricePlan {
  /** Digest of the range and of every line: the same token is the same plan. */
  token: string;
  lines: RepriceLine[];
  /** All exchanges of the range. */
  exchanges: number;
  /** Among all: charged by our own estimate; included. */
  estimated: number;
  /** Among the lines: corrected before; the difference is to what they cost in the end. */
  corrected: number;
  /** Among all: charged at the hold because upstream reported nonsense; left alone. */
  quarantined: number;
  /** Among all: started when the book had no price; left alone. */
  unpriced: number;
  /** Sums over the lines: of all, of those that rise, of those that fall. */
  total: Money;
  more: Money;
  less: Money;
  /** Sums per key, the largest first. */
  keys: KeySum[];
  examples: Example[];
}

export interface PlanDeps {
  /** The price in force at a moment, by the book of now. */
  priceAt(moment: Date): Price | undefined;
  feeOf(exchange: SettledExchange, price: Price): Money;
  /** Of all runs so far: a plan made before a run is another one after it, even if its lines look the same. */
  lastRunId: number;
}

const EXAMPLES = 10;

export function createPlan(range: RepriceRange, { priceAt, feeOf, lastRunId }: PlanDeps) {
  const digest = createHash('sha256').update(JSON.stringify([range, lastRunId]));
  const keys = new Map<number, KeySum>();
  const plan: Omit<RepricePlan, 'token' | 'keys'> = {
    lines: [],
    exchanges: 0,
    estimated: 0,
    corrected: 0,
    quarantined: 0,
    unpriced: 0,
    total: 0n,
    more: 0n,
    less: 0n,
    examples: [],
  };

  function addLine(exchange: SettledExchange, feeNow: Money): void {
    const { exchangeId, keyId, groupId } = exchange;
    const feeBefore = exchange.fee + exchange.correction;
    const difference = feeNow - feeBefore;
    if (difference === 0n) return;
    digest.update(`\n${exchangeId} ${feeBefore} ${difference}`);
    plan.lines.push({ exchangeId, keyId, groupId, feeBefore, difference });
    if (exchange.correction !== 0n) plan.corrected += 1;
    plan.total += difference;
    if (difference > 0n) plan.more += difference;
    else plan.less += difference;
    const sum = keys.get(keyId) ?? { keyId, name: exchange.keyName, exchanges: 0, difference: 0n };
    sum.exchanges += 1;
    sum.difference += difference;
    keys.set(keyId, sum);
    if (plan.examples.length < EXAMPLES) {
      const { id, model, startedAt } = exchange;
      plan.examples.push({ id, keyId, model, startedAt, feeBefore, feeNow });
    }
  }

  return {
    /** In an order that does not change, such as that of their ids. */
    add(exchange: SettledExchange): void {
      plan.exchanges += 1;
      if (exchange.isQuarantined) {
        plan.quarantined += 1;
        return;
      }
      if (exchange.usageSource === 'estimated') plan.estimated += 1;
      const price = priceAt(exchange.startedAt);
      if (price === undefined) plan.unpriced += 1;
      else addLine(exchange, feeOf(exchange, price));
    },
    finish(): RepricePlan {
      const bySize = [...keys.values()].sort((a, b) => compare(sizeOf(b), sizeOf(a)) || a.keyId - b.keyId);
      return { ...plan, token: digest.digest('base64url'), keys: bySize };
    },
  };
}

function sizeOf({ difference }: KeySum): Money {
  return difference < 0n ? -difference : difference;
}

function compare(a: Money, b: Money): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
