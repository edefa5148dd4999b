// `cache_control` of a block, a tool, an instruction or the whole request.
import type { CacheLifetime } from '../../canonical/content.ts';
import { notOneOf } from '../refusals.ts';
import type { Fields } from './fields.ts';
import type { Notes } from './notes.ts';

const LIFETIMES: readonly CacheLifetime[] = ['5m', '1h'];

/** A member for the block, or nothing. */
export function decodeCacheControl(holder: Fields, notes: Notes): { cacheAfter?: CacheLifetime } {
  if (!holder.has('cache_control')) return {};
  const control = holder.fields('cache_control');
  const type = control.text('type');
  if (type !== 'ephemeral') throw notOneOf(control.at('type'), type, ['ephemeral']);
  const ttl = control.textOr('ttl', '5m');
  const cacheAfter = LIFETIMES.find((each) => each === ttl);
  if (cacheAfter === undefined) throw notOneOf(control.at('ttl'), ttl, LIFETIMES);
  notes.hasCachePoints = true;
  return { cacheAfter };
}
