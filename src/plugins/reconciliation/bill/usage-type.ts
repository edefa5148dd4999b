// What the usage type of a bill's line says: which tokens, of which model, under which terms. The grammar is AWS's own
// prose plus what public bills show; what it does not know stays unknown and is shown with its cost, never guessed.

export type TokenKind = 'input' | 'output' | 'cache_read' | 'cache_write';

export interface UsageType {
  /** AWS's short code of the region, e.g. `USE1`; empty if there is none. */
  regionCode: string;
  /** A name of AWS's billing, e.g. `Claude4.6Sonnet`, or a model id; null: not said here. */
  model: string | null;
  /** `other`: no tokens (guardrails, reserved throughput); `unknown`: not understood. */
  kind: TokenKind | 'other' | 'unknown';
  isGlobal: boolean;
  isLongContext: boolean;
  tier: 'standard' | 'batch' | 'flex' | 'priority';
  /** True: the cache is kept for an hour. */
  isHourCache: boolean;
  isMantle: boolean;
}

const REGION = /^([A-Z]{2,4}\d?)-(?=.)/;
const MARKETPLACE = /^MP:(?:[A-Z]{2,4}\d?_)?(.*?)(?:-Units)?$/;
/** The first part that begins the kind, if tokens are counted behind it. */
const KIND_BEGINS =
  /(?:^|-)(?:mantle-)?(?:text-input|speech-input|cache-read|cache-write|input|output)-(?=.*token)/;
const NO_TOKENS = ['reserved', 'provisioned', 'tpm', 'guardrail', 'customization', 'storage'];
const OTHER_MEDIA = ['image', 'speech', 'audio', 'video'];

export function parseUsageType(text: string): UsageType {
  const regionCode = REGION.exec(text)?.[1] ?? '';
  const rest = regionCode === '' ? text : text.slice(regionCode.length + 1);
  const [, dimension] = MARKETPLACE.exec(rest) ?? [];
  const words = wordsOf(dimension ?? rest);
  const begins = dimension === undefined ? KIND_BEGINS.exec(rest) : null;
  const modelName = begins === null ? '' : rest.slice(0, begins.index);
  const terms = begins === null ? words : wordsOf(rest.slice(begins.index));
  const has = (...some: string[]) => some.some((word) => terms.has(word));
  return {
    regionCode,
    model: modelName === '' ? null : modelName,
    kind: kindOf(words, terms, begins !== null || has('token', 'tokens')),
    isGlobal: has('global'),
    isLongContext: has('lctx', 'long'),
    tier: has('batch') ? 'batch' : has('flex') ? 'flex' : has('priority') ? 'priority' : 'standard',
    isHourCache: has('1h'),
    isMantle: has('mantle'),
  };
}

function kindOf(
  words: ReadonlySet<string>,
  terms: ReadonlySet<string>,
  countsTokens: boolean,
): UsageType['kind'] {
  if (NO_TOKENS.some((word) => words.has(word))) return 'other';
  if (!countsTokens || OTHER_MEDIA.some((word) => terms.has(word))) return 'unknown';
  // In this order: the names of the cache kinds contain "input".
  if (terms.has('cache') && terms.has('read')) return 'cache_read';
  if (terms.has('cache') && terms.has('write')) return 'cache_write';
  if (terms.has('output')) return 'output';
  return terms.has('input') ? 'input' : 'unknown';
}

/** `CacheWrite1hInputTokenCount_Global` -> cache, write, 1h, input, token, count, global */
function wordsOf(text: string): Set<string> {
  const spaced = text
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .replace(/(Write|Read)(\d)/g, '$1 $2')
    .replace(/LCtx|L Ctx/g, 'lctx');
  return new Set(
    spaced
      .split(/[\s_-]+/)
      .filter(Boolean)
      .map((word) => word.toLowerCase()),
  );
}
