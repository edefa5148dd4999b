// What a model does not take, by the names that this API has for it.
import type { DroppedFeature } from '../../../canonical/request.ts';

const NAMES: Readonly<Record<DroppedFeature, string>> = {
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  stopSequences: 'stop',
  frequencyPenalty: 'frequency_penalty',
  presencePenalty: 'presence_penalty',
  reasoning: 'reasoning',
  toolChoice: 'tool_choice',
  parallelTools: 'parallel_tool_calls',
  strictTools: 'tools.strict',
  serviceTier: 'service_tier',
  latency: 'latency',
  guardrail: 'guardrail',
  caching: 'prompt_cache_breakpoint',
  citations: 'citations',
  toolResultError: 'is_error',
  betas: 'betas',
};

export const droppedName = (feature: DroppedFeature): string => NAMES[feature];
