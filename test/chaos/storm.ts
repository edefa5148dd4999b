// One chaos run: traffic, faults, a look at the books all the while, then quiet, and the last judgement.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { isDatabaseUnavailable } from '../../src/db/unavailable.ts';
import { readRecharges, readUsage, takeSnapshot, type UsageRow } from './books.ts';
import { type Episode, type Fault, SMALL_DISK_REPLICA } from './faults.ts';
import type { KeyName } from './plan.ts';
import type { RunReport } from './report.ts';
import { type Seen, startTraffic, type Traffic } from './traffic.ts';
import { createTruth } from './truth.ts';
import { until } from './until.ts';
import { isRefused, judge, judgeFunds, judgeRecharges } from './verdict.ts';
import { LEASE_SECONDS, type World } from './world.ts';

export interface StormOptions {
  seed: number;
  clients: number;
  episodes: readonly Episode[];
  /** Traffic before the first fault and after the last one, ms. */
  calmMs: number;
  /** No new episode after so long, ms: on a slow machine a bounded run does less. */
  stormMs: number;
  say(line: string): void;
}

const SAMPLE_EVERY_MS = 400;
/** A settlement is on disk, wherever, so long after its answer's end, ms. */
const GRACE_MS = 1_500;
const QUIET_WITHIN_MS = 60_000;

export async function runStorm(world: World, options: StormOptions): Promise<RunReport> {
  const { seed, clients, episodes, calmMs, stormMs, say } = options;
  const startedAt = performance.now();
  const truth = createTruth(world.simulator.journal);
  const faults: Record<string, number> = {};
  const skipped = typeof world.disk === 'string' ? [`a full disk (${world.disk})`] : [];
  const loop = monitorEventLoopDelay();
  loop.enable();
  const traffic = startTraffic(world, { seed, clients });
  const sampler = startSampler(world, traffic, { clients, gather: truth.gather });

  await pause(calmMs);
  const endsAt = performance.now() + stormMs;
  for (const episode of episodes) {
    if (performance.now() > endsAt) {
      skipped.push(`${episode.name} (no time)`);
      continue;
    }
    say(`${seconds(startedAt)} ${episode.name} ${episode.faults.map(tellFault).join(', ')}`);
    for (const { kind } of episode.faults) faults[kind] = (faults[kind] ?? 0) + 1;
    await Promise.all(episode.faults.map((fault) => inject(world, fault)));
    if (episode.isAwaited) await Promise.all(world.replicas.map((replica) => replica.ready()));
    await pause(episode.pauseMs);
  }
  await Promise.all(world.replicas.map((replica) => replica.ready()));
  await pause(calmMs);
  say(`${seconds(startedAt)} the last requests`);
  await traffic.stop();
  await traffic.finishRecharges();
  await sampler.stop();
  loop.disable();

  say(`${seconds(startedAt)} quiet`);
  const problems = [...sampler.problems, ...(await quieten(world))];
  truth.gather();
  const last = await takeSnapshot(world.sql);
  const { record } = traffic;
  const rows = await readUsage(world.sql);
  const refusals = record.requests.filter((seen) => seen.status === 503 && isRefused(seen));
  return {
    seed,
    tookMs: performance.now() - startedAt,
    faults,
    skipped,
    requests: record.requests,
    recharges: record.recharges.length,
    samples: sampler.taken(),
    judgement: judge({ requests: record.requests, served: truth.served, rows, graceMs: GRACE_MS }),
    ...countAbandoned(record.requests, rows),
    refusalsMs: [
      ...refusals.map((seen) => seen.latencyMs ?? 0),
      ...record.refusals.map(({ latencyMs }) => latencyMs),
    ],
    loopDelayMs: loop.max / 1e6,
    problems: [
      ...problems,
      ...last.faults,
      ...judgeFunds(last.funds, nameOf(world), { quotaEdits: record.quotaEdits, clients }),
      ...judgeRecharges(record.recharges, await readRecharges(world.sql)),
      ...record.oddities,
      ...record.requests
        .filter(({ ending }) => ending === 'hung')
        .map(({ plan }) => `${plan.id} (${plan.behaviour}) was not answered`),
      ...world.replicas.flatMap(({ failures }) => failures),
    ],
  };
}

