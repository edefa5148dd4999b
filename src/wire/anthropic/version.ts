// `anthropic-version`: which rules a client expects. Any date is taken; what a later version forbids is refused for it.
import { invalidValue } from '../refusals.ts';

const DEFAULT_VERSION = '2023-06-01';
const STRICT_SINCE = '2026-10-21';
const DATE = /^\d{4}-\d{2}-\d{2}$/;

export interface VersionRules {
  /** Sampling parameters and citations on a user's text are errors. */
  isStrict: boolean;
}

/** @throws Refusal for what is no date */
export function decodeVersion(header: string | undefined): VersionRules {
  const version = header?.trim() || DEFAULT_VERSION;
  if (!DATE.test(version)) throw invalidValue('anthropic-version', 'expected a date such as 2023-06-01');
  // Dates of this form compare as text.
  return { isStrict: version >= STRICT_SINCE };
}
