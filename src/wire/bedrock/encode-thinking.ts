// How Claude is told to think: a mode, perhaps with a budget, and an effort.
// https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html
import type { ModelCapabilities, ThinkingMode } from '../../canonical/capabilities.ts';
import type { JsonObject } from '../../canonical/content.ts';
import type { ChatRequest, Effort, Reasoning } from '../../canonical/request.ts';
import type { Encoding, EncodingTraits } from './encoding.ts';
import { budgetOf, nearestEffort } from './map-effort.ts';
import { outputLimit, outputLimitWithBudget } from './output-limit.ts';
import type { History, ReasoningPlan } from './reasoning-plan.ts';

/** `unsaid`: nothing is sent, and the model does what it does by itself. */
type Mode = ThinkingMode | 'unsaid';

const CLAUDE_EFFORTS: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max'];
/** Which way a mode that the model does not have is taken, best first. */
const WAYS: Readonly<Record<Reasoning['mode'], readonly ThinkingMode[]>> = {
  default: ['adaptive', 'budget'],
  off: ['off'],
  budget: ['budget', 'adaptive'],
  adaptive: ['adaptive', 'budget'],
  between_tools: ['between_tools', 'adaptive', 'budget'],
};
/** Lets Claude 4 to 4.5 think between two tool calls. */
const INTERLEAVED = 'interleaved-thinking-2025-05-14';

export function planThinking(
  request: ChatRequest,
  { traits, encoding, history }: { traits: EncodingTraits; encoding: Encoding; history: History },
): ReasoningPlan {
  const modes = encoding.capabilities.thinkingModes;
  const reasoning = request.reasoning ?? { mode: 'default' as const };
  let mode = wantedMode(reasoning, encoding);
  // A conversation that goes on from a turn whose thoughts were lost is refused while the model thinks.
  const isLost = history.lacksThoughts && thinks(mode) && canBeOff(modes);
  const sized = mode === 'budget' && !isLost ? sizeBudget(request, reasoning, traits) : undefined;
  if (isLost || (mode === 'budget' && sized === undefined)) {
    encoding.dropped.add('reasoning');
    mode = 'off';
  }
  const type = typeOf(mode, modes);
  const effort = effortFor(reasoning, { mode, isCounted: sized !== undefined, type, encoding });
  const isInterleaved = mode === 'budget' && history.hasTools && modes?.includes('adaptive') !== true;
  return {
    fields:
      type === undefined
        ? {}
        : { thinking: { type, ...budgetField(sized), ...displayField(reasoning, type, encoding) } },
    ...(effort !== undefined && { effort }),
    betas: isInterleaved ? [INTERLEAVED] : [],
    isThinking: thinks(mode) || (mode === 'unsaid' && modes !== undefined && !canBeOff(modes)),
    maxOutputTokens: sized?.limit ?? outputLimit(request, traits),
    isUnlimited: false,
  };
}

function wantedMode(reasoning: Reasoning, { capabilities, dropped }: Encoding): Mode {
  if (reasoning.mode === 'default' && reasoning.effort === undefined) return 'unsaid';
  const modes = capabilities.thinkingModes;
  const mode = WAYS[reasoning.mode].find((way) => modes === undefined || modes.includes(way));
  if (mode === undefined && reasoning.mode === 'off') dropped.add('reasoning');
  return mode ?? 'unsaid';
}

function thinks(mode: Mode): boolean {
  return mode !== 'off' && mode !== 'unsaid';
}

function canBeOff(modes: ModelCapabilities['thinkingModes']): boolean {
  return modes === undefined || modes.includes('off');
}

/** Models that can be given a budget do not think unless they are told to. */
function typeOf(mode: Mode, modes: ModelCapabilities['thinkingModes']): string | undefined {
  switch (mode) {
    case 'budget':
      return 'enabled';
    case 'off':
      return modes === undefined || modes.includes('budget') ? undefined : 'disabled';
    case 'unsaid':
      return undefined;
    default:
      return mode;
  }
}

function sizeBudget(request: ChatRequest, { budgetTokens, effort }: Reasoning, traits: EncodingTraits) {
  const budget = budgetTokens ?? budgetOf(effort);
  return outputLimitWithBudget(request, { budget, isExact: budgetTokens !== undefined }, traits);
}

function budgetField(sized: { budget: number } | undefined): JsonObject {
  return sized === undefined ? {} : { budget_tokens: sized.budget };
}

/** With thought switched off, or only between tools, the strongest words are refused. */
function effortFor(
  { effort, budgetTokens }: Reasoning,
  facts: { mode: Mode; isCounted: boolean; type: string | undefined; encoding: Encoding },
): Effort | undefined {
  if (effort === undefined) return undefined;
  const known = facts.encoding.capabilities.efforts ?? CLAUDE_EFFORTS;
  const isBounded = facts.type === 'disabled' || facts.mode === 'between_tools';
  const asked = isBounded && (effort === 'xhigh' || effort === 'max') ? 'high' : effort;
  const word = nearestEffort(asked, known);
  const isInBudget = facts.isCounted && budgetTokens === undefined;
  if (word === undefined && !isInBudget) facts.encoding.dropped.add('reasoning');
  return word;
}

/** Models with a budget always show a summary, unless their own clients' word says otherwise. */
function displayField({ display, mode }: Reasoning, type: string, { dropped }: Encoding): JsonObject {
  if (display === undefined || type === 'disabled') return {};
  if (type !== 'enabled' || mode === 'budget') return { display };
  if (display === 'omitted') dropped.add('reasoning');
  return {};
}
