// Where a client wants its prompt cached, in the lifetimes that Bedrock has.
import type { CacheLifetime } from '../../../canonical/content.ts';
import { notOneOf, oneOf } from '../../refusals.ts';
import type { ChatCompletionBody } from './schema.ts';
import type { ContentPart } from './schema-messages.ts';

/** OpenAI's lifetimes are least ones, so each becomes the shortest of Bedrock's that is as long, or the longest. */
const LIFETIMES: Readonly<Record<string, CacheLifetime>> = {
  '5m': '5m',
  '30m': '1h',
  '1h': '1h',
  '12h': '1h',
};
/** Of a breakpoint for which nobody named one: OpenAI's own would cost twice the input on Bedrock. */
const UNNAMED: CacheLifetime = '5m';

export interface CacheOptions {
  allowsAutomaticCaching: boolean;
  /** Of breakpoints that name none of their own. */
  lifetime: CacheLifetime;
}

/** @throws Refusal for a word that is none of the parameter's */
export function decodeCacheOptions(options: ChatCompletionBody['prompt_cache_options']): CacheOptions {
  const mode = oneOf('prompt_cache_options.mode', options?.mode ?? 'implicit', ['implicit', 'explicit']);
  return {
    allowsAutomaticCaching: mode === 'implicit',
    lifetime: lifetimeOf(options?.ttl ?? null, 'prompt_cache_options.ttl') ?? UNNAMED,
  };
}

/** Undefined: the part ends no cached prefix. */
export function decodeBreakpoint(
  { prompt_cache_breakpoint: breakpoint, cache_control: control }: ContentPart,
  path: string,
  { lifetime }: CacheOptions,
): CacheLifetime | undefined {
  if (breakpoint === undefined || breakpoint === null) return decodeControl(control, `${path}.cache_control`);
  const place = `${path}.prompt_cache_breakpoint`;
  oneOf(`${place}.mode`, breakpoint.mode ?? 'explicit', ['explicit']);
  return lifetimeOf(breakpoint.ttl ?? null, `${place}.ttl`) ?? lifetime;
}

/** Anthropic's word, with Anthropic's lifetimes. */
function decodeControl(control: ContentPart['cache_control'], path: string): CacheLifetime | undefined {
  if (control === undefined || control === null) return undefined;
  oneOf(`${path}.type`, control.type, ['ephemeral']);
  return oneOf<CacheLifetime>(`${path}.ttl`, control.ttl ?? UNNAMED, ['5m', '1h']);
}

function lifetimeOf(word: string | null, path: string): CacheLifetime | undefined {
  if (word === null) return undefined;
  const lifetime = Object.hasOwn(LIFETIMES, word) ? LIFETIMES[word] : undefined;
  if (lifetime === undefined) throw notOneOf(path, word, Object.keys(LIFETIMES));
  return lifetime;
}
