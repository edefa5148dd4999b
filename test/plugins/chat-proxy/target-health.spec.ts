// Pauses and breakers with a clock of the test's own: they reorder, and never leave a request without a target.
import fc from 'fast-check';
import t from 'tap';
import type { UpstreamTarget } from '../../../src/canonical/admission.ts';
import { UpstreamError, type UpstreamErrorKind } from '../../../src/canonical/upstream-error.ts';
import {
  type BreakerChange,
  createTargetHealth,
  FAILURES_TO_OPEN,
  MAX_PAUSE_MS,
} from '../../../src/plugins/chat-proxy/target-health.ts';

const OPEN_MS = 30_000;
const A: UpstreamTarget = { modelId: 'a', region: 'us-east-1' };
const B: UpstreamTarget = { modelId: 'b', region: 'us-east-1' };
const failure = (kind: UpstreamErrorKind, retryAfterMs?: number) =>
  new UpstreamError({ kind, message: '', retryAfterMs });

function start() {
  const clock = { ms: 1_000 };
  const changes: BreakerChange[] = [];
  const health = createTargetHealth({
    openMs: OPEN_MS,
    now: () => clock.ms,
    onBreaker: (change) => changes.push(change),
  });
  const fail = (target: UpstreamTarget, kind: UpstreamErrorKind, times = 1) => {
    for (let time = 0; time < times; time += 1) {
      health.tried(target);
      health.failed(target, failure(kind));
    }
  };
  return { clock, changes, health, fail };
}

t.test('a throttled target is asked after the others until its pause is over', async (t) => {
  const { clock, health } = start();
  t.equal(health.best([A, B]), A);
  health.failed(A, failure('throttled', 3_000));
  t.equal(health.best([A, B]), B);
  t.equal(health.best([A]), A, 'the last one left is asked all the same');
  clock.ms += 2_999;
  t.equal(health.best([A, B]), B);
  clock.ms += 1;
  t.equal(health.best([A, B]), A);
});

t.test('who does not say how long gets five seconds, and nobody more than a minute', async (t) => {
  for (const [asked, pauseMs] of [
    [undefined, 5_000],
    [3_600_000, MAX_PAUSE_MS],
  ] as const) {
    const { clock, health } = start();
    health.failed(A, failure('throttled', asked));
    clock.ms += pauseMs - 1;
    t.equal(health.best([A, B]), B);
    clock.ms += 1;
    t.equal(health.best([A, B]), A);
  }
});

t.test('of targets that all want a pause, the one whose pause ends first is asked', async (t) => {
  const { health } = start();
  health.failed(A, failure('throttled', 4_000));
  health.failed(B, failure('throttled', 2_000));
  t.equal(health.best([A, B]), B);
});

t.test('an answer that was under way before does not end a pause', async (t) => {
  const { health } = start();
  health.failed(A, failure('throttled', 4_000));
  health.answered(A);
  t.equal(health.best([A, B]), B);
});

t.test('the same target under other credentials, or in another region, has a pause of its own', async (t) => {
  const { health } = start();
  const role: UpstreamTarget = {
    ...A,
    credentials: { kind: 'role', roleArn: 'arn:aws:iam::123456789012:role/a' },
  };
  const elsewhere: UpstreamTarget = { ...A, region: 'eu-west-1' };
  health.failed(A, failure('throttled'));
  t.equal(health.best([A, role]), role);
  t.equal(health.best([A, elsewhere]), elsewhere);
  health.failed(role, failure('throttled', 1_000));
  t.equal(
    health.best([{ ...A, credentials: { kind: 'profile', profile: 'x' } }, A]).credentials?.kind,
    'profile',
  );
});

const FAULTS = [
  'unavailable',
  'not_ready',
  'connect_failed',
  'internal',
  'model_error',
  'timeout',
  'reset',
  'incomplete',
  'malformed',
  'auth',
  'model_access',
] as const satisfies UpstreamErrorKind[];

for (const kind of FAULTS)
  t.test(`a target that fails ${FAILURES_TO_OPEN} times in a row goes last (${kind})`, async (t) => {
    const { clock, changes, health, fail } = start();
    fail(A, kind, FAILURES_TO_OPEN - 1);
    t.same(changes, []);
    fail(A, kind);
    t.same(changes, [{ isOpen: true, target: 'a', region: 'us-east-1', kind }]);
    t.same(health.avoided(), { paused: 0, failing: 1 });
    t.equal(health.best([A, B]), B);
    t.equal(health.best([A]), A);
    clock.ms += OPEN_MS;
    t.equal(health.best([A, B]), A, 'after a while one request tries it');
    health.tried(A);
    t.equal(health.best([A, B]), B, 'only one');
    health.failed(A, failure(kind));
    clock.ms += OPEN_MS;
    t.equal(health.best([A, B]), A);
    health.tried(A);
    health.answered(A);
    t.equal(health.best([A, B]), A);
    t.same(changes.slice(1), [{ isOpen: false, target: 'a', region: 'us-east-1', kind: null }]);
    t.same(health.avoided(), { paused: 0, failing: 0 });
  });

t.test('a probe whose client leaves holds nobody up: another one follows', async (t) => {
  const { clock, health, fail } = start();
  fail(A, 'timeout', FAILURES_TO_OPEN);
  clock.ms += OPEN_MS;
  health.tried(A);
  clock.ms += OPEN_MS;
  t.equal(health.best([A, B]), A);
});

t.test('an answer, or a refusal of the request itself, ends the row of failures', async (t) => {
  for (const end of [
    'answered',
    'rejected',
    'context_length',
    'not_found',
    'conflict',
    'throttled',
    'quota',
  ] as const) {
    const { changes, health, fail } = start();
    fail(A, 'timeout', FAILURES_TO_OPEN - 1);
    if (end === 'answered') health.answered(A);
    else fail(A, end);
    fail(A, 'timeout', FAILURES_TO_OPEN - 1);
    t.same(changes, [], end);
  }
});

t.test('what is said of a breaker names no account', async (t) => {
  const { changes, fail } = start();
  const modelId = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc';
  fail({ modelId, region: 'us-east-1' }, 'timeout', FAILURES_TO_OPEN);
  t.equal(changes[0]?.target, 'application-inference-profile/abc');
});

t.test('whatever happened, one of the targets is asked, and a well one before any other', async () => {
  const targets = ['a', 'b', 'c'].map((modelId): UpstreamTarget => ({ modelId, region: 'us-east-1' }));
  const event = fc.record({
    index: fc.nat(2),
    kind: fc.constantFrom<UpstreamErrorKind | null>('throttled', 'timeout', 'rejected', 'auth', null),
    passedMs: fc.nat(20_000),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), fc.nat(2), (events, untouched) => {
      const { clock, health } = start();
      for (const { index, kind, passedMs } of events) {
        clock.ms += passedMs;
        const target = targets[index];
        if (target === undefined || index === untouched) continue;
        health.tried(target);
        if (kind === null) health.answered(target);
        else health.failed(target, failure(kind));
      }
      const [first = A, ...others] = targets;
      const best = health.best([first, ...others]);
      // One that nothing ever happened to is never passed over for a later one.
      return targets.indexOf(best) <= untouched;
    }),
  );
});
