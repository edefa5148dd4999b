// Holds and settlements as the room's own words, and as rows. Pure.
import { likelyTokens, NO_USAGE, type Usage } from '../../canonical/usage.ts';
import type { Attempt } from '../../db/schema/billing.ts';
import type { ModelKind } from '../../db/schema/models.ts';
import type { Money } from '../../lib/money.ts';
import type { ThreadStatus } from '../threads/index.ts';
import { type Charge, type ChargeBasis, chargeFor } from './charge.ts';
import { decodePrice, encodePrice } from './hold-facts.ts';
import type { HoldRow } from './holds/repository.ts';
import type { OrphanHold } from './leases/repository.ts';
import { bandFor, type Demand, type Price, worstCase } from './price.ts';
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
  /** Which of a price's parts it is charged by. */
  kind: ModelKind;
  isStreamed: boolean;
  /** The most input that one request can have; of several texts embedded at once, all of them together. */
  contextTokens: number;
  price: Price;
  /** Tokens the input can have at the most, by the configured estimator. */
  inputTokensBound: number;
  /** Tokens the input probably has: what is charged when nobody reports. */
  inputTokensEstimate: number;
  maxOutputTokens: number;
  /** Pictures it may make. */
  images: number;
  /** Nothing is ever charged for it; default: it is charged. */
  isFree?: boolean;
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
  const isFree = request.price.every((band) => {
    const { input, output, image } = bandFor([band], 0, request.kind);
    return input === 0n && output === 0n && image === 0n;
  });
  const amount = worstCase(request.price, demandOf(request));
  return isFree || amount > 0n ? amount : 1n;
}

/** The first of those whose hold is the largest. */
export function dearestOf([first, ...others]: readonly [HoldRequest, ...HoldRequest[]]): HoldRequest {
  if (others.length === 0) return first;
  const amounts = new Map([first, ...others].map((request) => [request, holdAmount(request)]));
  const amountOf = (request: HoldRequest) => amounts.get(request) ?? 0n;
  return others.reduce((most, each) => (amountOf(each) > amountOf(most) ? each : most), first);
}

/** The most it may use. */
export function demandOf({
  kind,
  inputTokensBound: inputTokens,
  maxOutputTokens: outputTokens,
  images,
}: HoldRequest): Demand {
  return { kind, inputTokens, outputTokens, images };
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
      kind: hold.kind,
      images: hold.images,
      isStreamed: hold.isStreamed,
      ...(hold.isFree && { isFree: true }),
      startedAt: hold.startedAt.toISOString(),
      contextTokens: hold.contextTokens,
      inputTokensEstimate: hold.inputTokensEstimate,
      price: encodePrice(hold.price),
    },
  };
}

export type PricedHold = Pick<Hold, 'price' | 'kind' | 'amount' | 'contextTokens' | 'images'>;

/** What an exchange that ends so will cost. */
export function chargeOf({ hold, basis }: { hold: PricedHold; basis: ChargeBasis }): Charge {
  const { price, kind, amount: holdAmount, contextTokens, images } = hold;
  return chargeFor(basis, { price, kind, holdAmount, contextTokens, images });
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
      kind: hold.kind,
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

/**
 * A hold whose process died, if it was for anything that costs: charged for its input, for what had arrived at its last progress checkpoint, and for all
 * the pictures it had asked for, because they come at once.
 */
export function abandoned({
  exchangeId,
  keyId,
  groupId,
  amount,
  facts,
  answerBytes,
}: OrphanHold): SettlementRow {
  if (facts.isFree) return { exchangeId, keyId, groupId, settled: null };
  // Holds of a version that knew only chats say neither.
  const { startedAt, price, kind = 'chat', images = 0, ...rest } = facts;
  const usage: Usage = {
    ...NO_USAGE,
    inputTokens: facts.inputTokensEstimate,
    outputTokens: likelyTokens(answerBytes),
    images,
  };
  const hold: Hold = {
    ...rest,
    kind,
    images,
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
