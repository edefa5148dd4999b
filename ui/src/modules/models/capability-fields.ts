// Which capabilities a person can say, and what each can be.
import type { Capabilities, ModelRow } from '../../../../src/plugins/models/schemas.ts';

type Name = keyof Capabilities;
type Kind = ModelRow['kind'];

/** `input_includes_cached` is a switch of the form itself. */
export const FLAGS = [
  'image_input',
  'document_input',
  'automatic_caching',
  'native_json_schema',
  'forced_tool_choice',
  'strict_tools',
  'tool_result_status',
  'short_tool_ids',
  'system_prompt',
  'mid_system',
  'prefill',
  'penalties',
  'citations',
  'search_results',
  'optimized_latency',
] as const satisfies readonly Name[];

export const CHOICES = {
  tools: ['streamed', 'whole', 'none'],
  reasoning: ['none', 'always', 'claude', 'effort', 'flat_effort', 'nova'],
  sampling: ['both', 'temperature_or_top_p', 'none'],
  top_k: ['top_k', 'nova', 'k', 'none'],
  prompt_caching: ['explicit', 'implicit', 'none'],
  cache_lifetime: ['5m', '1h'],
} as const satisfies Partial<Record<Name, readonly string[]>>;

export const LISTS = {
  thinking_modes: ['budget', 'adaptive', 'between_tools', 'off'],
  efforts: ['minimal', 'low', 'medium', 'high', 'xhigh', 'max'],
  service_tiers: ['flex', 'priority'],
} as const satisfies Partial<Record<Name, readonly string[]>>;

export const COUNTS = [
  'prompt_cache_min_tokens',
  'min_max_tokens',
  'image_tokens',
] as const satisfies readonly Name[];

/** What a model has that does not chat: nothing of the above is asked of it. */
export const MEDIA_CHOICES = {
  embedding: ['titan_v2', 'titan_v1', 'cohere_v3', 'cohere_v4', 'nova'],
  image: ['nova_canvas', 'stability'],
} as const satisfies Partial<Record<Name, readonly string[]>>;

/** What another kind of model would have is left out: a kind that was chosen by mistake leaves nothing behind. */
export function capabilitiesOf(kind: Kind, capabilities: Capabilities): Capabilities {
  const { embedding, dimensions, image, ...others } = capabilities;
  switch (kind) {
    case 'chat':
      return others;
    case 'embedding':
      return { ...(embedding && { embedding }), ...(dimensions && { dimensions }) };
    case 'image':
      return image ? { image } : {};
  }
}

/** With one member said, or, undefined, not known any more. */
export function withCapability(capabilities: Capabilities, name: Name, value: unknown): Capabilities {
  const { [name]: _before, ...others } = capabilities;
  // The tables above give each member what its schema takes; the gateway checks it once more.
  return value === undefined ? others : ({ ...others, [name]: value } as Capabilities);
}

/** In the order of the table, whatever was clicked first: efforts are listed weakest first. */
export function inOrder(words: readonly string[], chosen: readonly string[]): string[] {
  return words.filter((word) => chosen.includes(word));
}

/** Digits only; anything else is not known. */
export function countOf(text: string): number | undefined {
  return /^[1-9]\d{0,8}$/.test(text.trim()) ? Number(text) : undefined;
}

/** `1024, 512` -> `[1024, 512]`, each once; undefined if anything else stands there, or nothing. */
export function lengthsOf(text: string): number[] | undefined {
  const words = text.trim() === '' ? [] : text.split(',').map(countOf);
  const lengths = words.filter((each) => each !== undefined);
  return lengths.length > 0 && lengths.length === words.length ? [...new Set(lengths)] : undefined;
}
