// Which models take temperature and top_p, as a closed table of exact base ids. `anthropic.claude-opus-5` is
// the beginning of `anthropic.claude-opus-5-5`, so nothing here matches by prefix.

/** `temperature_or_top_p`: either, not both. */
export type Sampling = 'both' | 'temperature_or_top_p' | 'none';

/** From the model cards and the refusals of Bedrock itself; whatever is absent takes both. */
const SAMPLING: ReadonlyMap<string, Sampling> = new Map<string, Sampling>([
  ['anthropic.claude-opus-4-7', 'none'],
  ['anthropic.claude-opus-4-8', 'none'],
  ['anthropic.claude-opus-5', 'none'],
  ['anthropic.claude-opus-5-5', 'none'],
  ['anthropic.claude-sonnet-5', 'none'],
  ['anthropic.claude-sonnet-5-5', 'none'],
  ['anthropic.claude-fable-5', 'none'],
  ['anthropic.claude-fable-5-1', 'none'],
  // Unknown, so the safe side: a parameter left out never fails a call.
  ['anthropic.claude-haiku-5-5', 'none'],
  ['anthropic.claude-opus-4-1-20250805-v1:0', 'temperature_or_top_p'],
  ['anthropic.claude-opus-4-5-20251101-v1:0', 'temperature_or_top_p'],
  ['anthropic.claude-sonnet-4-5-20250929-v1:0', 'temperature_or_top_p'],
  ['anthropic.claude-sonnet-4-6', 'temperature_or_top_p'],
  ['anthropic.claude-haiku-4-5-20251001-v1:0', 'temperature_or_top_p'],
  // These reason by default and then refuse both.
  ['openai.gpt-5.6-luna', 'none'],
  ['openai.gpt-5.6-sol', 'none'],
  ['openai.gpt-5.6-terra', 'none'],
  ['openai.gpt-6-astra', 'none'],
  ['openai.gpt-6-luna', 'none'],
  ['openai.gpt-6-sol', 'none'],
  ['openai.gpt-6.1-sol', 'none'],
]);

const PROFILE_PREFIX = /^(?:us-gov|us|eu|apac|au|jp|ca|in|global)\./;
const MODEL_ARN = /^arn:[^:]+:bedrock:[^:]*:[^:]*:(?:foundation-model|inference-profile)\/(.+)$/;

/** The foundation model behind a model id, a system profile or the ARN of either; opaque ARNs stay as they are. */
export function baseModelId(modelId: string): string {
  const name = MODEL_ARN.exec(modelId)?.[1] ?? modelId;
  return name.replace(PROFILE_PREFIX, '');
}

/** For callers without a catalogue. An opaque id (application profile, provisioned model) counts as `both`. */
export function samplingOf(modelId: string): Sampling {
  return SAMPLING.get(baseModelId(modelId)) ?? 'both';
}
