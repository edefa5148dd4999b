// Limits over all replicas, with a real server that may go at any moment.
import { Redis } from 'ioredis';
import t, { type Test } from 'tap';
import { createSlots } from '../../../src/plugins/limits/slots.ts';
import { createValkey, PREFIX } from '../../../src/plugins/limits/valkey.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts';
import { type NewKey, startTestGateway, type TestGateway } from '../../helpers/gateway.ts';
import { startValkey, type TestValkey, valkeyIsMissing } from '../../helpers/valkey.ts';
import { limitKey, remaining } from './limited.ts';

if (valkeyIsMissing !== undefined) t.comment(valkeyIsMissing);
const options = valkeyIsMissing === undefined ? {} : { skip: valkeyIsMissing };

const AWAY = 'Valkey is away: rate limits count per replica';
const BACK = 'Valkey is back: rate limits count over all replicas';

t.test('replicas that share a Valkey share every limit', options, async (t) => {
  const { one, two } = await startReplicas(t);
  const key = await one.createKey();
  await limitEverywhere([one, two], key, { requests: 5, tokens: 1_000, parallel: 2 });
  t.equal(remaining(await one.chat(key), 'requests'), 4);
  const second = await two.chat(key);
  t.equal(remaining(second, 'requests'), 3);
  t.equal(second.headers.get('x-ratelimit-limit-tokens'), '1000');
  const first = 1_000 - (remaining(second, 'tokens') ?? 0) - 9;
  t.ok(first > 9, 'what the other replica really used, not what it reserved');
  for (const replica of [one, two, one]) t.equal((await replica.chat(key)).status, 200);
  for (const replica of [one, two]) {
    const refused = await replica.chat(key);
    t.match(refused.body.error, { type: 'requests', code: 'rate_limit_exceeded' });
    t.ok(Number(refused.headers.get('retry-after-ms')) > 50_000);
  }
});

t.test('parallel requests of all replicas together, freed by either', options, async (t) => {
  const { one, two, client } = await startReplicas(t);
  const key = await one.createKey();
  await limitEverywhere([one, two], key, { parallel: 2 });
  one.simulator.script({ times: 2, behaviour: { kind: 'answer', text: 'pong', gate: { name: 'gate' } } });
  const underWay = [one.chat(key), two.chat(key)];
  await one.simulator.reached('gate', 2);
  for (const replica of [one, two])
    t.match((await replica.chat(key)).body.error.message, /parallel requests: limit 2, used 2/);
  t.equal(await client.zcard(`${PREFIX}:key:${key.id}:parallel`), 2);
  one.simulator.release('gate');
  for (const answer of await Promise.all(underWay)) t.equal(answer.status, 200);
  await two.app.close();
  for (let count = 0; count < 3; count += 1) t.equal((await one.chat(key)).status, 200);
  await one.app.close();
  t.equal(await client.zcard(`${PREFIX}:key:${key.id}:parallel`), 0, 'a shutdown leaves nothing behind');
});

t.test('many at once on two replicas: never more than the limit, and all of it', options, async (t) => {
  const { one, two } = await startReplicas(t);
  const key = await one.createKey();
  await limitEverywhere([one, two], key, { requests: 12 });
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? one : two).chat(key)),
  );
  const served = answers.filter(({ status }) => status === 200).length;
  t.ok(served <= 12);
  // Who was refused while another's refusal was being taken back may come again.
  for (let count = served; count < 12; count += 1) t.equal((await one.chat(key)).status, 200);
  t.equal((await two.chat(key)).status, 429);
  await one.recorded(12);
  t.equal(one.simulator.journal.entries().length, 12, 'and nothing of the others went upstream');
  t.equal(await one.auditFaults(), 0);
});

t.test('a Valkey killed under load: every paid request is served, and it comes back', options, async (t) => {
  const { one, two, valkey, lines } = await startReplicas(t);
  const key = await one.createKey();
  await limitEverywhere([one, two], key, { requests: 10_000, tokens: 10_000_000, parallel: 500 });
  const load = async (count: number) => {
    const answers = await Promise.all(
      Array.from({ length: count }, (_, index) => (index % 2 === 0 ? one : two).chat(key)),
    );
    return answers.map(({ status }) => status);
  };
  const served = await load(40);
  const underKill = load(60);
  await valkey.kill();
  served.push(...(await underKill), ...(await load(40)));
  t.same(new Set(served), new Set([200]));
  t.equal(lines.count(AWAY), 2, 'one line per replica');

  const limited = await one.createKey();
  await limitEverywhere([one, two], limited, { requests: 2 });
  for (const replica of [one, two]) {
    for (let count = 0; count < 2; count += 1) t.equal((await replica.chat(limited)).status, 200);
    t.equal((await replica.chat(limited)).status, 429, 'it goes on limiting, per replica');
  }
  await valkey.start();
  await lines.reach(BACK, 2);
  const again = await one.createKey();
  await limitEverywhere([one, two], again, { requests: 2 });
  for (const replica of [one, two]) t.equal((await replica.chat(again)).status, 200);
  for (const replica of [one, two]) t.equal((await replica.chat(again)).status, 429, 'together again');
  await one.recorded(served.length + 6);
  t.equal(await one.auditFaults(), 0);
  t.equal(lines.count(AWAY), 2);
});

