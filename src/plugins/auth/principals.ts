// Whose secret is this? Answers from memory; forgets everything whenever a key changes anywhere.
import { LRUCache } from 'lru-cache';
import type { AuthRepository, Credential } from './repository.ts';

const MAX_CACHED = 10_000;
/** A safety net only: changes arrive by NOTIFY within a second. */
const MAX_AGE_MS = 30_000;

export function createPrincipals({ repository }: { repository: Pick<AuthRepository, 'findByDigest'> }) {
  const cache = new LRUCache<string, Credential>({ max: MAX_CACHED, ttl: MAX_AGE_MS });
  let generation = 0;

  return {
    async find(digest: string): Promise<Credential | undefined> {
      const known = cache.get(digest);
      if (known !== undefined) return known;
      const started = generation;
      const found = await repository.findByDigest(digest);
      // What was read before a change must not be remembered after it.
      if (found !== undefined && started === generation) cache.set(digest, found);
      return found;
    },
    forget(): void {
      generation += 1;
      cache.clear();
    },
  };
}

export type Principals = ReturnType<typeof createPrincipals>;
