// The rules of Converse for cache points, along the prefix they cut: tools, system, messages.
import { invalid } from './errors.ts';
import { isObject, type JsonObject, listOf } from './json.ts';

const MAX_CACHE_POINTS = 4;

export function validateCachePoints({ toolConfig, system, messages }: JsonObject): void {
  const tools = isObject(toolConfig) ? listOf(toolConfig.tools) : [];
  const said = listOf(messages).flatMap((message) => (isObject(message) ? listOf(message.content) : []));
  const points = [...tools, ...listOf(system), ...said].flatMap((block) =>
    isObject(block) && block.cachePoint !== undefined && block.cachePoint !== null ? [block.cachePoint] : [],
  );
  if (points.length > MAX_CACHE_POINTS) {
    throw invalid(
      `A maximum of ${MAX_CACHE_POINTS} blocks with cache_control may be provided. Found ${points.length}.`,
    );
  }
  let mayLastAnHour = true;
  for (const point of points) {
    const { type, ttl = '5m' } = isObject(point) ? point : {};
    if (type !== 'default' || (ttl !== '5m' && ttl !== '1h')) {
      throw invalid("A cachePoint must have the type 'default' and a ttl of 5m or 1h, if any.");
    }
    if (ttl === '1h' && !mayLastAnHour) {
      throw invalid("A ttl='1h' cache_control block must not come after a ttl='5m' cache_control block.");
    }
    mayLastAnHour &&= ttl === '1h';
  }
}