t.test('a Valkey that hangs delays nobody for long, and only once', options, async (t) => {
  const { one, two, valkey, lines } = await startReplicas(t);
  const key = await one.createKey();
  await limitEverywhere([one, two], key, { requests: 100, tokens: 100_000, parallel: 50 });
  t.equal((await one.chat(key)).status, 200);
  valkey.freeze();
  const began = performance.now();
  t.equal((await one.chat(key)).status, 200);
  const first = performance.now() - began;
  t.ok(first < 1_000, `${Math.round(first)} ms`);
  for (let count = 0; count < 20; count += 1) t.equal((await one.chat(key)).status, 200);
  t.equal(lines.count(AWAY), 1, 'only the replica that asked has noticed');
  const later = await startTestGateway(t, { env: { VALKEY_URL: valkey.url }, onLogLine: lines.add });
  t.equal((await later.chat(await later.createKey())).status, 200, 'another one even starts');
  t.equal(lines.count(AWAY), 2);
  valkey.thaw();
  await lines.reach(BACK, 2);
  t.equal((await one.chat(key)).status, 200);
  t.equal(await one.auditFaults(), 0);
});

t.test('requests under way keep their slots when an empty Valkey comes back', options, async (t) => {
  const { one, two, valkey, lines } = await startReplicas(t);
  const key = await one.createKey();
  await limitEverywhere([one, two], key, { parallel: 1 });
  one.simulator.script({ times: 1, behaviour: { kind: 'answer', text: 'pong', gate: { name: 'gate' } } });
  const underWay = one.chat(key);
  await one.simulator.reached('gate');
  await valkey.kill();
  await lines.reach(AWAY, 2);
  await valkey.start();
  await lines.reach(BACK, 2);
  t.equal((await two.chat(key)).status, 429);
  one.simulator.release('gate');
  t.equal((await underWay).status, 200);
  t.equal((await two.chat(key)).status, 200);
});

t.test('a gateway starts without its Valkey, says so once, and finds it later', options, async (t) => {
  const valkey = await startValkey(t);
  await valkey.kill();
  const lines = createLines();
  const gateway = await startTestGateway(t, { env: { VALKEY_URL: valkey.url }, onLogLine: lines.add });
  const key = await gateway.createKey();
  await limitKey(gateway, key, { requests: 10 });
  t.equal((await gateway.chat(key)).status, 200);
  t.equal(lines.count(AWAY), 1);
  await valkey.start();
  await lines.reach(BACK, 1);
  t.equal(remaining(await gateway.chat(key), 'requests'), 9, 'a window of its own in Valkey');
});

t.test('the slots of a process that was killed come free when their lease is over', options, async (t) => {
  const { url } = await startValkey(t);
  const rule = { owner: 'key', unit: 'parallel', limit: 1, counter: 'key:1:parallel' } as const;
  const log = { info() {}, warn: (facts: object) => t.fail('away', facts) };
  const replica = async (leaseMs: number) => {
    const valkey = createValkey({ url, log });
    await valkey.open();
    const slots = createSlots({ valkey, leaseMs });
    t.teardown(async () => {
      slots.close();
      await valkey.close();
    });
    return slots;
  };
  const killed = await replica(200);
  const other = await replica(30_000);
  t.equal(await killed.takeEverywhere([rule], 'a'), undefined);
  // No hold here: nothing renews it, as if its process were gone.
  t.equal(await other.takeEverywhere([rule], 'b'), rule);
  await new Promise((resolve) => setTimeout(resolve, 250));
  t.equal(await other.takeEverywhere([rule], 'b'), undefined);

  const living = { ...rule, counter: 'key:2:parallel' };
  t.equal(killed.takeHere([living], 'c'), undefined);
  t.equal(await killed.takeEverywhere([living], 'c'), undefined);
  await new Promise((resolve) => setTimeout(resolve, 450));
  t.equal(await other.takeEverywhere([living], 'd'), living, 'a living one renews its slots');
});

interface Replicas {
  one: TestGateway;
  two: TestGateway;
  valkey: TestValkey;
  /** Looks into the server from outside. */
  client: Redis;
  lines: ReturnType<typeof createLines>;
}

async function startReplicas(t: Test): Promise<Replicas> {
  const valkey = await startValkey(t);
  const lines = createLines();
  const database: TestDatabase = await createTestDatabase(t);
  const shared = { database, env: { VALKEY_URL: valkey.url }, onLogLine: lines.add };
  const one = await startTestGateway(t, shared);
  const two = await startTestGateway(t, { ...shared, simulator: one.simulator });
  const client = new Redis(valkey.url, { retryStrategy: () => 50 });
  client.on('error', () => undefined);
  t.teardown(() => client.disconnect());
  return { one, two, valkey, client, lines };
}

async function limitEverywhere(
  replicas: readonly TestGateway[],
  key: NewKey,
  limits: Parameters<typeof limitKey>[2],
): Promise<void> {
  for (const replica of replicas) await limitKey(replica, key, limits);
}

/** What the gateways log, to be counted and waited for. */
function createLines() {
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const count = (message: string) => lines.filter((line) => line.includes(message)).length;
  return {
    count,
    add(line: string): void {
      lines.push(line);
      for (const look of waiting) look();
    },
    reach(message: string, times: number): Promise<void> {
      return new Promise((resolve) => {
        const look = () => {
          if (count(message) < times) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      });
    },
  };
}
