// The one decision that lets a request reach an upstream: model, then price, then money. Every inference route
// passes here; nothing else makes an Admission.

import type { FastifyInstance } from 'fastify';
import type { Admission } from '../../canonical/admission.ts';
import { Refusal } from '../../canonical/refusal.ts';
import type { ChatRequest } from '../../canonical/request.ts';
import { timeOrderedId } from '../../lib/id.ts';
import type { Hold, HoldDecision, HoldLimit, Price } from '../billing/index.ts';
import type { Model } from '../models/index.ts';
import { type Estimator, estimateInput } from './estimate.ts';

export interface AdmissionDeps {
  models: Pick<FastifyInstance['models'], 'find' | 'priceOf'>;
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
  keyId: number;
  groupId: number | null;
  requestId: string;
}

export interface Admitted {
  admission: Admission;
  hold: Hold;
  model: Model;
}

export function createAdmission(deps: AdmissionDeps) {
  /** @throws Refusal: unknown model, no price, no money. Nothing is stored and nothing is sent then. */
  async function admit(request: ChatRequest, applicant: Applicant): Promise<Admitted> {
    const model = deps.models.find(request.model);
    if (model === undefined) throw unknownModel(request.model);
    const price = priceOf(model);
    const maxOutputTokens = effectiveMaxOutput(request, model);
    const input = estimateInput(request, deps.estimator);
    const exchangeId = timeOrderedId();
    const region = model.region ?? deps.region;
    const decision = await deps.billing.admit({
      exchangeId,
      requestId: applicant.requestId,
      keyId: applicant.keyId,
      groupId: applicant.groupId,
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
    if (decision.kind === 'refused') throw exhausted(decision, maxOutputTokens);
    const target = { modelId: model.target, region };
    // The only cast to the branded proof, here where the hold has just been placed.
    const admission = { exchangeId, target, maxOutputTokens } as Admission;
    return { admission, hold: decision.hold, model };
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
