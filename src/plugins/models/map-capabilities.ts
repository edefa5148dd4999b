// Capabilities in our words <-> on the wire. Pure.
import type { ModelCapabilities } from './repository.ts';
import type { Capabilities } from './schemas.ts';

const WIRE_NAMES = {
  imageInput: 'image_input',
  tools: 'tools',
  forcedToolChoice: 'forced_tool_choice',
  reasoning: 'reasoning',
  sampling: 'sampling',
  promptCaching: 'prompt_caching',
  nativeJsonSchema: 'native_json_schema',
  promptCacheMinTokens: 'prompt_cache_min_tokens',
  minMaxTokens: 'min_max_tokens',
  inputIncludesCached: 'input_includes_cached',
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
