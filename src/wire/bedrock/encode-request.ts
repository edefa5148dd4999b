// ChatRequest -> the body of Converse and ConverseStream, and what must be known to read its answer. Never changes
// what it is given.
import type { ModelCapabilities } from '../../canonical/capabilities.ts';
import type { ChatRequest, DroppedFeature } from '../../canonical/request.ts';
import type { ConverseBody, ConverseInference } from './converse-body.ts';
import { encodeMessages, isVisible } from './encode-messages.ts';
import { PLAIN_READING, type Reading } from './reading.ts';

export interface EncodingTraits {
  capabilities: ModelCapabilities;
  /** Tokens. */
  maxOutputTokens: number;
  /** Output limit of a request that names none, tokens. */
  defaultMaxOutputTokens: number;
}

export interface EncodedRequest {
  body: ConverseBody;
  /** Effective limit, tokens; always sent: without it Bedrock reserves the model's maximum from the token quota. */
  maxOutputTokens: number;
  dropped: DroppedFeature[];
  reading: Reading;
}

/** Converse takes 0 to 1 where OpenAI takes 0 to 2. */
const MAX_TEMPERATURE = 1;

/**
 * Bedrock's rules are those of the Converse API reference (Message, InferenceConfiguration).
 *
 * @throws Refusal for what the model cannot do; `invalid_value` on `messages` if nothing visible remains to send
 */
export function encodeRequest(request: ChatRequest, traits: EncodingTraits): EncodedRequest {
  const dropped: DroppedFeature[] = [];
  const maxOutputTokens = effectiveMaxOutput(request, traits);
  const system = request.system.filter(({ text }) => isVisible(text));
  // In the order in which the AWS SDK writes them, so that a test can compare bytes.
  const body: ConverseBody = {
    messages: encodeMessages(request.turns),
    ...(system.length > 0 && { system: system.map(({ text }) => ({ text })) }),
    inferenceConfig: encodeInference(request, { ...traits, maxOutputTokens }, dropped),
  };
  return {
    body,
    maxOutputTokens,
    dropped,
    reading: { ...PLAIN_READING, inputIncludesCached: traits.capabilities.inputIncludesCached ?? false },
  };
}

function effectiveMaxOutput(request: ChatRequest, traits: EncodingTraits): number {
  const wanted = request.maxOutputTokens ?? traits.defaultMaxOutputTokens;
  const least = traits.capabilities.minMaxTokens ?? 1;
  return Math.max(least, Math.min(wanted, traits.maxOutputTokens));
}

function encodeInference(
  request: ChatRequest,
  { maxOutputTokens, capabilities }: EncodingTraits,
  dropped: DroppedFeature[],
): ConverseInference {
  const config: ConverseInference = { maxTokens: maxOutputTokens };
  const { temperature, topP } = request;
  const { sampling = 'both' } = capabilities;

  if (temperature !== null) {
    if (sampling === 'none') dropped.push('temperature');
    else config.temperature = Math.min(temperature, MAX_TEMPERATURE);
  }
  if (topP !== null) {
    const isExcluded = sampling === 'none' || (sampling === 'temperature_or_top_p' && temperature !== null);
    if (isExcluded) dropped.push('topP');
    else config.topP = topP;
  }

  const stopSequences = request.stopSequences.filter(isVisible);
  if (stopSequences.length > 0) config.stopSequences = stopSequences;
  if (stopSequences.length < request.stopSequences.length) dropped.push('stopSequences');
  return config;
}
