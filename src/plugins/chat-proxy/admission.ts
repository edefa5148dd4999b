// The one decision that lets a request reach an upstream: model, then the key's rules, then price, then limits, then
// money. Every inference route passes here; nothing else makes an Admission.

import type { FastifyInstance } from 'fastify';
import type { Admission } from '../../canonical/admission.ts';
import { Refusal } from '../../canonical/refusal.ts';
import type { DroppedFeature } from '../../canonical/request.ts';
import { timeOrderedId } from '../../lib/id.ts';
import type { KeyPrincipal } from '../auth/index.ts';
import type { Hold, HoldDecision, HoldLimit, HoldRequest } from '../billing/index.ts';
import type { LimitTicket } from '../limits/index.ts';
import type { Model } from '../models/index.ts';
import { type Job, leastJob, type Plan } from './job.ts';
import { mayUse } from './key-rules.ts';
import { type Offer, type OfferDeps, offersOf } from './offers.ts';
import { overLimit } from './over-limit.ts';
import { STANDARD_TIER, tierRefused } from './request-settings.ts';

export interface AdmissionDeps {
  models: Pick<FastifyInstance['models'], 'find' | 'priceOf'>;
  limits: Pick<FastifyInstance['limits'], 'isLimited' | 'admit'>;
  billing: Pick<FastifyInstance['billing'], 'admit' | 'dearestOf' | 'release'>;
  onReleaseLost(error: unknown): void;
  region: string;
  now(): Date;
  /** From 0 to below 1: which of several targets is asked first. */
  random(): number;
}

export interface Applicant {
  key: KeyPrincipal;
  requestId: string;
}

export interface Admitted<Prepared = unknown> {
  admission: Admission;
  /** One for each of the admission's targets, in their order. */
  offers: readonly [Offer, ...Offer[]];
  hold: Hold;
  model: Model;
  prepared: Prepared;
  /** What was asked for and is not the key's to choose. */
  ignored: readonly DroppedFeature[];
  /** Undefined: nothing limits its key or group. */
  ticket: LimitTicket | undefined;
}

export function createAdmission(deps: AdmissionDeps) {
  /**
   * @throws Refusal: unknown or forbidden model, what the model cannot do, no price, over a limit, no money. Nothing is
   *   stored and nothing is sent then.
   */
  async function admit<Prepared>(
    job: Job<Prepared>,
    { key, requestId }: Applicant,
  ): Promise<Admitted<Prepared>> {
    const model = modelFor(job, key);
    const plan = job.plan(model);
    const { prepared, input, maxOutputTokens, serviceTier, ignored = [] } = plan;
    const offers = offersFor(model, plan);
    const ticket = deps.limits.isLimited(key) ? await withinLimits(key, input.likely) : undefined;
    const exchangeId = timeOrderedId();
    const request = {
      exchangeId,
      requestId,
      keyId: key.id,
      groupId: key.groupId,
      model: job.model,
      baseId: model.baseId,
      serviceTier,
      kind: model.kind,
      isStreamed: job.isStreamed,
      contextTokens: plan.contextTokens ?? model.contextTokens,
      inputTokensBound: input.bound,
      inputTokensEstimate: input.likely,
      maxOutputTokens,
      images: plan.images ?? 0,
      isFree: plan.isFree ?? false,
    };
    const by = (offer: Offer): HoldRequest => ({ ...request, ...termsOf(offer) });
    const [first, ...others] = offers;
    const hold = await placeHold(ticket, deps.billing.dearestOf([by(first), ...others.map(by)]));
    const targets = offers.map((offer) => offer.target);
    // The only cast to the branded proof, here where the hold has just been placed.
    const admission = { exchangeId, keyId: key.id, targets } as unknown as Admission;
    return { admission, offers, hold, model, prepared, ignored, ticket };
  }

  /**
   * Does for a client what must be done before its request can be judged: not for a model it may not use, not beyond its
   * limits, not without any money. The request itself is admitted afterwards; if there is none, this one has counted.
   *
   * @throws Refusal as `admit` does
   */
  async function ahead<T>(
    job: Pick<Job<unknown>, 'model' | 'kind'>,
    applicant: Applicant,
    work: () => Promise<T>,
  ): Promise<T> {
    const { hold, ticket } = await admit(leastJob(job), applicant);
    try {
      const result = await work();
      ticket?.cancel();
      return result;
    } finally {
      ticket?.end({ tokens: 0 });
      deps.billing.release(hold).catch(deps.onReleaseLost);
    }
  }

  /** @throws Refusal: no such model, none that this key may use, or not one of this kind */
  function modelFor(job: Pick<Job<unknown>, 'model' | 'kind'>, key: KeyPrincipal): Model {
    const model = deps.models.find(job.model);
    if (model === undefined) throw unknownModel(job.model);
    if (!mayUse(key, model)) throw forbiddenModel(job.model);
    if (model.kind !== job.kind) throw wrongKind(job.model, model.kind);
    return model;
  }

  async function withinLimits(key: KeyPrincipal, tokens: number): Promise<LimitTicket> {
    const decision = await deps.limits.admit(key, { tokens });
    if (decision.kind === 'refused') throw overLimit(decision.refusal);
    return decision.ticket;
  }

  /** A request that the money refuses does not count against the limits. */
  async function placeHold(ticket: LimitTicket | undefined, request: HoldRequest): Promise<Hold> {
    try {
      const decision = await deps.billing.admit(request);
      if (decision.kind === 'held') return decision.hold;
      throw exhausted(decision, request.maxOutputTokens);
    } catch (error) {
      ticket?.cancel();
      throw error;
    }
  }

  function offersFor(
    model: Model,
    { serviceTier: tier, tierChosenBy: chooser = null }: Pick<Plan<unknown>, 'serviceTier' | 'tierChosenBy'>,
  ): [Offer, ...Offer[]] {
    const at = deps.now();
    const { region, random } = deps;
    const standardPriceOf: OfferDeps['priceOf'] = (place) => deps.models.priceOf(place, at);
    const priceOf: OfferDeps['priceOf'] =
      tier === STANDARD_TIER ? standardPriceOf : (place) => deps.models.priceOf(place, at, tier);
    const offers = offersOf(model, { priceOf, standardPriceOf, region, random });
    if (offers !== undefined) return offers;
    const isPriced =
      offersOf(model, { priceOf: standardPriceOf, standardPriceOf, region, random }) !== undefined;
    throw isPriced ? tierRefused({ tier, chooser, name: model.name }) : unpriced(model);
  }

  return { admit, ahead };
}

