import t from 'tap';
import { createSlots } from '../../../../src/plugins/chat-proxy/remote-media/slots.ts';

const NEVER = new AbortController().signal;

function start(count: number, perOwner: number) {
  const slots = createSlots({ count, perOwner });
  const log: string[] = [];
  const run = (name: string, owner: number, signal = NEVER) => {
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const result = slots.run({ owner, signal }, async () => {
      log.push(name);
      await ended;
    });
    return { end, result };
  };
  /** All that can start has. */
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { log, run, settled };
}

t.test('an owner waits for its own share, and others go past it', async (t) => {
  const { log, run, settled } = start(3, 2);
  const [first] = [run('a1', 1), run('a2', 1), run('a3', 1), run('b1', 2), run('b2', 2)];
  await settled();
  t.same(log, ['a1', 'a2', 'b1']);
  first.end();
  await settled();
  t.same(log, ['a1', 'a2', 'b1', 'a3'], 'the first in the queue that may');
});

t.test('who gives up before its turn leaves no place taken', async (t) => {
  const { log, run, settled } = start(1, 1);
  const leaving = new AbortController();
  const first = run('a1', 1);
  const second = run('a2', 1, leaving.signal);
  const third = run('a3', 1);
  leaving.abort(new Error('left'));
  await t.rejects(second.result, { message: 'left' });
  first.end();
  await settled();
  t.same(log, ['a1', 'a3']);
  third.end();
  await third.result;
  await t.rejects(run('a4', 1, leaving.signal).result, { message: 'left' });
  run('a5', 1);
  await settled();
  t.same(log, ['a1', 'a3', 'a5']);
});
