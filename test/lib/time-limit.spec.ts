import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import { withTimeLimit } from '../../src/lib/time-limit.ts';

const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason));
  });

t.test('the limit passes although garbage was collected meanwhile', async (t) => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const outer = new AbortController();
  const work = withTimeLimit({ ms: 100, signal: outer.signal }, untilAborted);
  setTimeout(collect, 20);
  await t.rejects(work, { name: 'TimeoutError' });
  t.same(getEventListeners(outer.signal, 'abort'), []);
});

t.test(
  'the outer signal ends the work with its own reason, also where it had been given before',
  async (t) => {
    const outer = new AbortController();
    const work = withTimeLimit({ ms: 60_000, signal: outer.signal }, untilAborted);
    outer.abort(new Error('left'));
    await t.rejects(work, { message: 'left' });
    await t.rejects(withTimeLimit({ ms: 60_000, signal: outer.signal }, untilAborted), { message: 'left' });
  },
);

t.test('what is done in time is not ended, and nothing is left behind', async (t) => {
  const outer = new AbortController();
  t.equal(await withTimeLimit({ ms: 60_000, signal: outer.signal }, async () => 7), 7);
  t.same(getEventListeners(outer.signal, 'abort'), []);
});
