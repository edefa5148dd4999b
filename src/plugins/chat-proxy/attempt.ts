// One try at an upstream, in the words of the receipt. Pure.
import type { UpstreamTarget } from '../../canonical/admission.ts';
import { UpstreamError } from '../../canonical/upstream-error.ts';
import type { Attempt } from '../billing/index.ts';

/** How the try ended; `failed` with an error that is not the upstream's was cut by us. */
export type AttemptEnd = { kind: 'answered' } | { kind: 'failed'; error: unknown };

export function describeAttempt(facts: {
  target: UpstreamTarget;
  end: AttemptEnd;
  /** As the answer named it; an error may know it when no answer came. */
  upstreamRequestId: string | undefined;
  latencyMs: number;
}): Attempt {
  const { target, end, upstreamRequestId, latencyMs } = facts;
  const failure = end.kind === 'failed' && end.error instanceof UpstreamError ? end.error : undefined;
  return {
    target: target.modelId,
    region: target.region,
    outcome: end.kind === 'answered' ? 'served' : (failure?.kind ?? 'cut'),
    upstreamRequestId: upstreamRequestId ?? failure?.upstreamRequestId ?? null,
    latencyMs,
  };
}
