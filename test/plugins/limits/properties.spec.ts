// The parts of the limits without a network, for all inputs.
import fc from 'fast-check';
import t from 'tap';
import type { RateLimit } from '../../../src/canonical/rate-limits.ts';
import { countedTokens } from '../../../src/plugins/limits/counted-tokens.ts';
import { isLimited, type Limited, rulesOf } from '../../../src/plugins/limits/rules.ts';
import { createLimits, type LimitTicket } from '../../../src/plugins/limits/service.ts';
import { createSlots } from '../../../src/plugins/limits/slots.ts';
import { findRefusal, type Reading, standingOf, tighter } from '../../../src/plugins/limits/verdict.ts';
import { createWindows } from '../../../src/plugins/limits/windows.ts';
import { encodeDuration, encodeRateLimits } from '../../../src/wire/openai/encode-rate-limits.ts';

const anyLimit = fc.option(fc.integer({ min: 1, max: 50 }), { nil: null });
const anyLimits = fc.record({
  requestsPerMinute: anyLimit,
  tokensPerMinute: anyLimit,
  parallelRequests: anyLimit,
});
const anyPrincipal: fc.Arbitrary<Limited> = fc.record({
  id: fc.nat(),
  limits: anyLimits,
  group: fc.option(fc.record({ id: fc.nat(), allowedModels: fc.constant(null), limits: anyLimits }), {
    nil: null,
  }),
});
const anyRateLimit: fc.Arbitrary<RateLimit> = fc.record({
  limit: fc.nat(),
  remaining: fc.nat(),
  resetMs: fc.nat(),
});
const anyReading: fc.Arbitrary<Reading> = fc.record({
  rule: fc.record({
    owner: fc.constantFrom('key' as const, 'group' as const),
    unit: fc.constantFrom('requests' as const, 'tokens' as const),
    limit: fc.integer({ min: 1, max: 100 }),
    counter: fc.string(),
  }),
  asked: fc.integer({ min: 1, max: 120 }),
  used: fc.integer({ min: 120, max: 300 }),
  isCounted: fc.constant(true),
  resetMs: fc.integer({ min: 0, max: 60_000 }),
});

t.test('a duration reads back as no shorter than it is, and less than a second longer', async () => {
  fc.assert(
    fc.property(fc.nat({ max: 10_000_000 }), (ms) => {
      const text = encodeDuration(ms);
      const [, minutes = '0', amount = '', unit] = /^(?:(\d+)m)?(\d+)(ms|s)$/.exec(text) ?? [];
      const back = Number(minutes) * 60_000 + Number(amount) * (unit === 's' ? 1_000 : 1);
      return back >= ms && back - ms < 1_000 && Number(amount) < (unit === 's' ? 60 : 1_000);
    }),
  );
});

t.test("durations are spelled as OpenAI's are", async (t) => {
  const spelled = [0, 0.2, 120, 999, 1_000, 1_001, 59_000, 59_001, 60_000, 360_000].map(encodeDuration);
  t.same(spelled, ['0ms', '1ms', '120ms', '999ms', '1s', '2s', '59s', '1m0s', '1m0s', '6m0s']);
  t.same(encodeRateLimits({ requests: undefined, tokens: undefined }), {});
  t.same(encodeRateLimits({ requests: { limit: 9, remaining: 4, resetMs: 120 }, tokens: undefined }), {
    'x-ratelimit-limit-requests': '9',
    'x-ratelimit-remaining-requests': '4',
    'x-ratelimit-reset-requests': '120ms',
  });
});

t.test('the tighter of two limits is one of them, with no more left than the other', async () => {
  fc.assert(
    fc.property(anyRateLimit, anyRateLimit, (a, b) => {
      const found = tighter(a, b);
      const other = tighter(b, a);
      return (
        (found === a || found === b) &&
        found.remaining === Math.min(a.remaining, b.remaining) &&
        found.remaining === other.remaining &&
        found.resetMs === other.resetMs
      );
    }),
  );
});

t.test('a request is refused exactly when one limit is exceeded, and told the longest wait', async () => {
  fc.assert(
    fc.property(fc.array(anyReading, { maxLength: 4 }), (readings) => {
      const over = readings.filter(({ used, rule }) => used > rule.limit);
      const refusal = findRefusal(readings);
      if (refusal === undefined) return over.length === 0;
      const isHopeless = over.some(({ asked, rule }) => asked > rule.limit);
      const longest = Math.max(...over.map(({ resetMs }) => resetMs));
      return over.length > 0 && refusal.retryAfterMs === (isHopeless ? undefined : longest);
    }),
  );
});

