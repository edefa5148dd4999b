// Holds and settlements as the room's own words, and as rows. Pure.
import { likelyTokens, type Usage } from '../../canonical/usage.ts';
import type { Attempt } from '../../db/schema/billing.ts';
import type { Money } from '../../lib/money.ts';
import type { ThreadStatus } from '../threads/index.ts';
import { type Charge, type ChargeBasis, chargeFor } from './charge.ts';
import { decodePrice, encodePrice } from './hold-facts.ts';
import type { HoldRow } from './holds/repository.ts';
import type { OrphanHold } from './leases/repository.ts';
import { type Price, worstCase } from './price.ts';
import type { SettlementRow } from './settlements/repository.ts';

export interface HoldRequest {
  exchangeId: string;
  requestId: string;
  keyId: number;
  /** The group whose budgets count; null: none. */
  groupId: number | null;
  /** The name the client asked for. */
  model: string;
  /** What is called upstream, and where. */
  target: string;
  region: string;
  /** Where in the price book the price stands. */
  baseId: string;
  priceScope: string;
  serviceTier: string;
  isStreamed: boolean;
  contextTokens: number;
  price: Price;
  /** Tokens the input can have at the most, by the configured estimator. */
  inputTokensBound: number;
  /** Tokens the input probably has: what is charged when nobody reports. */
  inputTokensEstimate: number;
  maxOutputTokens: number;
}

/** A durable reservation; its price is frozen. */
export interface Hold extends HoldRequest {
  amount: Money;
  startedAt: Date;
}

export interface Settlement {
  hold: Hold;
  status: ThreadStatus;
  /** By `chargeOf`, once: what the client is told is what is written. */
  charge: Charge;
  /** Tries at the upstream, in order; empty when it is not known. */
  attempts: readonly Attempt[];
  firstByteMs: number | null;
  latencyMs: number | null;
}

/** At least one unit for anything that has a price: a key without money is refused whatever it asks. */
export function holdAmount(request: HoldRequest): Money {
  const isFree = request.price.every((band) => band.input === 0n && band.output === 0n);
  const amount = worstCase(request.price, request.inputTokensBound, request.maxOutputTokens);
  return isFree || amount > 0n ? amount : 1n;
}

/** The first of those whose hold is the largest. */
export function dearestOf([first, ...others]: readonly [HoldRequest, ...HoldRequest[]]): HoldRequest {
  if (others.length === 0) return first;
  const amounts = new Map([first, ...others].map((request) => [request, holdAmount(request)]));
  const amountOf = (request: HoldRequest) => amounts.get(request) ?? 0n;
  return others.reduce((most, each) => (amountOf(each) > amountOf(most) ? each : most), first);
}

export function toHoldRow(hold: Hold): HoldRow {
  return {
    exchangeId: hold.exchangeId,
    keyId: hold.keyId,
    groupId: hold.groupId,
    amount: hold.amount,
    facts: {
      requestId: hold.requestId,
      model: hold.model,
      target: hold.target,
      region: hold.region,
      baseId: hold.baseId,
      priceScope: hold.priceScope,
      serviceTier: hold.serviceTier,
      isStreamed: hold.isStreamed,
      startedAt: hold.startedAt.toISOString(),
      contextTokens: hold.contextTokens,
      inputTokensEstimate: hold.inputTokensEstimate,
      price: encodePrice(hold.price),
    },
  };
}

export type PricedHold = Pick<Hold, 'price' | 'amount' | 'contextTokens'>;

/** What an exchange that ends so will cost. */
export function chargeOf({ hold, basis }: { hold: PricedHold; basis: ChargeBasis }): Charge {
  const { price, amount: holdAmount, contextTokens } = hold;
  return chargeFor(basis, { price, holdAmount, contextTokens });
}

export function toSettlementRow(settlement: Settlement): SettlementRow {
  const { hold, status, charge, attempts, firstByteMs, latencyMs } = settlement;
  return {
    exchangeId: hold.exchangeId,
    keyId: hold.keyId,
    groupId: hold.groupId,
    settled: {
      requestId: hold.requestId,
      model: hold.model,
      target: hold.target,
      region: hold.region,
      baseId: hold.baseId,
      priceScope: hold.priceScope,
      serviceTier: hold.serviceTier,
      contextTokens: hold.contextTokens,
      isStreamed: hold.isStreamed,
      status,
      charge,
      attempts,
      firstByteMs,
      latencyMs,
      startedAt: hold.startedAt,
    },
  };
}

/** A hold whose process died: charged for its input and for what had arrived at its last progress checkpoint. */
export function abandoned({
  exchangeId,
  keyId,
  groupId,
  amount,
  facts,
  answerBytes,
}: OrphanHold): SettlementRow {
  const usage: Usage = {
    inputTokens: facts.inputTokensEstimate,
    outputTokens: likelyTokens(answerBytes),
    cacheReadTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
  };
  const { startedAt, price, ...rest } = facts;
  const hold: Hold = {
    ...rest,
    exchangeId,
    keyId,
    groupId,
    amount,
    inputTokensBound: facts.inputTokensEstimate,
    maxOutputTokens: 0,
    price: decodePrice(price),
    startedAt: new Date(startedAt),
  };
  return toSettlementRow({
    hold,
    status: 'abandoned',
    charge: chargeOf({ hold, basis: { kind: 'estimated', usage } }),
    attempts: [],
    firstByteMs: null,
    latencyMs: null,
  });
}
