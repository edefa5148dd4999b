// `npm run chaos`: the long form. CHAOS_SEED repeats a run's plan, CHAOS_EPISODES says how many faults in a row,
// CHAOS_ONLY names the episodes (comma list).
import { randomInt } from 'node:crypto';
import { cpSync, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { removeLeftovers } from '../helpers/test-server.ts';
import { EPISODES, type EpisodeName, planEpisodes } from './faults.ts';
import { faultsOf, summaryOf } from './report.ts';
import { runStorm } from './storm.ts';
import { createWorld } from './world.ts';

const CLIENTS = 32;
const LONGEST_FAULT_MS = 9_000;
const server = fileURLToPath(new URL('../../dist/server/index.js', import.meta.url));

const seed = Number(process.env.CHAOS_SEED ?? randomInt(1_000_000));
const count = Number(process.env.CHAOS_EPISODES ?? 40);
const all = Object.keys(EPISODES) as EpisodeName[];
const only = process.env.CHAOS_ONLY?.split(',');
const names = all.filter((name) => only?.includes(name) ?? true);

const say = (line: string) => void process.stdout.write(`${line}\n`);
say(`seed ${seed}`);
if (!existsSync(server)) throw new Error('run `npm run build-server` first');
removeLeftovers();
const world = await createWorld([server]);
const giveUp = (how: unknown) => {
  say(String(how));
  void world.close().finally(() => process.exit(1));
};
for (const event of ['SIGINT', 'SIGTERM', 'uncaughtException', 'unhandledRejection'])
  process.once(event, giveUp);
try {
  const report = await runStorm(world, {
    seed,
    clients: CLIENTS,
    episodes: planEpisodes(seed, { names, count, longestMs: LONGEST_FAULT_MS }),
    calmMs: 2_000,
    stormMs: Number.POSITIVE_INFINITY,
    say,
  });
  const faults = faultsOf(report);
  for (const line of [...faults.slice(0, 50), ...summaryOf(report)]) say(line);
  process.exitCode = faults.length === 0 ? 0 : 1;
  // The gateways' own words, where somebody may want to read them.
  const { CHAOS_LOGS: logs } = process.env;
  if (logs)
    for (const index of world.replicas.keys()) cpSync(world.logFile(index), `${logs}/gateway-${index}.log`);
} finally {
  await world.close();
}
