// Cache points within the limits of Bedrock: the client's own, or where it sets none and the administrator wants them,
// the gateway's. The prefix they cut runs through tools, system, messages.
// https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
import type { ModelCapabilities } from '../../canonical/capabilities.ts';
import { likelyTokens } from '../../canonical/usage.ts';
import type { CachePoint, ConverseMessage, ConverseTool, SystemPart } from './converse-body.ts';
import type { Encoding } from './encoding.ts';

export interface Prefix {
  tools: ConverseTool[];
  system: SystemPart[];
  messages: ConverseMessage[];
}

const MAX_POINTS = 4;
/** For models whose own minimum nobody has told; less is not cached, and costs nothing. */
const DEFAULT_MIN_TOKENS = 1024;
const DEFAULT_IMAGE_TOKENS = 1500;
const FIVE_MINUTES: CachePoint = { cachePoint: { type: 'default' } };

export function placeCachePoints(
  prefix: Prefix,
  { allowsAutomatic, encoding }: { allowsAutomatic: boolean; encoding: Encoding },
): Prefix {
  const { capabilities, dropped } = encoding;
  const asked = pointsOf(prefix);
  if (asked.length === 0) {
    const mayPlace =
      allowsAutomatic && capabilities.automaticCaching === true && capabilities.promptCaching === 'explicit';
    return mayPlace ? placeAutomatically(prefix, capabilities) : prefix;
  }
  const isTaken = capabilities.promptCaching === undefined || capabilities.promptCaching === 'explicit';
  const kept = isTaken ? boundPoints(asked, prefix, capabilities) : new Map<CachePoint, CachePoint>();
  if (asked.some((point) => kept.get(point)?.cachePoint.ttl !== point.cachePoint.ttl || !kept.has(point))) {
    dropped.add('caching');
  }
  return mapPoints(prefix, (point) => kept.get(point));
}

/**
 * What becomes of each point that stays. Of too many, the earliest in the messages go first: the later ones contain
 * what they hold. An hour may not follow five minutes.
 */
function boundPoints(
  asked: readonly CachePoint[],
  prefix: Prefix,
  { cacheLifetime }: ModelCapabilities,
): Map<CachePoint, CachePoint> {
  const inMessages = new Set(prefix.messages.flatMap(({ content }) => content.filter(isPoint)));
  const ranked = [
    ...asked.filter((point) => inMessages.has(point)),
    ...asked.filter((point) => !inMessages.has(point)),
  ];
  const surplus = new Set(ranked.slice(0, Math.max(0, asked.length - MAX_POINTS)));
  const kept = new Map<CachePoint, CachePoint>();
  let mayLastAnHour = cacheLifetime !== '5m';
  for (const point of asked) {
    if (surplus.has(point)) continue;
    mayLastAnHour &&= point.cachePoint.ttl === '1h';
    kept.set(point, mayLastAnHour ? point : FIVE_MINUTES);
  }
  return kept;
}

/** After the tools, after the system, and after the last user turn but one, which the next request repeats. */
function placeAutomatically(prefix: Prefix, capabilities: ModelCapabilities): Prefix {
  const { tools, system, messages } = prefix;
  const least = capabilities.promptCacheMinTokens ?? DEFAULT_MIN_TOKENS;
  const imageTokens = capabilities.imageTokens ?? DEFAULT_IMAGE_TOKENS;
  const users = messages.flatMap(({ role }, index) => (role === 'user' ? [index] : []));
  const turn = users.at(-2);
  const toolTokens = tokensOf(tools, imageTokens);
  const systemTokens = toolTokens + tokensOf(system, imageTokens);
  const turnTokens = systemTokens + tokensOf(messages.slice(0, (turn ?? -1) + 1), imageTokens);
  return {
    tools: tools.length > 0 && toolTokens >= least ? [...tools, FIVE_MINUTES] : tools,
    system: system.length > 0 && systemTokens >= least ? [...system, FIVE_MINUTES] : system,
    messages: messages.map((message, index) =>
      index === turn && turnTokens >= least
        ? { ...message, content: [...message.content, FIVE_MINUTES] }
        : message,
    ),
  };
}

/** An estimate; the bytes of an image say nothing about its tokens. */
function tokensOf(value: unknown, imageTokens: number): number {
  let images = 0;
  const text = JSON.stringify(value, (key, inner: unknown) => {
    if (key !== 'image') return inner;
    images += 1;
    return undefined;
  });
  return likelyTokens(Buffer.byteLength(text)) + images * imageTokens;
}

function pointsOf({ tools, system, messages }: Prefix): CachePoint[] {
  return [...tools, ...system, ...messages.flatMap(({ content }) => content)].filter(isPoint);
}

function isPoint(block: object): block is CachePoint {
  return 'cachePoint' in block;
}

function mapPoints(
  { tools, system, messages }: Prefix,
  map: (point: CachePoint) => CachePoint | undefined,
): Prefix {
  const kept = <T extends object>(block: T | CachePoint): (T | CachePoint)[] => {
    if (!isPoint(block)) return [block];
    const point = map(block);
    return point === undefined ? [] : [point];
  };
  return {
    tools: tools.flatMap(kept),
    system: system.flatMap(kept),
    messages: messages.map(({ role, content }) => ({ role, content: content.flatMap(kept) })),
  };
}
