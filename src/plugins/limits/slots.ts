// Requests under way. Every replica knows its own; in Valkey each also has a slot with a lease, so that the slots of a
// process that was killed come free by themselves.
import type { Rule } from './rules.ts';
import { PREFIX, type Valkey } from './valkey.ts';

export interface SlotsOptions {
  valkey: Valkey | undefined;
  /** How long a slot lives without being renewed, ms. */
  leaseMs: number;
}

/** By the server's clock: the replicas' own may differ. */
const NOW = "local t = redis.call('TIME') local now = t[1] * 1000 + math.floor(t[2] / 1000) ";
const TAKE = `${NOW}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[1], ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1`;
const RENEW = `${NOW}
for i = 2, #ARGV do redis.call('ZADD', KEYS[1], now + ARGV[1], ARGV[i]) end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1`;

export function createSlots({ valkey, leaseMs }: SlotsOptions) {
  /** By counter: the ids of the requests under way in this process. */
  const held = new Map<string, Set<string>>();

  function hold({ counter, limit }: Rule, id: string): boolean {
    const ids = held.get(counter) ?? new Set();
    if (ids.size >= limit) return false;
    held.set(counter, ids.add(id));
    return true;
  }

  function letGo(counter: string, id: string): void {
    const ids = held.get(counter);
    ids?.delete(id);
    if (ids?.size === 0) held.delete(counter);
  }

  async function renew(): Promise<void> {
    if (valkey === undefined) return;
    const renewals = [...held].map(([counter, ids]) =>
      valkey.client.eval(RENEW, 1, keyOf(counter), leaseMs, ...ids),
    );
    await Promise.all(renewals);
  }

  valkey?.onReturn(renew);
  const timer = valkey && setInterval(() => void valkey.ask(renew), leaseMs / 3);
  timer?.unref();

  return {
    /** Takes a slot of each in this process, or none. @returns the rule that has none left */
    takeHere(rules: readonly Rule[], id: string): Rule | undefined {
      const full = rules.find((rule) => !hold(rule, id));
      if (full !== undefined) for (const { counter } of rules) letGo(counter, id);
      return full;
    },
    /** Then a slot of each over all replicas. @returns a rule that has none left; nobody, when Valkey is away */
    async takeEverywhere(rules: readonly Rule[], id: string): Promise<Rule | undefined> {
      if (valkey === undefined) return undefined;
      const answers = rules.map(({ counter, limit }) =>
        valkey.ask(() => valkey.client.eval(TAKE, 1, keyOf(counter), leaseMs, limit, id)),
      );
      const refusedAt = (await Promise.all(answers)).indexOf(0);
      return rules[refusedAt];
    },
    /** Lets all of them go, here and everywhere; harmless for those it does not hold. */
    free(rules: readonly Rule[], id: string): void {
      for (const { counter } of rules) {
        letGo(counter, id);
        void valkey?.ask(() => valkey.client.zrem(keyOf(counter), id));
      }
    },
    /** Requests under way in this process. */
    count: (counter: string): number => held.get(counter)?.size ?? 0,
    close(): void {
      clearInterval(timer);
    },
  };
}

export type Slots = ReturnType<typeof createSlots>;

function keyOf(counter: string): string {
  return `${PREFIX}:${counter}`;
}
