// Which failures another target may make good, and what to say when none did. Pure.
import { UpstreamError, type UpstreamErrorKind } from '../../canonical/upstream-error.ts';

/**
 * Nothing was served and another target may answer. What the request itself is to blame for fails everywhere, and
 * what was sent and may have run is never done twice.
 */
const ELSEWHERE: Readonly<Record<UpstreamErrorKind, boolean>> = {
  throttled: true,
  not_ready: true,
  quota: true,
  unavailable: true,
  connect_failed: true,
  model_access: true,
  auth: true,
  rejected: false,
  context_length: false,
  conflict: false,
  not_found: false,
  internal: false,
  model_error: false,
  timeout: false,
  reset: false,
  incomplete: false,
  malformed: false,
};

/** What was served in part is paid for, and nothing of it is repeated. */
export function mayGoElsewhere({ kind, served }: UpstreamError): boolean {
  return served === undefined && ELSEWHERE[kind];
}

/** The request is to blame, not the target, unless there is something that an administrator can do. */
const OF_THE_REQUEST: ReadonlySet<UpstreamErrorKind> = new Set(['rejected', 'context_length', 'conflict']);

export function isTargetsFault({ kind, hint }: UpstreamError): boolean {
  return hint !== undefined || !OF_THE_REQUEST.has(kind);
}

/** Our own configuration is to blame, and only an administrator can help. */
const CONFIGURATION: ReadonlySet<UpstreamErrorKind> = new Set(['auth', 'model_access']);

export function isConfiguration({ kind }: UpstreamError): boolean {
  return CONFIGURATION.has(kind);
}

/** Those that may be told when to come back. */
const PASSING: ReadonlySet<UpstreamErrorKind> = new Set(['throttled', 'not_ready', 'unavailable']);

/**
 * What the client is told when all have failed: the last failure, but one that passes rather than one of our
 * configuration, with the shortest wait that any target asked for.
 */
export function mostTelling(last: UpstreamError, earlier: readonly UpstreamError[]): UpstreamError {
  const all = [...earlier, last];
  const told = all.findLast(({ kind }) => !CONFIGURATION.has(kind)) ?? last;
  const waits = all.flatMap(({ kind, retryAfterMs = Number.POSITIVE_INFINITY }) =>
    PASSING.has(kind) ? [retryAfterMs] : [],
  );
  const retryAfterMs = Math.min(...waits);
  if (!PASSING.has(told.kind) || !Number.isFinite(retryAfterMs)) return told;
  const { kind, message, status, code, upstreamRequestId, isFiltered, served, cause } = told;
  return new UpstreamError({
    ...{ kind, message, status, code, upstreamRequestId, isFiltered, served, cause },
    retryAfterMs,
  });
}
