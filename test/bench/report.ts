// Visits -> one line per system, as a table and as JSON. Pure but for the facts about the machine.
import { cpus } from 'node:os';
import type { Visit } from './measure.ts';
import type { TestName } from './workload.ts';

/** A visit during which others used more cores than this is not clean. */
const FOREIGN_CORES = 0.3;

/** The targets: how many times the reference's requests per second. */
const TARGETS: Record<TestName, number> = { sync: 2, stream: 3 };

export interface Line {
  test: TestName;
  system: string;
  /** Medians over the visits that count. */
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  cpuMsPerRequest: number;
  databaseCpuMsPerRequest: number | null;
  upstreamCpuMsPerRequest: number;
  loadCpuMsPerRequest: number;
  foreignCores: number;
  /** Visits in all, and those that had the machine nearly to themselves. */
  visits: number;
  cleanVisits: number;
}

export interface Report {
  machine: { cores: number; cpu: string; node: string; platform: string };
  lines: Line[];
}

export function summarise(visits: readonly Visit[]): Report {
  const tests = [...new Set(visits.map((visit) => visit.test))];
  const [cpu] = cpus();
  return {
    machine: {
      cores: cpus().length,
      cpu: cpu?.model ?? 'unknown',
      node: process.version,
      platform: process.platform,
    },
    lines: tests.flatMap((test) => toLines(visits.filter((visit) => visit.test === test))),
  };
}

/** Only clean visits count, if every system has some: a clean one must not be compared with a disturbed one. */
function toLines(visits: Visit[]): Line[] {
  const names = [...new Set(visits.map((visit) => visit.system))];
  const groups = names.map((name) => visits.filter((visit) => visit.system === name));
  const isFair = groups.every((group) => group.some(isClean));
  return groups.flatMap((group) => toLine(group, isFair ? group.filter(isClean) : group));
}

function isClean(visit: Visit): boolean {
  return visit.foreignCores <= FOREIGN_CORES;
}

function toLine(visits: Visit[], counted: Visit[]): Line[] {
  const [first] = visits;
  if (first === undefined) return [];
  const of = (read: (visit: Visit) => number) => median(counted.map(read));
  return [
    {
      test: first.test,
      system: first.system,
      requestsPerSecond: of((visit) => visit.requestsPerSecond),
      p50Ms: of((visit) => visit.p50Ms),
      p99Ms: of((visit) => visit.p99Ms),
      cpuMsPerRequest: of((visit) => visit.cpuMsPerRequest),
      databaseCpuMsPerRequest:
        first.databaseCpuMsPerRequest === null ? null : of((visit) => visit.databaseCpuMsPerRequest ?? 0),
      upstreamCpuMsPerRequest: of((visit) => visit.upstreamCpuMsPerRequest),
      loadCpuMsPerRequest: of((visit) => visit.loadCpuMsPerRequest),
      foreignCores: of((visit) => visit.foreignCores),
      visits: visits.length,
      cleanVisits: visits.filter(isClean).length,
    },
  ];
}

function median(numbers: number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

const COLUMNS = ['', 'req/s', 'p50 ms', 'p99 ms', 'CPU ms', 'PG CPU ms', 'x reference', 'x bare', 'clean'];

/** The tables, one per test, and what they say about the targets. */
export function printReport({ machine, lines }: Report): string {
  const { cores, cpu, node, platform } = machine;
  const tests = [...new Set(lines.map((line) => line.test))];
  return [
    `${cores} cores (${cpu}), Node ${node}, ${platform}. CPU per request; "clean": visits with the machine to themselves.`,
    ...tests.flatMap((test) =>
      printTest(
        test,
        lines.filter((line) => line.test === test),
      ),
    ),
  ].join('\n');
}

function printTest(test: TestName, lines: Line[]): string[] {
  const rate = (name: string) => lines.find((line) => line.system === name)?.requestsPerSecond ?? Number.NaN;
  const bare = rate('bare Fastify');
  const reference = rate('reference');
  const rows = lines.map((line) => [
    line.system,
    line.requestsPerSecond.toFixed(0),
    line.p50Ms.toFixed(1),
    line.p99Ms.toFixed(1),
    line.cpuMsPerRequest.toFixed(3),
    line.databaseCpuMsPerRequest?.toFixed(3) ?? '-',
    (line.requestsPerSecond / reference).toFixed(2),
    (line.requestsPerSecond / bare).toFixed(2),
    `${line.cleanVisits}/${line.visits}`,
  ]);
  const isNoisy = lines.some((line) => line.cleanVisits === 0);
  const ratio = rate('BRConnector') / reference;
  const verdict = ratio >= TARGETS[test] ? 'met' : 'MISSED';
  return [
    '',
    ...align([[test, ...COLUMNS.slice(1)], ...rows]),
    `target: BRConnector >= ${TARGETS[test]} x reference: ${verdict} (${ratio.toFixed(2)} x)${isNoisy ? '; the machine was busy, repeat when it is not' : ''}`,
  ];
}

function align(rows: string[][]): string[] {
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
}
