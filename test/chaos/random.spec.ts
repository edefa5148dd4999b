import { deepEqual, equal, ok } from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { EPISODES, type EpisodeName, planEpisodes } from './faults.ts';
import { idIn, planRecharge, planRequest } from './plan.ts';

const names = Object.keys(EPISODES) as EpisodeName[];
const seeds = fc.integer({ min: 0, max: 1_000_000 });

t.test('a seed always plans the same run', async (t) => {
  fc.assert(
    fc.property(seeds, fc.nat(10_000), (seed, number) => {
      const limits = { names, count: 20, longestMs: 5_000 };
      deepEqual(planRequest(seed, number), planRequest(seed, number));
      deepEqual(planRecharge(seed, number), planRecharge(seed, number));
      deepEqual(planEpisodes(seed, limits), planEpisodes(seed, limits));
    }),
    { numRuns: 20 },
  );
  t.notSame(planRequest(1, 0), planRequest(2, 0));
});

t.test('every episode happens before one happens again', async () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const episodes = planEpisodes(seed, { names, count: names.length, longestMs: 2_000 });
      equal(new Set(episodes.map(({ name }) => name)).size, names.length);
      for (const { faults } of episodes) for (const { forMs } of faults) ok(forMs <= 2_500);
    }),
    { numRuns: 20 },
  );
});

t.test('a prompt names its request', async (t) => {
  const { id, prompt } = planRequest(5, 17);
  t.equal(idIn(prompt), id);
  t.equal(idIn('id=somebody else'), undefined);
});
