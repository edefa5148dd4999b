// Requests for holds and their ends, without a chat around them: the money core driven by its own verbs.
import { randomUUID } from 'node:crypto';
import type { Hold, HoldRequest, Price, Settlement } from '../../../src/plugins/billing/index.ts';
import { chargeOf } from '../../../src/plugins/billing/rows.ts';

/** USD per million tokens, in units of 10^-10; one band, no price of its own for cached input. */
export function flatPrice(input: bigint, output: bigint): Price {
  return [
    {
      ...{ overInputTokens: 0, input, output, cacheRead: null, cacheWrite5m: null, cacheWrite1h: null },
      ...{ image: null, embedding: null },
    },
  ] as const;
}

export interface Wanted {
  keyId: number;
  groupId?: number | null;
  price: Price;
  inputTokens: number;
  outputTokens?: number;
}

export function holdRequest({
  keyId,
  groupId = null,
  price,
  inputTokens,
  outputTokens = 0,
}: Wanted): HoldRequest {
  return {
    exchangeId: randomUUID(),
    requestId: 'property',
    keyId,
    groupId,
    model: 'm',
    target: 'm',
    region: 'us-east-1',
    baseId: 'm',
    priceScope: 'in-region',
    serviceTier: 'standard',
    kind: 'chat',
    images: 0,
    isStreamed: false,
    contextTokens: 1_000_000,
    price,
    inputTokensBound: inputTokens,
    inputTokensEstimate: inputTokens,
    maxOutputTokens: outputTokens,
  };
}

/** Its end, as the upstream has reported it. */
export function reported(hold: Hold, inputTokens: number, outputTokens = 0): Settlement {
  const usage = {
    inputTokens,
    outputTokens,
    cacheReadTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
  };
  const charge = chargeOf({ hold, basis: { kind: 'reported', usage, isDrained: false } });
  return { hold, status: 'ok', charge, firstByteMs: 1, latencyMs: 1, attempts: [] };
}
