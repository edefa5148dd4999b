// How hard a model is told to think. A weaker word than the client's is reported.
import { EFFORTS, type Effort, type Reasoning } from '../../canonical/request.ts';
import type { Encoding } from './encoding.ts';
import { nearestEffort } from './map-effort.ts';
import { isOffByItself, type Mode } from './thinking-modes.ts';

const CLAUDE_EFFORTS: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max'];

/** Undefined: the model takes no word; the caller knows whether that is a loss. */
export function takenEffort(
  asked: Effort,
  known: readonly Effort[],
  { dropped }: Pick<Encoding, 'dropped'>,
): Effort | undefined {
  const word = nearestEffort(asked, known);
  if (word !== undefined && isWeaker(word, asked)) dropped.add('reasoning');
  return word;
}

/** While Claude does not think, or only between tools, the strongest words are refused. */
export function claudeEffort(
  { effort, budgetTokens }: Reasoning,
  { mode, isCounted, encoding }: { mode: Mode; isCounted: boolean; encoding: Encoding },
): Effort | undefined {
  if (effort === undefined) return undefined;
  const { efforts = CLAUDE_EFFORTS, thinkingModes } = encoding.capabilities;
  const isBounded =
    mode === 'off' || mode === 'between_tools' || (mode === 'unsaid' && isOffByItself(thinkingModes));
  const known = isBounded ? efforts.filter((word) => !isWeaker('high', word)) : efforts;
  const word = takenEffort(effort, known, encoding);
  const isInBudget = isCounted && budgetTokens === undefined;
  if (word === undefined && !isInBudget) encoding.dropped.add('reasoning');
  return word;
}

function isWeaker(word: Effort, than: Effort): boolean {
  return EFFORTS.indexOf(word) < EFFORTS.indexOf(than);
}
