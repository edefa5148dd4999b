// Which limits a request falls under: those of its key and those of its key's group. Pure.
import type { KeyPrincipal } from '../auth/index.ts';

export type Unit = 'requests' | 'tokens' | 'parallel';

export interface Rule {
  owner: 'key' | 'group';
  unit: Unit;
  /** Per minute; for `parallel`, at any time. */
  limit: number;
  /** Where it is counted; the same for every request that shares it. */
  counter: string;
}

/** What a request is limited by; both must allow it. */
export type Limited = Pick<KeyPrincipal, 'id' | 'limits' | 'group'>;
type Limits = KeyPrincipal['limits'];

export function isLimited({ limits, group }: Limited): boolean {
  return hasAny(limits) || (group !== null && hasAny(group.limits));
}

function hasAny({ requestsPerMinute, tokensPerMinute, parallelRequests }: Limits): boolean {
  return requestsPerMinute !== null || tokensPerMinute !== null || parallelRequests !== null;
}

export function rulesOf({ id, limits, group }: Limited): Rule[] {
  const ofKey = rules('key', id, limits);
  return group === null ? ofKey : [...ofKey, ...rules('group', group.id, group.limits)];
}

function rules(owner: Rule['owner'], id: number, limits: Limits): Rule[] {
  const amounts: [Unit, number | null][] = [
    ['requests', limits.requestsPerMinute],
    ['tokens', limits.tokensPerMinute],
    ['parallel', limits.parallelRequests],
  ];
  return amounts.flatMap(([unit, limit]) =>
    limit === null ? [] : [{ owner, unit, limit, counter: `${owner}:${id}:${unit}` }],
  );
}
