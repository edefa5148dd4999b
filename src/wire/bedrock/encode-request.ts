// ChatRequest -> the body of Converse and ConverseStream. Never changes what it is given.
import type { ChatRequest } from '../../canonical/request.ts';
import type { ConverseBody, ConverseInference } from './converse-body.ts';
import { encodeMessages, isVisible } from './encode-messages.ts';
import type { Sampling } from './sampling.ts';

/** A parameter of `ChatRequest` that could not be passed on, wholly or in part. */
export type DroppedParameter = 'temperature' | 'topP' | 'stopSequences';

export interface EncodingLimits {
  /** Sent as it is, always: without it Bedrock reserves the model's maximum from the token quota. Tokens. */
  maxOutputTokens: number;
  /** What the model takes; the caller knows it from the catalogue. Default `both`. */
  sampling?: Sampling | undefined;
  /** Comes back in the model invocation log; see `encodeMetadata`. */
  metadata?: Readonly<Record<string, string>> | undefined;
}

export interface EncodedRequest {
  body: ConverseBody;
  dropped: DroppedParameter[];
}

/** Converse takes 0 to 1 where OpenAI takes 0 to 2. */
const MAX_TEMPERATURE = 1;

/**
 * Bedrock's rules are those of the Converse API reference (Message, InferenceConfiguration).
 *
 * @throws Refusal `invalid_value` on `messages` if nothing visible remains to send
 */
export function encodeRequest(request: ChatRequest, limits: EncodingLimits): EncodedRequest {
  const dropped: DroppedParameter[] = [];
  const system = request.system.filter(isVisible);
  // In the order in which the AWS SDK writes them, so that a test can compare bytes.
  const body: ConverseBody = {
    messages: encodeMessages(request.turns),
    ...(system.length > 0 && { system: system.map((text) => ({ text })) }),
    inferenceConfig: encodeInference(request, limits, dropped),
    ...(limits.metadata !== undefined && { requestMetadata: limits.metadata }),
  };
  return { body, dropped };
}

function encodeInference(
  request: ChatRequest,
  { maxOutputTokens, sampling = 'both' }: EncodingLimits,
  dropped: DroppedParameter[],
): ConverseInference {
  const config: ConverseInference = { maxTokens: maxOutputTokens };
  const { temperature, topP } = request;

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
