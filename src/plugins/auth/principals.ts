// Whose secret is this? Answers from memory; forgets everything whenever a key changes anywhere.
import { LRUCache } from 'lru-cache';
import { type AddressList, createAddressList } from '../../lib/addresses.ts';
import type { AuthRepository, Credential } from './repository.ts';

const MAX_CACHED = 10_000;
/** A safety net only: changes arrive by NOTIFY within a second. */
const MAX_AGE_MS = 30_000;

/** Null: no limit. */
export interface Limits {
  requestsPerMinute: number | null;
  tokensPerMinute: number | null;
  parallelRequests: number | null;
}

export interface KeyPrincipal {
  kind: 'key';
  /** How ledger entries name it. */
  actor: `key:${number}`;
  id: number;
  name: string;
  role: 'user' | 'admin';
  groupId: number | null;
  /** When the secret that was shown ends by itself; null: never. */
  goodUntil: Date | null;
  /** Where it may come from; null: anywhere. */
  allowedFrom: AddressList | null;
  allowedModels: readonly string[] | null;
  logging: Credential['logging'];
  defaults: Credential['defaults'];
  /** What its requests may choose themselves. */
  mayChoose: readonly Credential['mayChoose'][number][];
  limits: Limits;
  /** What its group adds; null: no group. */
  group: { id: number; allowedModels: readonly string[] | null; limits: Limits } | null;
}

export function createPrincipals({ repository }: { repository: Pick<AuthRepository, 'findByDigest'> }) {
  const cache = new LRUCache<string, KeyPrincipal>({ max: MAX_CACHED, ttl: MAX_AGE_MS });
  let generation = 0;

  return {
    /** From memory only. */
    known: (digest: string): KeyPrincipal | undefined => cache.get(digest),
    async find(digest: string): Promise<KeyPrincipal | undefined> {
      const known = cache.get(digest);
      if (known !== undefined) return known;
      const started = generation;
      const found = await repository.findByDigest(digest);
      if (found === undefined) return undefined;
      const principal = toPrincipal(found);
      // What was read before a change must not be remembered after it.
      if (started === generation) cache.set(digest, principal);
      return principal;
    },
    forget(): void {
      generation += 1;
      cache.clear();
    },
  };
}

export type Principals = ReturnType<typeof createPrincipals>;

function toPrincipal(row: Credential): KeyPrincipal {
  const { id, name, role, groupId, goodUntil, allowedCidrs, allowedModels, logging, defaults, mayChoose } =
    row;
  const { requestsPerMinute, tokensPerMinute, parallelRequests } = row;
  const groupLimits = {
    requestsPerMinute: row.groupRequestsPerMinute,
    tokensPerMinute: row.groupTokensPerMinute,
    parallelRequests: row.groupParallelRequests,
  };
  return {
    kind: 'key',
    actor: `key:${id}`,
    id,
    name,
    role,
    groupId,
    goodUntil,
    allowedFrom: allowedCidrs === null ? null : createAddressList(allowedCidrs),
    allowedModels,
    logging,
    defaults,
    mayChoose,
    limits: { requestsPerMinute, tokensPerMinute, parallelRequests },
    group:
      groupId === null ? null : { id: groupId, allowedModels: row.groupAllowedModels, limits: groupLimits },
  };
}
