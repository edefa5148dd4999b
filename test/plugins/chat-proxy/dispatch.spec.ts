// What is tried, in which order and how often, with work whose outcomes are scripted.
import fc from 'fast-check';
import t from 'tap';
import type { UpstreamTarget } from '../../../src/canonical/admission.ts';
import type { ChatAnswer } from '../../../src/canonical/event.ts';
import { Refusal } from '../../../src/canonical/refusal.ts';
import { UpstreamError, type UpstreamErrorKind } from '../../../src/canonical/upstream-error.ts';
import { createDispatch, type Work } from '../../../src/plugins/chat-proxy/dispatch.ts';
import type { Exchange } from '../../../src/plugins/chat-proxy/exchange.ts';
import { mayGoElsewhere } from '../../../src/plugins/chat-proxy/failover.ts';
import { createTargetHealth } from '../../../src/plugins/chat-proxy/target-health.ts';
import type { PreparedChat } from '../../../src/providers/provider.ts';

type Outcome = UpstreamErrorKind | 'ok';

const ANSWER: ChatAnswer = { content: [], finishReason: 'stop', usage: null, latencyMs: null };
const failure = (kind: UpstreamErrorKind) => new UpstreamError({ kind, message: kind });

/** An exchange with so many targets, whose tries are written down. */
function start(count: number) {
  const targets = Array.from({ length: count }, (_, index): UpstreamTarget => {
    return { modelId: `t${index}`, region: 'us-east-1' };
  });
  const tries: string[] = [];
  const failed: UpstreamErrorKind[] = [];
  const controller = new AbortController();
  const client = { hasLeft: false };
  const parts: Partial<Exchange> = {
    // Only admission can make a real one; the brand exists for the compiler alone.
    admission: { exchangeId: '', keyId: 1, targets } as unknown as Exchange['admission'],
    signal: controller.signal,
    modelName: 'm',
    tryTarget: ({ modelId }) => void tries.push(modelId),
    tryFailed: (error) => void failed.push((error as UpstreamError).kind),
    get hasClientLeft() {
      return client.hasLeft;
    },
  };
  const dispatch = createDispatch({
    health: createTargetHealth({ openMs: 30_000, now: () => 0 }),
    meters: { targetFailed: () => undefined },
    onMisconfigured: () => undefined,
  });
  // What dispatch uses of an exchange.
  return { dispatch, exchange: parts as Exchange, tries, failed, controller, client };
}

/** Work with these outcomes, one for each call. */
function scripted(outcomes: Outcome[]): Work<string> {
  return async ({ target }) => {
    const outcome = outcomes.shift() ?? 'ok';
    if (outcome !== 'ok') throw failure(outcome);
    return target.modelId;
  };
}

const kindOf = (work: Promise<unknown>) =>
  work.then(
    () => 'ok' as const,
    (error: UpstreamError) => error.kind,
  );

t.test('each target is asked once at the most, and nothing after work that may have run', async () => {
  const outcome = fc.constantFrom<Outcome>(
    'ok',
    'throttled',
    'not_ready',
    'quota',
    'unavailable',
    'connect_failed',
    'model_access',
    'auth',
    'rejected',
    'not_found',
    'internal',
    'model_error',
    'timeout',
    'reset',
    'incomplete',
    'malformed',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.array(outcome, { minLength: 5, maxLength: 5 }),
      async (count, outcomes) => {
        const { dispatch, exchange, tries, failed } = start(count);
        const end = await kindOf(dispatch.run(exchange, scripted([...outcomes])));
        const goesOn = (each: Outcome) => each !== 'ok' && mayGoElsewhere(failure(each));
        const stop = outcomes.slice(0, count).findIndex((each) => !goesOn(each));
        const expected = stop === -1 ? count : stop + 1;
        const isEachOnce = tries.length === expected && new Set(tries).size === expected;
        const areTold = failed.length === (outcomes[stop] === 'ok' ? expected - 1 : expected);
        const isHonest = stop === -1 ? outcomes.slice(0, count).includes(end) : end === outcomes[stop];
        return isEachOnce && areTold && isHonest;
      },
    ),
  );
});

/** A chat whose forms fail as listed; `remedies` says how often another form can be had. */
function chat(tried: string[], forms: UpstreamErrorKind[], name = 'as asked'): PreparedChat {
  const [kind, ...others] = forms;
  const answer = async () => {
    tried.push(name);
    if (kind !== undefined) throw failure(kind);
    return ANSWER;
  };
  return {
    maxOutputTokens: 1,
    dropped: [],
    complete: answer,
    async *stream() {
      await answer();
      yield [{ type: 'start' }];
    },
    countTokens: async () => 1,
    remedy: () => chat(tried, others, 'remedied'),
  };
}

for (const way of ['complete', 'stream'] as const)
  t.test(`a refused form of a chat is replaced once, on the same target (${way})`, async (t) => {
    const cases: [UpstreamErrorKind[], string, string[], string[]][] = [
      [['rejected'], 'ok', ['as asked', 'remedied'], ['t0', 't0']],
      [['rejected', 'rejected'], 'rejected', ['as asked', 'remedied'], ['t0', 't0']],
      // The form that was accepted is the one that the next target gets.
      [['rejected', 'throttled'], 'throttled', ['as asked', 'remedied', 'remedied'], ['t0', 't0', 't1']],
      [['internal'], 'internal', ['as asked'], ['t0']],
      [['timeout'], 'timeout', ['as asked'], ['t0']],
    ];
    for (const [forms, end, names, targets] of cases) {
      const tried: string[] = [];
      const { dispatch, exchange, tries } = start(2);
      t.equal(await kindOf(dispatch[way](exchange, chat(tried, forms))), end, forms.join());
      t.same([tried, tries], [names, targets]);
    }
  });

t.test('nobody is asked after the client has left, or after a shutdown', async (t) => {
  for (const end of ['left', 'cut'] as const) {
    const { dispatch, exchange, tries, controller, client } = start(3);
    const work: Work<string> = async () => {
      if (end === 'left') client.hasLeft = true;
      else controller.abort(new Error('shutdown'));
      throw failure('throttled');
    };
    t.equal(await kindOf(dispatch.run(exchange, work)), 'throttled');
    t.same(tries, ['t0']);
  }
});

t.test('nobody is asked for a client that left before the first try', async (t) => {
  const { dispatch, exchange, tries, client } = start(2);
  client.hasLeft = true;
  const error: unknown = await dispatch.run(exchange, scripted(['ok'])).catch((thrown: unknown) => thrown);
  t.match(error, { reason: 'drain_ended' });
  t.same(tries, []);
});

t.test('a form that our own encoder refuses is none: the first refusal is told', async (t) => {
  for (const way of ['complete', 'stream'] as const) {
    const { dispatch, exchange, tries } = start(2);
    const unspeakable: PreparedChat = {
      ...chat([], ['rejected']),
      remedy() {
        throw new Refusal('unsupported_value', 'cannot be said');
      },
    };
    t.equal(await kindOf(dispatch[way](exchange, unspeakable)), 'rejected');
    t.same(tries, ['t0']);
  }
});
