// Visits the systems in turn, several rounds, each round in another order, so that what else happens on the machine
// does not meet one of them alone.
import { setTimeout as pause } from 'node:timers/promises';
import { type Child, nextMessage } from './children.ts';
import { cpuMsOf, cpuMsOfFamily, cpuMsOfMachine } from './cpu.ts';
import type { LoadOrder, LoadResult } from './servers/load.ts';
import type { System } from './systems.ts';
import type { TestName } from './workload.ts';

/** One system, measured once. */
export interface Visit {
  system: string;
  test: TestName;
  round: number;
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  cpuMsPerRequest: number;
  /** Null: no database. */
  databaseCpuMsPerRequest: number | null;
  upstreamCpuMsPerRequest: number;
  loadCpuMsPerRequest: number;
  /** Cores busy with what is not ours. */
  foreignCores: number;
}

export interface MeasureSettings {
  systems: System[];
  upstreamPid: number;
  load: Child;
  loadLog: string;
  rounds: number;
  seconds: number;
  connections: number;
  tests: TestName[];
  onVisit(visit: Visit): void;
  signal: AbortSignal;
}

export interface Measured {
  visits: Visit[];
  /** By port: requests answered well, warm-up included. */
  answered: Map<number, number>;
  failed: number;
  firstFailure: string;
}

/** Before the first round, per test and system: the first thousands of requests run in code not yet compiled. */
const BURN_IN_SECONDS = 5;
const WARM_UP_SECONDS = 1;
/** Settlements and texts that are still being written must not fall into the next visit. */
const SETTLE_MS = 300;

export async function measure(settings: MeasureSettings): Promise<Measured> {
  const { systems, load, loadLog, connections, signal } = settings;
  const measured: Measured = { visits: [], answered: new Map(), failed: 0, firstFailure: '' };

  async function run(system: System, test: TestName, seconds: number): Promise<LoadResult> {
    const order: LoadOrder = { port: system.port, keys: system.keys, test, connections, seconds };
    load.process.send(order);
    const result = await nextMessage<LoadResult>(load, loadLog);
    signal.throwIfAborted();
    measured.answered.set(system.port, (measured.answered.get(system.port) ?? 0) + result.answered);
    measured.failed += result.failed;
    measured.firstFailure ||= result.firstFailure;
    return result;
  }

  for (const test of settings.tests) {
    for (const system of systems) await run(system, test, BURN_IN_SECONDS);
  }
  for (let round = 0; round < settings.rounds; round += 1) {
    for (const test of settings.tests) {
      for (let turn = 0; turn < systems.length; turn += 1) {
        const system = systems[(turn + round) % systems.length];
        if (system === undefined) continue;
        await run(system, test, WARM_UP_SECONDS);
        await pause(SETTLE_MS);
        const before = snapshot(settings, system);
        const result = await run(system, test, settings.seconds);
        await pause(SETTLE_MS);
        const visit = {
          system: system.name,
          test,
          round,
          ...toFigures(result, before, snapshot(settings, system)),
        };
        measured.visits.push(visit);
        settings.onVisit(visit);
      }
    }
  }
  return measured;
}

interface Snapshot {
  atMs: number;
  machine: number;
  gateway: number;
  database: number | null;
  upstream: number;
  load: number;
  harness: number;
}

function snapshot({ upstreamPid, load }: MeasureSettings, { pid, databasePid }: System): Snapshot {
  return {
    atMs: performance.now(),
    machine: cpuMsOfMachine(),
    gateway: cpuMsOf(pid),
    database: databasePid === null ? null : cpuMsOfFamily(databasePid),
    upstream: cpuMsOf(upstreamPid),
    load: cpuMsOf(load.pid),
    harness: cpuMsOf(process.pid),
  };
}

function toFigures(result: LoadResult, before: Snapshot, after: Snapshot) {
  const gateway = after.gateway - before.gateway;
  const database = (after.database ?? 0) - (before.database ?? 0);
  const upstream = after.upstream - before.upstream;
  const load = after.load - before.load;
  const ours = gateway + database + upstream + load + after.harness - before.harness;
  return {
    requestsPerSecond: (result.answered / result.elapsedMs) * 1000,
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
    cpuMsPerRequest: gateway / result.answered,
    databaseCpuMsPerRequest: before.database === null ? null : database / result.answered,
    upstreamCpuMsPerRequest: upstream / result.answered,
    loadCpuMsPerRequest: load / result.answered,
    foreignCores: Math.max(0, after.machine - before.machine - ours) / (after.atMs - before.atMs),
  };
}
