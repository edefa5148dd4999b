// May this request go on? Counts it against every limit of its key and group, and takes it back out where one of
// them says no. It protects the upstream's share of others, never money: when in doubt it lets pass.
import { randomUUID } from 'node:crypto';
import type { RateLimits } from '../../canonical/rate-limits.ts';
import { isLimited, type Limited, type Rule, rulesOf } from './rules.ts';
import type { Slots } from './slots.ts';
import { findRefusal, isNeverAllowed, type LimitRefusal, type Reading, standingOf } from './verdict.ts';
import type { WindowReading, Windows } from './windows.ts';

export interface LimitsDeps {
  windows: Windows;
  slots: Slots;
}

/** A request that was let in; exactly one of `end` and `cancel` counts, the first. */
export interface LimitTicket {
  /** What is left after it: of key and group whichever has less. */
  standing: RateLimits;
  /** It is over. `tokens`: what it really used; null: nobody knows, what was reserved stays counted. */
  end(used: { tokens: number | null }): void;
  /** It was never sent: nothing of it counts. */
  cancel(): void;
}

export type LimitDecision =
  | { kind: 'admitted'; ticket: LimitTicket }
  | { kind: 'refused'; refusal: LimitRefusal };

type CountedReading = Reading & { window: WindowReading };

export function createLimits({ windows, slots }: LimitsDeps) {
  const process = randomUUID();
  let serial = 0;

  /** @param tokens what the request will use at least, by estimate; corrected when it ends */
  async function admit(principal: Limited, { tokens }: { tokens: number }): Promise<LimitDecision> {
    const rules = rulesOf(principal);
    const parallel = rules.filter(({ unit }) => unit === 'parallel');
    serial += 1;
    const slot = `${process}:${serial}`;
    const isTooLarge = rules.some((rule) => rule.unit === 'tokens' && isNeverAllowed(rule, tokens));
    const fullHere = isTooLarge ? undefined : slots.takeHere(parallel, slot);
    const isHopeless = isTooLarge || fullHere !== undefined;
    const [readings, fullElsewhere] = await Promise.all([
      count(rules, tokens, !isHopeless),
      isHopeless ? undefined : slots.takeEverywhere(parallel, slot),
    ]);
    const refusal = findRefusal(readings, fullHere ?? fullElsewhere);
    if (refusal === undefined) return { kind: 'admitted', ticket: createTicket(readings, parallel, slot) };
    if (!isHopeless) takeBack(readings, parallel, slot);
    return { kind: 'refused', refusal: isHopeless ? refusal : { ...refusal, standing: without(readings) } };
  }

  /** Adds the request to its windows, or only looks at them. */
  function count(rules: readonly Rule[], tokens: number, isCounted: boolean): Promise<CountedReading[]> {
    const readings = rules
      .filter(({ unit }) => unit !== 'parallel')
      .map(async (rule) => {
        const asked = rule.unit === 'tokens' ? tokens : 1;
        const window = await windows.add(rule.counter, isCounted ? asked : 0);
        return { rule, asked, isCounted, used: window.used, resetMs: window.resetMs, window };
      });
    return Promise.all(readings);
  }

  function takeBack(readings: readonly CountedReading[], parallel: readonly Rule[], slot: string): void {
    slots.free(parallel, slot);
    for (const { rule, asked, window } of readings) void windows.giveBack(rule.counter, asked, window);
  }

  function createTicket(readings: CountedReading[], parallel: Rule[], slot: string): LimitTicket {
    let isOver = false;
    return {
      standing: standingOf(readings),
      end({ tokens }) {
        if (isOver) return;
        isOver = true;
        slots.free(parallel, slot);
        if (tokens === null) return;
        for (const reading of readings) if (reading.rule.unit === 'tokens') correct(reading, tokens);
      },
      cancel() {
        if (isOver) return;
        isOver = true;
        takeBack(readings, parallel, slot);
      },
    };
  }

  /** More than reserved counts in the window of now, which may be a later one. */
  function correct({ rule, asked, window }: CountedReading, used: number): void {
    if (used > asked) void windows.add(rule.counter, used - asked);
    else if (used < asked) void windows.giveBack(rule.counter, asked - used, window);
  }

  return { isLimited, admit };
}

export type LimitsService = ReturnType<typeof createLimits>;

/** What is left once a refused request is taken out again. */
function without(readings: readonly Reading[]): RateLimits {
  return standingOf(readings.map((reading) => ({ ...reading, used: reading.used - reading.asked })));
}
