// The one decision that lets a request reach an upstream: model, then the key's rules, then price, then limits, then
// money. Every inference route passes here; nothing else makes an Admission.

import type { FastifyInstance } from 'fastify';
import type { Admission } from '../../canonical/admission.ts';
import { Refusal } from '../../canonical/refusal.ts';
import type { ChatRequest } from '../../canonical/request.ts';
import { timeOrderedId } from '../../lib/id.ts';
import type { KeyPrincipal } from '../auth/index.ts';
import type { Hold, HoldDecision, HoldLimit, HoldRequest, Price } from '../billing/index.ts';
import type { LimitTicket } from '../limits/index.ts';
import type { Model } from '../models/index.ts';
import { type Estimator, estimateInput } from './estimate.ts';
import { mayUse, withDefaults } from './key-rules.ts';
import { overLimit } from './over-limit.ts';

export interface AdmissionDeps {
  models: Pick<FastifyInstance['models'], 'find' | 'priceOf'>;
  limits: Pick<FastifyInstance['limits'], 'isLimited' | 'admit'>;
  billing: Pick<FastifyInstance['billing'], 'admit'>;
  region: string;
  estimator: Estimator;
  /** Output limit of a request that names none, tokens. */
  defaultMaxOutputTokens: number;
  now(): Date;
}

/** Requests cannot ask for another tier yet. */
const SERVICE_TIER = 'standard';

export interface Applicant {
  key: KeyPrincipal;
  requestId: string;
}

export interface Admitted {
  admission: Admission;
  hold: Hold;
  model: Model;
  /** What is asked for, with the key's defaults. */
  request: ChatRequest;
  /** Undefined: nothing limits its key or group. */
  ticket: LimitTicket | undefined;
}

export function createAdmission(deps: AdmissionDeps) {
  /** @throws Refusal: unknown or forbidden model, no price, over a limit, no money. Nothing is stored and nothing is sent then. */
  async function admit(asked: ChatRequest, { key, requestId }: Applicant): Promise<Admitted> {
    const model = deps.models.find(asked.model);
    if (model === undefined) throw unknownModel(asked.model);
    if (!mayUse(key, model)) throw forbiddenModel(asked.model);
    const request = withDefaults(asked, key.defaults, model);
    const price = priceOf(model);
    const maxOutputTokens = effectiveMaxOutput(request, model);
    const input = estimateInput(request, deps.estimator);
    const ticket = deps.limits.isLimited(key) ? await withinLimits(key, input.likely) : undefined;
    const exchangeId = timeOrderedId();
    const region = model.region ?? deps.region;
    const hold = await placeHold(ticket, {
      exchangeId,
      requestId,
      keyId: key.id,
      groupId: key.groupId,
      model: request.model,
      target: model.target,
      region,
      baseId: model.baseId,
      priceScope: model.priceScope,
      serviceTier: SERVICE_TIER,
      isStreamed: request.stream,
      contextTokens: model.contextTokens,
      price,
      inputTokensBound: input.bound,
      inputTokensEstimate: input.likely,
      maxOutputTokens,
    });
    const target = {
      modelId: model.target,
      region,
      inputIncludesCached: model.capabilities.inputIncludesCached ?? false,
    };
    // The only cast to the branded proof, here where the hold has just been placed.
    const admission = { exchangeId, keyId: key.id, target, maxOutputTokens } as Admission;
    return { admission, hold, model, request, ticket };
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

  function priceOf(model: Model): Price {
    const price = deps.models.priceOf(model, deps.now());
    if (price !== undefined) return price;
    const message = `The model \`${model.name}\` has no price yet. An administrator must set one before it can be used.`;
    throw new Refusal('model_not_allowed', message, { param: 'model' });
  }

  function effectiveMaxOutput(request: ChatRequest, model: Model): number {
    const wanted = request.maxOutputTokens ?? deps.defaultMaxOutputTokens;
    const least = model.capabilities.minMaxTokens ?? 1;
    return Math.max(least, Math.min(wanted, model.maxOutputTokens));
  }

  return { admit };
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
