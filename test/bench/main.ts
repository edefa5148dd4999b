// `npm run bench`: bare Fastify, a reference gateway and BRConnector on this machine's loopback, compared fairly.
// See docs/benchmark.md. Exits with 1 when an answer was wrong or the books do not fit; a missed target is printed.
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { makeTemporaryFolder } from '../helpers/temporary-folder.ts';
import { type Child, startServer } from './children.ts';
import type { Books, Gateway } from './gateway.ts';
import { measure, type Visit } from './measure.ts';
import { type BenchOptions, readOptions, USAGE } from './options.ts';
import { printReport, summarise } from './report.ts';
import { startSystems } from './systems.ts';

/** A settlement follows its answer; a text its settlement. */
const BOOKS_WITHIN_MS = 20_000;

process.exitCode = await main();

async function main(): Promise<number> {
  let options: BenchOptions;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
    return 2;
  }
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  // Not in memory: a commit must wait for a disk, as it does in production.
  const folder = makeTemporaryFolder(tmpdir());
  const children: Child[] = [];
  try {
    return await bench(options, { folder, children, signal: interrupted.signal });
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    console.error('stopped');
    return 130;
  } finally {
    for (const child of children.toReversed()) await child.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Surroundings {
  folder: string;
  children: Child[];
  signal: AbortSignal;
}

async function bench(options: BenchOptions, { folder, children, signal }: Surroundings): Promise<number> {
  const onStart = (child: Child) => children.push(child);
  const { keys, profile } = options;
  console.log('starting the systems …');
  const { systems, upstreamPid, gateway } = await startSystems({ folder, keys, profile, onStart });
  const loadLog = join(folder, 'load.log');
  const load = startServer('load', { log: loadLog });
  onStart(load);
  const { visits, answered, failed, firstFailure } = await measure({
    ...options,
    systems,
    upstreamPid,
    load,
    loadLog,
    onVisit: (visit) => console.log(progress(visit)),
    signal,
  });
  const report = summarise(visits);
  console.log(`\n${printReport(report)}\n`);
  const fits = await checkBooks(gateway, answered.get(gateway.port) ?? 0);
  if (failed > 0) console.log(`WRONG ANSWERS: ${failed}; the first: ${firstFailure}`);
  if (options.out !== undefined)
    writeFileSync(options.out, `${JSON.stringify({ ...report, visits }, null, 2)}\n`);
  return fits && failed === 0 ? 0 : 1;
}

function progress({ round, test, system, requestsPerSecond, cpuMsPerRequest, foreignCores }: Visit): string {
  const figures = `${requestsPerSecond.toFixed(0)} req/s, ${cpuMsPerRequest.toFixed(3)} CPU ms`;
  return `round ${round + 1} ${test.padEnd(6)} ${system.padEnd(22)} ${figures}, others used ${foreignCores.toFixed(2)} cores`;
}

/** Every answered request is one settled exchange, charged exactly, and its text arrives. */
async function checkBooks(gateway: Gateway, answered: number): Promise<boolean> {
  const startedAt = Date.now();
  let books = await gateway.readBooks();
  while (!areComplete(books, answered) && Date.now() - startedAt < BOOKS_WITHIN_MS) {
    await pause(100);
    books = await gateway.readBooks();
  }
  const isExact = books.totalFee === BigInt(answered) * books.newestFee;
  console.log(
    `books: ${answered} requests answered, ${books.threads} exchanges settled, fees ${isExact ? 'exact' : 'NOT EXACT'}, ` +
      `texts ${books.newestHasText ? `written after ${Date.now() - startedAt} ms` : 'MISSING'}`,
  );
  return isExact && areComplete(books, answered);
}

function areComplete({ threads, newestHasText }: Books, answered: number): boolean {
  return threads === answered && newestHasText;
}
