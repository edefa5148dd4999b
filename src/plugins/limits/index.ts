// Requests per minute, tokens per minute and parallel requests of keys and groups; per process, or over all replicas
// through Valkey.
import fp from 'fastify-plugin';
import type { Usage } from '../../canonical/usage.ts';
import { countedTokens } from './counted-tokens.ts';
import { createLimits, type LimitsService } from './service.ts';
import { createSlots } from './slots.ts';
import { createValkey } from './valkey.ts';
import { createWindows } from './windows.ts';

export type { Limited, Rule } from './rules.ts';
export type { LimitDecision, LimitTicket } from './service.ts';
export type { LimitRefusal } from './verdict.ts';

export interface LimitsOptions {
  /** Undefined: every process counts for itself. */
  valkeyUrl: string | undefined;
  /** Do tokens read from the cache count as used? */
  countsCacheReads: boolean;
  /** How long a "minute" is, seconds. */
  windowSeconds: number;
  /** How long the slots of a process that was killed stay taken, ms. */
  slotLeaseMs: number;
}

declare module 'fastify' {
  interface FastifyInstance {
    limits: LimitsService & {
      /** How many tokens of an answer count. */
      countedTokens(usage: Usage): number;
    };
  }
}

export default fp<LimitsOptions>(
  async (app, options) => {
    const { valkeyUrl, windowSeconds, slotLeaseMs } = options;
    const valkey = valkeyUrl === undefined ? undefined : createValkey({ url: valkeyUrl, log: app.log });
    const windows = createWindows({ windowSeconds, valkey, now: () => performance.now() });
    const slots = createSlots({ valkey, leaseMs: slotLeaseMs });
    app.decorate('limits', {
      ...createLimits({ windows, slots }),
      countedTokens: (usage) => countedTokens(usage, options.countsCacheReads),
    });
    await valkey?.open();
    app.addHook('onClose', async () => {
      slots.close();
      await valkey?.close();
    });
  },
  { name: 'limits', fastify: '5.x' },
);
