// How a model is told to think, by its own carrier, and what that does to the rest of the request.
import type { ChatRequest, Effort, Reasoning } from '../../canonical/request.ts';
import { takenEffort } from './encode-effort.ts';
import { planThinking } from './encode-thinking.ts';
import type { Encoding, EncodingTraits } from './encoding.ts';
import { effortOf, nearestEffort } from './map-effort.ts';
import { outputLimit } from './output-limit.ts';
import type { History, ReasoningPlan } from './reasoning-plan.ts';

export function planReasoning(
  request: ChatRequest,
  parts: { traits: EncodingTraits; encoding: Encoding; history: History },
): ReasoningPlan {
  const { traits, encoding } = parts;
  const plan = plainPlan(outputLimit(request, traits));
  const { reasoning } = request;
  const carrier = encoding.capabilities.reasoning ?? (encoding.isClaude ? 'claude' : 'none');
  switch (carrier) {
    case 'claude':
      return planThinking(request, parts);
    case 'none':
      if (reasoning !== null && asksToThink(reasoning)) encoding.dropped.add('reasoning');
      return plan;
    case 'always':
      if (reasoning !== null && reasoning.mode !== 'adaptive' && saysSomething(reasoning)) {
        encoding.dropped.add('reasoning');
      }
      return plan;
    case 'effort': {
      const word = effortWord(reasoning, encoding);
      return word === undefined ? plan : { ...plan, fields: { reasoning: { effort: word } } };
    }
    case 'flat_effort': {
      const word = effortWord(reasoning, encoding);
      return word === undefined ? plan : { ...plan, fields: { reasoning_effort: word } };
    }
    case 'nova':
      return reasoning === null ? plan : planNova(request, { reasoning, traits, encoding });
  }
}

function plainPlan(maxOutputTokens: number): ReasoningPlan {
  return { fields: {}, betas: [], isThinking: false, maxOutputTokens, isUnlimited: false };
}

function asksToThink(reasoning: Reasoning): boolean {
  return reasoning.mode !== 'off' && saysSomething(reasoning);
}

function saysSomething({ mode, effort }: Reasoning): boolean {
  return (mode !== 'default' && mode !== 'unsaid') || effort !== undefined;
}

/** A model that cannot stop thinking thinks as little as it can, and the client is told. */
function effortWord(reasoning: Reasoning | null, { capabilities, dropped }: Encoding): string | undefined {
  if (reasoning === null) return undefined;
  const isOff = reasoning.mode === 'off';
  if (isOff && capabilities.thinkingModes?.includes('off') === true) return 'none';
  if (isOff) dropped.add('reasoning');
  const asked = isOff ? 'minimal' : askedEffort(reasoning);
  if (asked === undefined) return undefined;
  const { efforts } = capabilities;
  if (efforts === undefined) return isOff ? undefined : asked;
  const word = takenEffort(asked, efforts, { dropped });
  if (word === undefined) dropped.add('reasoning');
  return word;
}

function askedEffort({ effort, budgetTokens }: Reasoning): Effort | undefined {
  return effort ?? (budgetTokens === undefined ? undefined : effortOf(budgetTokens));
}

/**
 * Nova thinks only when it is told to, and its effort tells it. At `high` it takes no limit and no sampling: a client that named a limit keeps
 * it, and gets the next weaker effort.
 * https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html
 */
function planNova(
  request: ChatRequest,
  { reasoning, traits, encoding }: { reasoning: Reasoning; traits: EncodingTraits; encoding: Encoding },
): ReasoningPlan {
  const plan = plainPlan(outputLimit(request, traits));
  if (!asksToThink(reasoning)) return plan;
  if (reasoning.mode === 'unsaid') {
    encoding.dropped.add('reasoning');
    return plan;
  }
  const known = encoding.capabilities.efforts ?? ['low', 'medium', 'high'];
  const isLimited = request.maxOutputTokens !== null;
  const asked = askedEffort(reasoning) ?? 'medium';
  const wanted = takenEffort(asked, known, encoding);
  const effort = wanted === 'high' && isLimited ? nearestEffort('medium', known) : wanted;
  if (effort !== wanted || effort === undefined) encoding.dropped.add('reasoning');
  if (effort === undefined) return plan;
  const isUnlimited = effort === 'high';
  return {
    ...plan,
    fields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: effort } },
    maxOutputTokens: isUnlimited ? traits.maxOutputTokens : plan.maxOutputTokens,
    isUnlimited,
  };
}
