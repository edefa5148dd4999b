// Upstream work that ended by our doing, with what is known of its work. Imports only its neighbours.
import type { ServedUsage } from './upstream-error.ts';

/** Thrown in place of the signal's reason, which is its cause, where a provider knows what the cut call had cost. */
export class CutCall extends Error {
  /** Null: nothing was sent. Else what the calls that were sent used. */
  readonly served: ServedUsage | null;

  constructor(reason: unknown, served: ServedUsage | null) {
    super('the upstream call was cut', { cause: reason });
    this.name = 'CutCall';
    this.served = served;
  }
}
