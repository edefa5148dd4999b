// How Claude is told to think: a mode, perhaps with a budget, and an effort.
// https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html
import type { JsonObject } from '../../canonical/content.ts';
import type { ChatRequest, Reasoning } from '../../canonical/request.ts';
import { claudeEffort } from './encode-effort.ts';
import type { Encoding, EncodingTraits } from './encoding.ts';
import { budgetOf } from './map-effort.ts';
import { outputLimit, outputLimitWithBudget } from './output-limit.ts';
import type { History, ReasoningPlan } from './reasoning-plan.ts';
import { canBeOff, isAlwaysOn, type Mode, nearestMode, thinks, typeOf } from './thinking-modes.ts';

/** Lets Claude 4 to 4.5 think between two tool calls. */
const INTERLEAVED = 'interleaved-thinking-2025-05-14';

export function planThinking(
  request: ChatRequest,
  { traits, encoding, history }: { traits: EncodingTraits; encoding: Encoding; history: History },
): ReasoningPlan {
  const modes = encoding.capabilities.thinkingModes;
  const reasoning = request.reasoning ?? { mode: 'unsaid' as const };
  let mode = wantedMode(reasoning, encoding);
  if (mode === 'budget' && history.lacksThoughts) mode = withoutThoughts(encoding);
  const sized = mode === 'budget' ? sizeBudget(request, reasoning, traits) : undefined;
  if (mode === 'budget' && sized === undefined) mode = 'off';
  reportLoss(reasoning, { mode, budget: sized?.budget, encoding });
  const type = typeOf(mode, modes);
  const effort = claudeEffort(reasoning, { mode, isCounted: sized !== undefined, encoding });
  const isInterleaved = mode === 'budget' && history.hasTools && modes?.includes('adaptive') !== true;
  return {
    fields:
      type === undefined
        ? {}
        : { thinking: { type, ...budgetField(sized), ...displayField(reasoning, mode) } },
    ...(effort !== undefined && { effort }),
    betas: isInterleaved ? [INTERLEAVED] : [],
    isThinking: thinks(mode) || (mode === 'unsaid' && isAlwaysOn(modes)),
    maxOutputTokens: sized?.limit ?? outputLimit(request, traits),
    isUnlimited: false,
  };
}

function wantedMode({ mode, effort, display }: Reasoning, { capabilities }: Encoding): Mode {
  const modes = capabilities.thinkingModes;
  // How thought is shown can only be said together with a mode; one that never stops is not changed by that.
  const saysMode = mode !== 'default' || effort !== undefined || (display !== undefined && isAlwaysOn(modes));
  if (!saysMode) return 'unsaid';
  return nearestMode(mode, modes) ?? 'unsaid';
}

/**
 * With a budget, Claude refuses to go on from a turn whose thoughts are not with it. In the adaptive form a turn may be
 * without any.
 */
function withoutThoughts({ capabilities: { thinkingModes: modes } }: Encoding): Mode {
  if (modes?.includes('adaptive') === true) return 'adaptive';
  return canBeOff(modes) ? 'off' : 'budget';
}

/** What was asked for and is not sent: a mode, a number of tokens, a way of showing thought. */
function reportLoss(
  { mode: asked, budgetTokens, display }: Reasoning,
  { mode, budget, encoding }: { mode: Mode; budget: number | undefined; encoding: Encoding },
): void {
  const isModeLost =
    (asked === 'off' && mode !== 'off') ||
    (asked === 'between_tools' && mode !== 'between_tools') ||
    (asked !== 'off' && mode === 'off');
  const isBudgetLost = budgetTokens !== undefined && budgetTokens !== budget;
  // With a budget a summary is always shown, unless the clients' own word says otherwise.
  const isShown = mode === 'budget' && asked !== 'budget' ? display === 'summarized' : mode !== 'unsaid';
  const isDisplayLost = display !== undefined && asked !== 'off' && !isShown;
  if (isModeLost || isBudgetLost || isDisplayLost) encoding.dropped.add('reasoning');
}

function sizeBudget(request: ChatRequest, { budgetTokens, effort }: Reasoning, traits: EncodingTraits) {
  const budget = budgetTokens ?? budgetOf(effort);
  return outputLimitWithBudget(request, { budget, isExact: budgetTokens !== undefined }, traits);
}

function budgetField(sized: { budget: number } | undefined): JsonObject {
  return sized === undefined ? {} : { budget_tokens: sized.budget };
}

function displayField({ display, mode: asked }: Reasoning, mode: Mode): JsonObject {
  const isTaken = thinks(mode) && (mode !== 'budget' || asked === 'budget');
  return display !== undefined && isTaken ? { display } : {};
}
