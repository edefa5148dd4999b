// Limits and sampling: `inferenceConfig`, and the fields beside it that only some models have.
import type { JsonObject } from '../../canonical/content.ts';
import type { ChatRequest } from '../../canonical/request.ts';
import type { ConverseInference } from './converse-body.ts';
import { type Encoding, isVisible } from './encoding.ts';
import type { ReasoningPlan } from './reasoning-plan.ts';

/** Converse takes 0 to 1 where OpenAI takes 0 to 2. */
const MAX_TEMPERATURE = 1;

export function encodeInference(
  request: ChatRequest,
  plan: ReasoningPlan,
  { capabilities, dropped, isClaude }: Encoding,
): ConverseInference {
  const { temperature, topP } = request;
  const isFixed = plan.isThinking || plan.isUnlimited;
  const sampling = isFixed ? 'none' : (capabilities.sampling ?? 'both');
  const isEither = sampling === 'temperature_or_top_p' && temperature !== null;
  const takesTemperature = sampling !== 'none';
  const takesTopP = sampling !== 'none' && !isEither;
  // 1 is what a thinking model samples with anyway, and Anthropic's clients say so.
  const isMeant = temperature !== null && !(plan.isThinking && temperature === 1);
  if (isMeant && !takesTemperature) dropped.add('temperature');
  if (topP !== null && !takesTopP) dropped.add('topP');
  // Claude refuses those of white space.
  const stopSequences = request.stopSequences.filter(isClaude ? isVisible : (each) => each !== '');
  if (stopSequences.length < request.stopSequences.length) dropped.add('stopSequences');
  return {
    ...(!plan.isUnlimited && { maxTokens: plan.maxOutputTokens }),
    ...(temperature !== null && takesTemperature && { temperature: Math.min(temperature, MAX_TEMPERATURE) }),
    ...(topP !== null && takesTopP && { topP }),
    ...(stopSequences.length > 0 && { stopSequences }),
  };
}

/** For `additionalModelRequestFields`. */
export function encodeSamplingFields(
  request: ChatRequest,
  plan: ReasoningPlan,
  encoding: Encoding,
): JsonObject {
  return { ...encodeTopK(request, plan, encoding), ...encodePenalties(request, encoding) };
}

function encodeTopK({ topK }: ChatRequest, plan: ReasoningPlan, encoding: Encoding): JsonObject {
  if (topK === null) return {};
  const isFixed = plan.isThinking || plan.isUnlimited;
  const carrier = encoding.capabilities.topK ?? (encoding.isClaude ? 'top_k' : 'none');
  switch (isFixed ? 'none' : carrier) {
    case 'top_k':
      return { top_k: topK };
    case 'nova':
      return { inferenceConfig: { topK } };
    case 'k':
      return { k: topK };
    case 'none':
      encoding.dropped.add('topK');
      return {};
  }
}

/** 0 is what every model does by itself. */
function encodePenalties(
  { frequencyPenalty, presencePenalty }: ChatRequest,
  { capabilities, dropped }: Encoding,
): JsonObject {
  const frequency = frequencyPenalty === 0 ? null : frequencyPenalty;
  const presence = presencePenalty === 0 ? null : presencePenalty;
  const isTaken = capabilities.penalties === true;
  if (frequency !== null && !isTaken) dropped.add('frequencyPenalty');
  if (presence !== null && !isTaken) dropped.add('presencePenalty');
  return {
    ...(isTaken && frequency !== null && { frequency_penalty: frequency }),
    ...(isTaken && presence !== null && { presence_penalty: presence }),
  };
}
