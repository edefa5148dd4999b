// Capabilities in our words <-> on the wire. Pure.
import type { ModelCapabilities } from '../../canonical/capabilities.ts';
import type { Capabilities } from './schemas.ts';

const WIRE_NAMES = {
  imageInput: 'image_input',
  documentInput: 'document_input',
  tools: 'tools',
  forcedToolChoice: 'forced_tool_choice',
  strictTools: 'strict_tools',
  toolResultStatus: 'tool_result_status',
  shortToolIds: 'short_tool_ids',
  reasoning: 'reasoning',
  thinkingModes: 'thinking_modes',
  efforts: 'efforts',
  sampling: 'sampling',
  topK: 'top_k',
  penalties: 'penalties',
  promptCaching: 'prompt_caching',
  cacheLifetime: 'cache_lifetime',
  promptCacheMinTokens: 'prompt_cache_min_tokens',
  automaticCaching: 'automatic_caching',
  nativeJsonSchema: 'native_json_schema',
  prefill: 'prefill',
  systemPrompt: 'system_prompt',
  midSystem: 'mid_system',
  citations: 'citations',
  searchResults: 'search_results',
  serviceTiers: 'service_tiers',
  optimizedLatency: 'optimized_latency',
  minMaxTokens: 'min_max_tokens',
  inputIncludesCached: 'input_includes_cached',
  imageTokens: 'image_tokens',
  embedding: 'embedding',
  dimensions: 'dimensions',
  image: 'image',
} as const satisfies Record<keyof ModelCapabilities, keyof Capabilities>;

const PAIRS = Object.entries(WIRE_NAMES) as [keyof ModelCapabilities, keyof Capabilities][];

export function encodeCapabilities(capabilities: ModelCapabilities): Capabilities {
  const entries = PAIRS.map(([ours, wire]) => [wire, capabilities[ours]]);
  // The table maps every member to the one of the same type.
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Capabilities;
}

export function decodeCapabilities(capabilities: Capabilities): ModelCapabilities {
  const entries = PAIRS.map(([ours, wire]) => [ours, capabilities[wire]]);
  // As above.
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as ModelCapabilities;
}
