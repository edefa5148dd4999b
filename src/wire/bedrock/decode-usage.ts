// Converse `usage` -> the four input counts and the output count that money is computed from.
import type { Usage } from '../../canonical/usage.ts';
import { asCount, asList, asRecord } from './json.ts';

/**
 * Null when the upstream did not report usage or reported nonsense (not whole, negative, parts that exceed
 * their whole): never 0 by default. Converse says that `inputTokens` excludes the cached ones and
 * `totalTokens` includes all; where a model's `inputTokens` includes them, the total gives it away.
 */
export function decodeUsage(value: unknown): Usage | null {
  const usage = asRecord(value);
  if (usage === null) return null;
  const input = asCount(usage.inputTokens);
  const output = asCount(usage.outputTokens);
  const read = optionalCount(usage.cacheReadInputTokens);
  const written = optionalCount(usage.cacheWriteInputTokens);
  const writtenForAnHour = hourlyWrites(usage.cacheDetails);
  const total = usage.totalTokens === undefined ? undefined : asCount(usage.totalTokens);
  if (input === null || output === null || read === null || written === null || total === null) return null;
  if (writtenForAnHour === null || writtenForAnHour > written) return null;

  return {
    inputTokens: freshInput(input, total === undefined ? null : total - output - read - written),
    outputTokens: output,
    cacheReadTokens: read,
    cacheWrite5mTokens: written - writtenForAnHour,
    cacheWrite1hTokens: writtenForAnHour,
  };
}

/** Something was reported, but it cannot be: to be told apart from no report at all. */
export function isAbsurdUsage(value: unknown): boolean {
  return value !== undefined && value !== null && decodeUsage(value) === null;
}

/** What the total leaves for fresh input, if that is possible; it never exceeds what was reported. */
function freshInput(reported: number, remainder: number | null): number {
  return remainder !== null && remainder >= 0 && remainder < reported ? remainder : reported;
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
