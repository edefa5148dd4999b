// What a model does not take, by the names that Anthropic has for it.
import type { DroppedFeature } from '../../canonical/request.ts';

const NAMES: Readonly<Record<DroppedFeature, string>> = {
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  stopSequences: 'stop_sequences',
  frequencyPenalty: 'frequency_penalty',
  presencePenalty: 'presence_penalty',
  reasoning: 'thinking',
  toolChoice: 'tool_choice',
  parallelTools: 'tool_choice.disable_parallel_tool_use',
  strictTools: 'tools.strict',
  serviceTier: 'service_tier',
  latency: 'latency',
  caching: 'cache_control',
  citations: 'citations',
  toolResultError: 'is_error',
  betas: 'anthropic-beta',
};

export const droppedName = (feature: DroppedFeature): string => NAMES[feature];
