// How a request is served beside what it says: what a model or a key may set for requests that do not say it, and what a
// key's requests may be allowed to choose. Imports only its neighbours.
import type { Guardrail, ServiceTier } from './request.ts';

/** A member that is absent is not set. */
export interface RequestSettings {
  guardrail?: Guardrail;
  serviceTier?: ServiceTier;
  latency?: 'standard' | 'optimized';
}

export const REQUEST_SETTINGS = ['service_tier', 'latency', 'guardrail'] as const;
/** One of them, as an administrator names it. */
export type RequestSetting = (typeof REQUEST_SETTINGS)[number];
