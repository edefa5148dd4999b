// Converse `usage` -> the four input counts and the output count that money is computed from.
import { separateCached, type Usage } from '../../canonical/usage.ts';
import { asCount, asList, asRecord } from './json.ts';

/** How a model reports. */
export interface UsageConvention {
  /** Its `inputTokens` already include the cached ones. */
  inputIncludesCached: boolean;
}

/** What Converse says of itself. */
export const CONVERSE: UsageConvention = { inputIncludesCached: false };

/**
 * Null when the upstream did not report usage or reported nonsense (not whole, negative, parts that exceed
 * their whole): never 0 by default. Converse says that `inputTokens` excludes the cached ones and
 * `totalTokens` includes all; not every model keeps to it.
 */
export function decodeUsage(value: unknown, convention = CONVERSE): Usage | null {
  const usage = asRecord(value);
  if (usage === null) return null;
  const inputTokens = asCount(usage.inputTokens);
  const outputTokens = asCount(usage.outputTokens);
  const read = optionalCount(usage.cacheReadInputTokens);
  const written = optionalCount(usage.cacheWriteInputTokens);
  const writtenForAnHour = hourlyWrites(usage.cacheDetails);
  const isTotalled = usage.totalTokens !== undefined;
  const total = isTotalled ? asCount(usage.totalTokens) : null;
  if (inputTokens === null || outputTokens === null || read === null || written === null) return null;
  if (isTotalled && total === null) return null;
  if (writtenForAnHour === null || writtenForAnHour > written) return null;

  const reported = {
    inputTokens,
    outputTokens,
    cacheReadTokens: read,
    cacheWrite5mTokens: written - writtenForAnHour,
    cacheWrite1hTokens: writtenForAnHour,
    totalTokens: total,
  };
  return separateCached(reported, convention);
}

/** Something was reported, but it cannot be: to be told apart from no report at all. */
export function isAbsurdUsage(value: unknown): boolean {
  return value !== undefined && value !== null && decodeUsage(value) === null;
}

function optionalCount(value: unknown): number | null {
  return value === undefined || value === null ? 0 : asCount(value);
}

/** `cacheDetails` splits the writes by time to live; writes it does not mention live five minutes. */
function hourlyWrites(details: unknown): number | null {
  let sum = 0;
  for (const entry of asList(details)) {
    const detail = asRecord(entry);
    if (detail?.ttl !== '1h') continue;
    const tokens = asCount(detail.inputTokens);
    if (tokens === null) return null;
    sum += tokens;
  }
  return sum;
}
