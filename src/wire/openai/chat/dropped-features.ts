// What a model does not take, by the names that OpenAI has for it.
import type { DroppedFeature } from '../../../canonical/request.ts';
import type { ToolStyle } from './decode-tools.ts';

const NAMES: Readonly<Record<DroppedFeature, string>> = {
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  stopSequences: 'stop',
  frequencyPenalty: 'frequency_penalty',
  presencePenalty: 'presence_penalty',
  reasoning: 'reasoning_effort',
  toolChoice: 'tool_choice',
  parallelTools: 'parallel_tool_calls',
  strictTools: 'tools.function.strict',
  serviceTier: 'service_tier',
  latency: 'bedrock.performanceConfig',
  caching: 'prompt_cache_breakpoint',
  citations: 'citations',
  toolResultError: 'is_error',
  betas: 'betas',
};

/** @param isLegacy the client offered `functions`, which means one call at a time without saying so */
export function droppedName(feature: DroppedFeature, { isLegacy }: Pick<ToolStyle, 'isLegacy'>): string {
  return isLegacy && feature === 'parallelTools' ? 'functions' : NAMES[feature];
}
