// Claude's modes of thinking: which of them stands for which, and what is true of a model that has them.
import type { ModelCapabilities, ThinkingMode } from '../../canonical/capabilities.ts';
import type { Reasoning } from '../../canonical/request.ts';

/** `unsaid`: nothing is sent, and the model does what it does by itself. */
export type Mode = ThinkingMode | 'unsaid';
type Modes = ModelCapabilities['thinkingModes'];

/** Which way a mode that the model does not have is taken, best first. */
const WAYS: Readonly<Record<Reasoning['mode'], readonly ThinkingMode[]>> = {
  default: ['adaptive', 'budget'],
  unsaid: [],
  off: ['off'],
  budget: ['budget', 'adaptive'],
  adaptive: ['adaptive', 'budget'],
  between_tools: ['between_tools', 'adaptive', 'budget'],
};

/** Undefined: the model has none that comes near. */
export function nearestMode(asked: Reasoning['mode'], modes: Modes): ThinkingMode | undefined {
  return WAYS[asked].find((way) => modes === undefined || modes.includes(way));
}

export function thinks(mode: Mode): boolean {
  return mode !== 'off' && mode !== 'unsaid';
}

export function canBeOff(modes: Modes): boolean {
  return modes === undefined || modes.includes('off');
}

export function isAlwaysOn(modes: Modes): boolean {
  return !canBeOff(modes);
}

/** Models that can be given a budget do not think unless they are told to. */
export function isOffByItself(modes: Modes): boolean {
  return modes?.includes('budget') === true;
}

/** Claude's own word; undefined: none is sent. */
export function typeOf(mode: Mode, modes: Modes): string | undefined {
  switch (mode) {
    case 'budget':
      return 'enabled';
    case 'off':
      return modes === undefined || isOffByItself(modes) ? undefined : 'disabled';
    case 'unsaid':
      return undefined;
    default:
      return mode;
  }
}