/** What depends on who answers; the hold has those of the dearest. */
export function termsOf({ target, priceScope, price }: Offer) {
  return { target: target.modelId, region: target.region, priceScope, price };
}

export type AdmissionService = ReturnType<typeof createAdmission>;

function unknownModel(name: string): Refusal {
  const message = `The model \`${name}\` does not exist or you do not have access to it.`;
  return new Refusal('model_not_found', message, { param: 'model' });
}

function forbiddenModel(name: string): Refusal {
  const message = `This key may not use the model \`${name}\`. GET /v1/models lists those it may.`;
  return new Refusal('model_not_allowed', message, { param: 'model' });
}

function wrongKind(name: string, kind: Model['kind']): Refusal {
  const message = `The model \`${name}\` is ${KIND_TEXT[kind]}: it cannot be used here.`;
  return new Refusal('unsupported_value', message, { param: 'model' });
}

const KIND_TEXT: Record<Model['kind'], string> = {
  chat: 'a chat model',
  embedding: 'an embedding model',
  image: 'an image model',
};

function unpriced({ name }: Model): Refusal {
  const message = `The model \`${name}\` has no price yet. An administrator must set one before it can be used.`;
  return new Refusal('model_not_allowed', message, { param: 'model' });
}

/** What the request ran into, for its sender. */
const LIMIT_TEXT: Record<HoldLimit, string> = {
  funds: "what is left of this key's monthly quota and balance",
  key_day: "what is left of this key's budget for today",
  key_month: "what is left of this key's budget for this month",
  key_total: "what is left of this key's total budget",
  group_day: "what is left of the group's budget for today",
  group_month: "what is left of the group's budget for this month",
  group_total: "what is left of the group's total budget",
};

function exhausted(decision: Extract<HoldDecision, { kind: 'refused' }>, wanted: number): Refusal {
  const hint =
    decision.affordableOutputTokens > 0
      ? ` This request reserves up to ${wanted} output tokens; what is left would cover ${decision.affordableOutputTokens}: lower max_tokens.`
      : '';
  const message = `You exceeded your current quota: ${LIMIT_TEXT[decision.limit]} does not cover the request.${hint}`;
  return new Refusal('insufficient_quota', message);
}
