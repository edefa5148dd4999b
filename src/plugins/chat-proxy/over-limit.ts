// A limit's refusal, worded for the caller: which limit, how much of it is used, when to come back.
import { Refusal, type RefusalKind } from '../../canonical/refusal.ts';
import type { LimitRefusal, Rule } from '../limits/index.ts';

const KINDS: Readonly<Record<Rule['unit'], RefusalKind>> = {
  requests: 'requests_limit',
  tokens: 'tokens_limit',
  parallel: 'parallel_limit',
};

const NAMES: Readonly<Record<Rule['unit'], string>> = {
  requests: 'requests per minute',
  tokens: 'tokens per minute',
  parallel: 'parallel requests',
};

export function overLimit({ rule, asked, used, retryAfterMs, standing }: LimitRefusal): Refusal {
  const owner = rule.owner === 'key' ? 'this key' : "this key's group";
  const facts = `limit ${rule.limit}, used ${used}, requested ${asked}`;
  if (retryAfterMs === undefined) {
    const message = `Request too large for ${owner} on ${NAMES[rule.unit]}: ${facts}. Send a shorter conversation.`;
    return new Refusal('tokens_beyond_limit', message, { rateLimits: standing });
  }
  const seconds = retryAfterMs / 1_000;
  const message = `Rate limit reached for ${owner} on ${NAMES[rule.unit]}: ${facts}. Please try again in ${Number(seconds.toFixed(3))}s.`;
  return new Refusal(KINDS[rule.unit], message, { retryAfterSeconds: seconds, rateLimits: standing });
}
