// One request in several calls: some at a time, results in order. Nothing is repeated.
import { CutCall } from '../../canonical/cut-call.ts';
import { type ServedUsage, servedNothing, UpstreamError } from '../../canonical/upstream-error.ts';

/** Enough to be quick with a long list, and few enough not to be throttled for it. */
const AT_ONCE = 8;

export interface Outcome<Call, Result> {
  /** In the order of the calls; those that failed or were not begun are missing. */
  results: Result[];
  /** The first one first. */
  failures: { call: Call; error: unknown }[];
}

/** After the first failure no call is begun any more; those under way are waited for, because they are paid for. */
export async function fanOut<Call, Result>(
  calls: readonly Call[],
  run: (call: Call) => Promise<Result>,
): Promise<Outcome<Call, Result>> {
  const results: { index: number; result: Result }[] = [];
  const failures: { call: Call; error: unknown }[] = [];
  const waiting = calls.entries();

  async function work(): Promise<void> {
    // All workers draw from the one iterator.
    for (const [index, call] of waiting) {
      try {
        results.push({ index, result: await run(call) });
      } catch (error) {
        failures.push({ call, error });
      }
      if (failures.length > 0) return;
    }
  }

  await Promise.all(Array.from({ length: Math.min(AT_ONCE, calls.length) }, work));
  results.sort((a, b) => a.index - b.index);
  return { results: results.map(({ result }) => result), failures };
}

/**
 * The error to throw for a request of which a part has failed.
 *
 * @param served what the whole used: the calls that were answered, and a guess at those that may have been served
 */
export function failureOf({ results, failures }: Outcome<unknown, unknown>, served: ServedUsage): unknown {
  const [first] = failures;
  const error = first?.error;
  // Alone, its kind says who pays.
  if (results.length + failures.length === 1) return error;
  if (results.length === 0 && failures.every((each) => isNothing(each.error))) return error;
  if (!(error instanceof UpstreamError)) return new CutCall(reasonOf(error), served);
  const { kind, message, status, code, upstreamRequestId, retryAfterMs, blame, hint, isFiltered } = error;
  const facts = { kind, message, status, code, upstreamRequestId, retryAfterMs, blame, hint, isFiltered };
  return new UpstreamError({ ...facts, served, cause: error });
}

/** Certainly not served. */
export function isNothing(error: unknown): boolean {
  if (error instanceof CutCall) return error.served === null;
  return error instanceof UpstreamError && servedNothing(error);
}

function reasonOf(error: unknown): unknown {
  return error instanceof CutCall ? error.cause : error;
}
