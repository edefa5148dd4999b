// What a route asks admission for: one piece of upstream work, prepared for a model before any money is held.
import type { EmbeddingRequest } from '../../canonical/embedding.ts';
import type { ImageRequest } from '../../canonical/image.ts';
import { Refusal } from '../../canonical/refusal.ts';
import type { ChatRequest, DroppedFeature } from '../../canonical/request.ts';
import type { PreparedChat, PreparedEmbedding, PreparedImages, Provider } from '../../providers/provider.ts';
import type { KeyPrincipal } from '../auth/index.ts';
import type { Model } from '../models/index.ts';
import { type Estimator, estimateInput, estimateTexts, type InputEstimate } from './estimate.ts';
import { withDefaults } from './key-rules.ts';
import { type Chooser, checkTier, pricedTier, STANDARD_TIER, withSettings } from './request-settings.ts';

export interface Plan<Prepared> {
  prepared: Prepared;
  input: InputEstimate;
  /** Tokens; the hold covers them. */
  maxOutputTokens: number;
  /** The most input it can have, tokens, where that is not one request's; default: the model's context. */
  contextTokens?: number;
  /** Pictures it will make, where it is such work; the hold covers them. */
  images?: number;
  /** In the price book's words. */
  serviceTier: string;
  /** Whose word that is; absent: nobody's. */
  tierChosenBy?: Chooser;
  /** Nothing is ever charged for it: if its process dies, its hold is let go of. */
  isFree?: boolean;
  /** What was asked for and is not this key's to choose, beside what the provider drops. */
  ignored?: readonly DroppedFeature[];
}

export interface Job<Prepared> {
  /** As the client wrote it. */
  model: string;
  /** What the model must be for. */
  kind: Model['kind'];
  isStreamed: boolean;
  /** @throws Refusal for what this model cannot do */
  plan(model: Model): Plan<Prepared>;
}

/** The same job, refused where something of it would have no effect, before any money is held. */
export function refusingLoss<Prepared>(
  job: Job<Prepared>,
  /** What would have none, in the dialect's words. */
  lostBy: (plan: Plan<Prepared>) => readonly string[],
): Job<Prepared> {
  return {
    ...job,
    plan(model) {
      const plan = job.plan(model);
      const [name] = lostBy(plan);
      if (name === undefined) return plan;
      const message = `Unsupported parameter: '${name}' has no effect here.`;
      throw new Refusal('unsupported_parameter', message, { param: name });
    },
  };
}

export interface JobDeps {
  provider: Provider;
  estimator: Estimator;
  /** Output limit of a request that names none, tokens. */
  defaultMaxOutputTokens: number;
}

/** What the table can hold. */
const MAX_CONTEXT_TOKENS = 2 ** 31 - 1;

/** No work at all: what is admitted by it may hold up to 10^-10 USD. */
export function leastJob({ model, kind }: Pick<Job<unknown>, 'model' | 'kind'>): Job<undefined> {
  const plan: Plan<undefined> = {
    prepared: undefined,
    input: { bound: 0, likely: 1 },
    maxOutputTokens: 0,
    serviceTier: STANDARD_TIER,
    isFree: true,
  };
  return { model, kind, isStreamed: false, plan: () => plan };
}

export function embeddingJob(deps: JobDeps, request: EmbeddingRequest): Job<PreparedEmbedding> {
  return {
    model: request.model,
    kind: 'embedding',
    isStreamed: false,
    plan(model) {
      const { contextTokens } = model;
      return {
        prepared: deps.provider.prepareEmbedding(request, model),
        input: estimateTexts(request.texts, { estimator: deps.estimator, contextTokens }),
        maxOutputTokens: 0,
        contextTokens: Math.min(MAX_CONTEXT_TOKENS, contextTokens * request.texts.length),
        serviceTier: STANDARD_TIER,
      };
    },
  };
}

export function imageJob(deps: JobDeps, request: ImageRequest): Job<PreparedImages> {
  return {
    model: request.model,
    kind: 'image',
    isStreamed: false,
    plan(model) {
      return {
        prepared: deps.provider.prepareImages(request, model),
        // Paid by the piece.
        input: { bound: 0, likely: 0 },
        maxOutputTokens: 0,
        images: request.count,
        serviceTier: STANDARD_TIER,
      };
    },
  };
}

export function chatJob(deps: JobDeps, asked: ChatRequest, key: KeyPrincipal): Job<PreparedChat> {
  return {
    model: asked.model,
    kind: 'chat',
    isStreamed: asked.stream,
    plan(model) {
      const { capabilities, contextTokens } = model;
      const settled = withSettings(withDefaults(asked, key.defaults, model), key, model);
      checkTier(settled, model);
      const { request, ignored, tierChosenBy } = settled;
      const prepared = deps.provider.prepareChat(request, model, {
        defaultMaxOutputTokens: deps.defaultMaxOutputTokens,
      });
      return {
        prepared,
        input: estimateInput(request, { estimator: deps.estimator, capabilities, contextTokens }),
        maxOutputTokens: prepared.maxOutputTokens,
        serviceTier: pricedTier(request.serviceTier),
        tierChosenBy,
        ignored,
      };
    },
  };
}
