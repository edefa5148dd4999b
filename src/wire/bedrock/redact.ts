// What an upstream's error text may tell a client: everything but who pays.

/** Longer texts are proxies' pages or echoes of the request. */
const MAX_LENGTH = 2_000;

const SECRETS: readonly [RegExp, string][] = [
  [/\barn:aws[\w-]*:[^\s"'`,;)\]}]+/gi, '[arn]'],
  [/\b(?:AKIA|ASIA|AROA|AIDA|ABSK)[A-Za-z0-9+/=]{12,}/g, '[credential]'],
  [/\b\d{12}\b/g, '[account]'],
];

/** Without ARNs, account ids and credential ids, and of bounded length. */
export function redact(message: string): string {
  const text = SECRETS.reduce((redacted, [pattern, mark]) => redacted.replace(pattern, mark), message);
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}
