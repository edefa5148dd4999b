// What a model does not take, by the names that OpenAI's APIs have in common; each API has its own for some.
import type { DroppedFeature } from '../../canonical/request.ts';

export const DROPPED_NAMES: Readonly<Record<DroppedFeature, string>> = {
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