t.test('what is left is never negative and never more than a limit', async () => {
  fc.assert(
    fc.property(fc.array(anyReading, { maxLength: 4 }), (readings) => {
      const { requests, tokens } = standingOf(readings);
      return [requests, tokens].every(
        (one) => one === undefined || (one.remaining >= 0 && one.remaining <= one.limit),
      );
    }),
  );
});

t.test('a principal is limited exactly when a rule applies to it', async () => {
  fc.assert(fc.property(anyPrincipal, (principal) => isLimited(principal) === rulesOf(principal).length > 0));
});

t.test('tokens are counted without cache reads, or with them', async () => {
  const usage = fc.record({
    inputTokens: fc.nat(),
    outputTokens: fc.nat(),
    cacheReadTokens: fc.nat(),
    cacheWrite5mTokens: fc.nat(),
    cacheWrite1hTokens: fc.nat(),
  });
  fc.assert(
    fc.property(usage, (used) => {
      const all = Object.values(used).reduce((sum, count) => sum + count, 0);
      return countedTokens(used, true) === all && countedTokens(used, false) === all - used.cacheReadTokens;
    }),
  );
});

type Step =
  | { kind: 'admit'; tokens: number }
  | { kind: 'end' | 'cancel'; which: number; tokens: number | null };
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('admit' as const), tokens: fc.integer({ min: 1, max: 60 }) }),
  fc.record({
    kind: fc.constantFrom('end' as const, 'cancel' as const),
    which: fc.nat(),
    tokens: fc.option(fc.nat({ max: 80 }), { nil: null }),
  }),
);

t.test(
  'in any order of admissions, ends and cancellations no limit is passed and nothing leaks',
  async () => {
    await fc.assert(
      fc.asyncProperty(anyPrincipal, fc.array(anyStep, { maxLength: 60 }), async (principal, steps) => {
        const slots = createSlots({ valkey: undefined, leaseMs: 1_000 });
        const windows = createWindows({
          windowSeconds: 600,
          valkey: undefined,
          now: () => performance.now(),
        });
        const limits = createLimits({ windows, slots });
        const tickets: { ticket: LimitTicket; reserved: number }[] = [];
        // What must have been counted: by the simplest reckoning.
        const expected = { requests: 0, tokens: 0 };
        const fits = (tokens: number) =>
          rulesOf(principal).every(({ unit, limit }) =>
            unit === 'parallel'
              ? tickets.length < limit
              : expected[unit] + (unit === 'tokens' ? tokens : 1) <= limit,
          );
        for (const step of steps) {
          if (step.kind === 'admit') {
            const isExpected = fits(step.tokens);
            const decision = await limits.admit(principal, { tokens: step.tokens });
            if ((decision.kind === 'admitted') !== isExpected) return false;
            if (decision.kind === 'refused') continue;
            tickets.push({ ticket: decision.ticket, reserved: step.tokens });
            expected.requests += 1;
            expected.tokens += step.tokens;
            continue;
          }
          const [found] = tickets.splice(step.which % Math.max(1, tickets.length), 1);
          if (found === undefined) continue;
          if (step.kind === 'end') found.ticket.end({ tokens: step.tokens });
          else found.ticket.cancel();
          // Once only: whatever is said afterwards counts no more.
          found.ticket.end({ tokens: 1_000 });
          found.ticket.cancel();
          if (step.kind === 'cancel') expected.requests -= 1;
          expected.tokens -= found.reserved;
          if (step.kind === 'end') expected.tokens += step.tokens ?? found.reserved;
        }
        for (const { ticket } of tickets) ticket.end({ tokens: 0 });
        return rulesOf(principal).every(({ counter }) => slots.count(counter) === 0);
      }),
    );
  },
);

t.test('requests that come at once never pass a limit together', async () => {
  const principal = fc.record({
    id: fc.nat(),
    limits: anyLimits.filter(({ requestsPerMinute }) => requestsPerMinute !== null),
    group: fc.constant(null),
  });
  await fc.assert(
    fc.asyncProperty(principal, fc.integer({ min: 1, max: 80 }), async (limited, count) => {
      const slots = createSlots({ valkey: undefined, leaseMs: 1_000 });
      const windows = createWindows({ windowSeconds: 600, valkey: undefined, now: () => performance.now() });
      const limits = createLimits({ windows, slots });
      const decisions = await Promise.all(
        Array.from({ length: count }, () => limits.admit(limited, { tokens: 1 })),
      );
      const admitted = decisions.filter(({ kind }) => kind === 'admitted').length;
      const { requestsPerMinute, tokensPerMinute, parallelRequests } = limited.limits;
      const least = Math.min(
        ...[requestsPerMinute, tokensPerMinute, parallelRequests, count].filter((one) => one !== null),
      );
      return admitted <= least && admitted > 0;
    }),
  );
});