function countAbandoned(requests: readonly Seen[], rows: readonly UsageRow[]) {
  const abandoned = new Set(
    rows.filter(({ status }) => status === 'abandoned').map(({ requestId }) => requestId),
  );
  const ofLiving = requests.filter(
    ({ plan, incarnation }) => incarnation.diedAt === null && abandoned.has(plan.id),
  );
  return { abandoned: abandoned.size, abandonedOfLiving: ofLiving.length };
}

async function inject(world: World, { kind, replica, afterMs, forMs }: Fault): Promise<void> {
  const gateway = world.replicas[replica];
  const wire = world.wires[replica];
  if (gateway === undefined || wire === undefined) throw new Error(`no gateway ${replica}`);
  await pause(afterMs);
  switch (kind) {
    case 'kill':
      return gateway.kill();
    case 'terminate':
      return gateway.terminate();
    case 'cut':
      await wire.cut();
      await pause(forMs);
      return wire.join();
    case 'stall':
      wire.hang();
      await pause(forMs);
      return wire.join();
    case 'crash':
      await world.postgres.crash();
      await pause(forMs);
      return world.postgres.start();
    case 'freeze':
      world.postgres.freeze();
      await pause(forMs);
      return world.postgres.thaw();
    case 'fill': {
      if (typeof world.disk === 'string' || replica !== SMALL_DISK_REPLICA) return;
      world.disk.fill();
      await pause(forMs);
      return world.disk.free();
    }
  }
}

/** Looks at the books again and again; while the database is away there is nothing to see. */
function startSampler(
  world: World,
  traffic: Traffic,
  { clients, gather }: { clients: number; gather: () => void },
) {
  const problems: string[] = [];
  const stopping = new AbortController();
  let taken = 0;
  const name = nameOf(world);

  async function sample(): Promise<void> {
    const snapshot = await takeSnapshot(world.sql).catch((error) => {
      if (!isDatabaseUnavailable(error)) throw error;
      return undefined;
    });
    if (snapshot === undefined) return;
    taken += 1;
    const limits = { quotaEdits: traffic.record.quotaEdits, clients };
    problems.push(
      ...[...snapshot.faults, ...judgeFunds(snapshot.funds, name, limits)].map(
        (one) => `sample ${taken}: ${one}`,
      ),
    );
  }

  const running = (async () => {
    while (!stopping.signal.aborted) {
      gather();
      await sample();
      await pause(SAMPLE_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    problems,
    taken: () => taken,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** All leases have run out, all spools are empty, all processes have ended in order. @returns what did not come to rest */
async function quieten(world: World): Promise<string[]> {
  const problems: string[] = [];
  const openHolds = async () => (await takeSnapshot(world.sql)).openHolds;
  try {
    await pause(LEASE_SECONDS * 1_000);
    await until(
      'no open holds, no spool',
      QUIET_WITHIN_MS,
      async () => (await openHolds()) === 0 && isEmpty(world),
    );
  } catch (error) {
    problems.push(`${error}: ${await openHolds()} holds, spool ${world.spooled().join(' ')}`);
  }
  const endings = await Promise.all(world.replicas.map((replica) => replica.stop()));
  for (const [index, how] of endings.entries())
    if (how !== '0') problems.push(`gateway ${index} stopped with ${how}`);
  return problems;
}

function isEmpty(world: World): boolean {
  return world.spooled().length === 0;
}

function nameOf(world: World): (keyId: number) => KeyName {
  // The members of `keys` are named by KeyName.
  const names = new Map(Object.entries(world.keys).map(([name, { id }]) => [id, name as KeyName]));
  return (keyId) => {
    const name = names.get(keyId);
    if (name === undefined) throw new Error(`no key ${keyId}`);
    return name;
  };
}

const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1).padStart(6)} s`;
const tellFault = ({ kind, replica, forMs }: Fault) =>
  `${kind}${kind === 'crash' || kind === 'freeze' ? '' : ` ${replica}`}${forMs > 0 ? ` for ${forMs} ms` : ''}`;
