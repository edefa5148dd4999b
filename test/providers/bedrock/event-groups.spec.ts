import fc from 'fast-check';
import t from 'tap';
import type { Call, CallSink } from '../../../src/providers/bedrock/call.ts';
import { EventGroups } from '../../../src/providers/bedrock/event-groups.ts';
import { timedOut } from '../../../src/providers/bedrock/transport-errors.ts';
import { kindOf, readAll } from './calls.ts';
import { ANSWER, delta, exception, frame, METADATA, START, STOP } from './frames.ts';

const IDLE: Call = { pause() {}, resume() {}, cancel() {} };

/** A stream whose upstream behaves as `play` says, in one go. */
function played(play: (sink: CallSink) => void): EventGroups {
  return new EventGroups(async () => (sink) => {
    sink.start('upstream-1');
    queueMicrotask(() => {
      try {
        play(sink);
      } catch (error) {
        sink.fail(error);
      }
    });
    return IDLE;
  });
}

/** A stream of these bytes and a proper end. */
function ended(sent: Buffer): EventGroups {
  return played((sink) => {
    sink.data(sent);
    sink.end();
  });
}

const bytes = Buffer.concat(ANSWER);
const beforeStop = Buffer.concat(ANSWER.slice(0, ANSWER.indexOf(STOP) + 1)).length;

t.test('an answer that ends at any byte is an error before its stop and an answer after it', async (t) => {
  const whole = await readAll(ended(bytes));
  t.equal(whole.error, undefined);
  const counts = new Map<string, number>();
  for (let length = 0; length <= bytes.length; length++) {
    const read = await readAll(ended(bytes.subarray(0, length)));
    const outcome = read.error === undefined ? 'answer' : kindOf(read.error);
    const expected = length >= beforeStop ? ['answer'] : ['incomplete', 'malformed'];
    if (!expected.includes(outcome)) t.fail(`after ${length} bytes: ${outcome}`);
    if (!whole.text.startsWith(read.text)) t.fail(`after ${length} bytes other text was read`);
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  t.equal(counts.get('answer'), bytes.length - beforeStop + 1);
  t.equal(counts.get('incomplete'), ANSWER.indexOf(STOP) + 1, 'ends between frames');
});

t.test('what one read held is one group, and no group is empty', async (t) => {
  const groups = played((sink) => {
    sink.data(START);
    sink.data(delta('a'));
    sink.data(Buffer.concat([delta('b'), STOP, METADATA]));
    sink.end();
  });
  const { groupCount, events } = await readAll(groups);
  t.equal(groupCount, 1, 'chunks that come before the reader is awake join its group');
  t.equal(events.length, 6);
  const padded = await readAll(ended(frame({ ':message-type': 'odd' }, '')));
  t.equal(padded.groupCount, 0);
});

t.test('a lost connection after the stop loses only the usage', async (t) => {
  const answer = Buffer.concat([START, delta('a'), STOP]);
  const lost = await readAll(
    played((sink) => {
      sink.data(answer);
      sink.fail(timedOut('r'));
    }),
  );
  t.equal(lost.error, undefined);
  t.same(
    lost.events.map((event) => event.type),
    ['start', 'text-delta', 'block-end', 'finish'],
  );
  const thrown = await readAll(
    played((sink) => sink.data(Buffer.concat([answer, exception('throttlingException', 'x')]))),
  );
  t.equal(kindOf(thrown.error), 'throttled', 'an exception is still one');
});

t.test('an exception frame comes out after what was read before it, with the request id', async (t) => {
  const first = await readAll(played((sink) => sink.data(exception('throttlingException', 'slow down'))));
  t.equal(first.groupCount, 0);
  t.match(first.error, { kind: 'throttled', message: 'slow down', upstreamRequestId: 'upstream-1' });
  const later = await readAll(
    played((sink) =>
      sink.data(Buffer.concat([START, delta('a'), exception('modelTimeoutException', 'late')])),
    ),
  );
  t.equal(later.text, 'a');
  t.match(later.error, { kind: 'timeout', message: 'late', upstreamRequestId: 'upstream-1' });
});

t.test('an error frame and unreadable JSON are errors in our words', async (t) => {
  const headers = {
    ':message-type': 'error',
    ':error-code': 'internalServerException',
    ':error-message': 'oops',
  };
  const error = await readAll(played((sink) => sink.data(frame(headers, ''))));
  t.match(error.error, { kind: 'internal', message: 'oops' });
  const bare = await readAll(played((sink) => sink.data(frame({ ':message-type': 'error' }, ''))));
  t.equal(kindOf(bare.error), 'internal');
  const json = frame({ ':message-type': 'event', ':event-type': 'messageStart' }, '{"role":');
  const broken = await readAll(played((sink) => sink.data(json)));
  t.match(broken.error, { kind: 'malformed', upstreamRequestId: 'upstream-1' });
});

t.test('random bytes end in an error, never in silence', async (t) => {
  const random = fc.uint8Array({ minLength: 1, maxLength: 300 });
  await fc.assert(
    fc.asyncProperty(random, async (noise) => {
      const read = await readAll(ended(Buffer.from(noise)));
      return read.error !== undefined && kindOf(read.error) === 'malformed' && read.events.length === 0;
    }),
    { numRuns: 300 },
  );
  t.pass('300 kinds of noise');
});

t.test('nothing is prepared before the first read, nor sent when the reader left meanwhile', async (t) => {
  const seen: string[] = [];
  let prepared = (_start: () => Call) => {};
  const make = () =>
    new EventGroups(() => {
      seen.push('prepared');
      return new Promise((resolve) => {
        prepared = resolve;
      });
    });
  const unread = make();
  await unread.return();
  t.same(await unread.next(), { done: true, value: undefined });
  t.same(seen, []);

  const left = make();
  const first = left.next();
  await left.return();
  t.same(await first, { done: true, value: undefined }, 'who waits is told');
  prepared(() => {
    seen.push('sent');
    return IDLE;
  });
  await new Promise(setImmediate);
  t.same(seen, ['prepared']);
});

t.test('a failed stream throws once and is over', async (t) => {
  const groups = played((sink) => sink.data(exception('validationException', 'no')));
  t.equal(kindOf(await groups.next().catch((error: unknown) => error)), 'rejected');
  t.same(await groups.next(), { done: true, value: undefined });
});

t.test('after the signal nothing is said any more, not even what was already read', async (t) => {
  const reason = new Error('the client left');
  const groups = played((sink) => {
    sink.data(Buffer.concat([START, delta('unheard')]));
    sink.fail(reason);
  });
  const read = await readAll(groups);
  t.same(read.events, []);
  t.equal(read.error, reason);
});
