// The short form of the chaos suite: every single fault once, in an order of its seed. `npm run chaos` is the long one.
import { randomInt } from 'node:crypto';
import t from 'tap';
import { type EpisodeName, planEpisodes } from './faults.ts';
import { gatewayProgram } from './program.ts';
import { faultsOf, summaryOf } from './report.ts';
import { runStorm } from './storm.ts';
import { createWorld } from './world.ts';

const EPISODES: EpisodeName[] = [
  'kill',
  'terminate',
  'cut',
  'stall',
  'freeze',
  'kill during crash',
  'full disk during crash',
];

/** With start and quiet about a minute; more on a slow machine. */
const STORM_MS = 35_000;
const TIMEOUT_MS = 220_000;

t.setTimeout(TIMEOUT_MS);

t.test('whatever fails, every exchange is charged once and right', { timeout: TIMEOUT_MS }, async (t) => {
  const seed = Number(process.env.CHAOS_SEED ?? randomInt(1_000_000));
  t.comment(`CHAOS_SEED=${seed}`);
  const world = await createWorld(gatewayProgram());
  t.teardown(world.close);
  const report = await runStorm(world, {
    seed,
    clients: 16,
    episodes: planEpisodes(seed, { names: EPISODES, count: EPISODES.length, longestMs: 2_500 }),
    calmMs: 500,
    stormMs: STORM_MS,
    say: (line) => t.comment(line),
  });
  for (const line of summaryOf(report)) t.comment(line);
  t.same(faultsOf(report), []);
  for (const what of report.skipped) t.pass(`SKIPPED: ${what}`, { skip: what });
});
