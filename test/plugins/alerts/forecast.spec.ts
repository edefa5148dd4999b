// The line to a month's end, the pauses between tries, and the calendar they stand on.
import fc from 'fast-check';
import t from 'tap';
import {
  ATTEMPT_LIMIT,
  pauseAfter,
  readRetryAfter,
} from '../../../src/plugins/alerts/deliveries/back-off.ts';
import { forecastOverrun } from '../../../src/plugins/alerts/forecast.ts';
import { createTestDatabase } from '../../helpers/database.ts';

const DAY_MS = 86_400_000;
const CEILING = 10n ** 18n;
const amount = fc.bigInt({ min: 1n, max: CEILING });
const period = fc
  .record({
    lengthMs: fc.integer({ min: 1, max: 32 * DAY_MS }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ lengthMs, share }) => ({ lengthMs, elapsedMs: Math.round(lengthMs * share) }));

t.test(
  'a forecast is always above the limit and above what is used, and never before a tenth is over',
  async () => {
    fc.assert(
      fc.property(amount, amount, period, (used, limit, { elapsedMs, lengthMs }) => {
        const projected = forecastOverrun({ used, limit, elapsedMs, lengthMs });
        if (projected === undefined) return true;
        return (
          used < limit &&
          projected > limit &&
          projected <= CEILING &&
          elapsedMs * 10 >= lengthMs &&
          elapsedMs <= lengthMs
        );
      }),
    );
  },
);

t.test('it warns exactly when the share that is used is ahead of the share of time', async () => {
  fc.assert(
    fc.property(amount, amount, period, (used, limit, { elapsedMs, lengthMs }) => {
      fc.pre(used < limit && elapsedMs * 10 >= lengthMs && elapsedMs > 0 && limit < CEILING);
      // Whole units: a projection that rounds down to the limit is no overrun.
      const isAhead = used * BigInt(lengthMs) >= (limit + 1n) * BigInt(elapsedMs);
      return (forecastOverrun({ used, limit, elapsedMs, lengthMs }) !== undefined) === isAhead;
    }),
  );
});

t.test(
  'the longer the same use lasts, the lower the forecast; at the end of the period there is none',
  async (t) => {
    fc.assert(
      fc.property(amount, amount, period, fc.nat(), (used, limit, { elapsedMs, lengthMs }, more) => {
        const at = (ms: number) => forecastOverrun({ used, limit, elapsedMs: ms, lengthMs });
        const now = at(elapsedMs);
        const later = at(Math.min(lengthMs, elapsedMs + more));
        return now === undefined || later === undefined || later <= now;
      }),
    );
    t.equal(forecastOverrun({ used: 9n, limit: 10n, elapsedMs: DAY_MS, lengthMs: DAY_MS }), undefined);
  },
);

t.test('the edges: nothing used, no limit, a tenth to the millisecond', async (t) => {
  const lengthMs = 10_000;
  t.equal(forecastOverrun({ used: 0n, limit: 10n, elapsedMs: 5_000, lengthMs }), undefined);
  t.equal(forecastOverrun({ used: 1n, limit: 0n, elapsedMs: 5_000, lengthMs }), undefined);
  t.equal(forecastOverrun({ used: 10n, limit: 10n, elapsedMs: 5_000, lengthMs }), undefined);
  t.equal(forecastOverrun({ used: 5n, limit: 10n, elapsedMs: 999, lengthMs }), undefined);
  t.equal(forecastOverrun({ used: 5n, limit: 10n, elapsedMs: 1_000, lengthMs }), 50n);
  t.equal(forecastOverrun({ used: 5n, limit: 10n, elapsedMs: 5_000, lengthMs }), undefined, 'just enough');
});

t.test('a period begins and ends where the billing months of zone and anchor day do', async (t) => {
  const { sql } = (await createTestDatabase(t)).open();
  const key = await sql<[{ id: string }]>`
    insert into virtual_key (name, digest, prefix, last4) values ('k', 'd', 'p', 'l') returning id`;
  const zones = [
    'UTC',
    'Asia/Shanghai',
    'America/New_York',
    'Pacific/Kiritimati',
    'Pacific/Pago_Pago',
    'Europe/Kyiv',
  ];
  for (const zone of zones)
    for (const anchorDay of [1, 2, 15, 28]) {
      await sql`insert into installation (pepper_fingerprint, time_zone, anchor_day) values ('x', ${zone}, ${anchorDay})
        on conflict (id) do update set time_zone = excluded.time_zone, anchor_day = excluded.anchor_day`;
      await sql`delete from quota_period`;
      await sql`insert into quota_period (key_id, month, quota_limit, used)
        values (${key[0].id}, billing_month(), 10, 1)`;
      // Two hours, because a zone's clocks may change in between.
      const rows = await sql`
        select now() between starts_at and ends_at as "isNow",
          billing_month(billing_day(starts_at + interval '2 hours')) = starts_on as "beginsInIt",
          billing_month(billing_day(starts_at - interval '2 hours')) = starts_on - interval '1 month' as "beginsThere",
          billing_month(billing_day(ends_at - interval '2 hours')) = starts_on as "endsInIt",
          billing_month(billing_day(ends_at + interval '2 hours')) = starts_on + interval '1 month' as "endsThere",
          extract(day from starts_at at time zone ${zone})::int as day
        from watched_limit`;
      const yes = { isNow: true, beginsInIt: true, beginsThere: true, endsInIt: true, endsThere: true };
      t.same(rows, [{ ...yes, day: anchorDay }], `${zone} ${anchorDay}`);
    }
});

t.test('the tries of a delivery spread over a day, each pause longer than the one before', async (t) => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (a, b) => {
        const pauses = Array.from({ length: ATTEMPT_LIMIT - 1 }, (_, index) =>
          pauseAfter(index + 1, index % 2 ? a : b),
        );
        const total = pauses.reduce((sum, pause) => sum + pause, 0);
        return (
          pauses.every((pause, index) => index === 0 || pause > (pauses[index - 1] ?? 0) * 2) &&
          total > 0.7 * DAY_MS &&
          total < 1.2 * DAY_MS
        );
      },
    ),
  );
  t.equal(pauseAfter(1, 0.5), 15_000);
  t.equal(pauseAfter(1, 0.5, 60_000), 60_000, 'never sooner than the receiver asks');
  t.equal(pauseAfter(1, 0.5, 1_000), 15_000);
  t.equal(pauseAfter(1, 0.5, 10 ** 12), DAY_MS, 'a receiver cannot put it off for ever');
});

t.test('Retry-After is read as seconds or as a date', async (t) => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  t.equal(readRetryAfter('120', now), 120_000);
  t.equal(readRetryAfter('Thu, 01 Jan 2026 00:05:00 GMT', now), 300_000);
  for (const value of ['0', '-5', 'soon', '', undefined, 'Thu, 01 Jan 2025 00:00:00 GMT', ['1']])
    t.equal(readRetryAfter(value, now), undefined, String(value));
});
