// How much a model is to think, in the words and numbers it takes: closed tables.
import { EFFORTS, type Effort } from '../../canonical/request.ts';

/** Tokens to think in, for models that want a number. */
const BUDGETS: Readonly<Record<Effort, number>> = {
  minimal: 2048,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 32_768,
  max: 32_768,
};

export function budgetOf(effort: Effort | undefined): number {
  return BUDGETS[effort ?? 'medium'];
}

/** The other way round, for models that want a word. */
export function effortOf(budgetTokens: number): Effort {
  if (budgetTokens <= BUDGETS.low) return 'low';
  return budgetTokens <= BUDGETS.medium ? 'medium' : 'high';
}

/** The strongest word it knows that is not stronger than the asked one; else its weakest. Undefined: it knows none. */
export function nearestEffort(asked: Effort, known: readonly Effort[]): Effort | undefined {
  const limit = EFFORTS.indexOf(asked);
  return known.findLast((effort) => EFFORTS.indexOf(effort) <= limit) ?? known[0];
}
