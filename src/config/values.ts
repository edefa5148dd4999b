// What single settings mean: pure functions from a variable's text to a value the house can use.
// A wrong text throws a ConfigError that names the variable and never repeats a secret.
import { isIP } from 'node:net';
import { ConfigError, isFlagWord, isOn } from './environment.ts';

const MIN_ADMIN_KEY_CHARACTERS = 20;
const MIN_PEPPER_CHARACTERS = 16;
/** The key that stands in the README's examples: everyone knows it. */
const SAMPLE_ADMIN_KEY = /^br_x+$/i;

/**
 * The bootstrap key.
 * @returns the key, and a warning when it is the README's sample outside production.
 */
export function parseAdminKey(key: string, isProduction: boolean): { key: string; warning?: string } {
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new ConfigError('ADMIN_API_KEY must be printable ASCII without spaces: it travels in a header');
  }
  if (key.length < MIN_ADMIN_KEY_CHARACTERS) {
    throw new ConfigError(`ADMIN_API_KEY must have at least ${MIN_ADMIN_KEY_CHARACTERS} characters`);
  }
  if (!SAMPLE_ADMIN_KEY.test(key)) return { key };
  if (isProduction) throw new ConfigError('ADMIN_API_KEY is the sample value of the README: choose your own');
  return {
    key,
    warning: 'ADMIN_API_KEY is the sample value of the README: anyone can administer this gateway',
  };
}

export function parsePepper(pepper: string): string {
  if (pepper.length >= MIN_PEPPER_CHARACTERS) return pepper;
  throw new ConfigError(`KEY_PEPPER must have at least ${MIN_PEPPER_CHARACTERS} characters`);
}

/** The bearer token of `/metrics`. */
export function parseMetricsToken(value: string | undefined): string | undefined {
  const token = value?.trim();
  if (token === undefined || /^[\x21-\x7e]{16,}$/.test(token)) return token;
  throw new ConfigError('METRICS_TOKEN must have at least 16 printable ASCII characters without spaces');
}

/** An IANA zone that both JavaScript and PostgreSQL read alike. */
export function parseTimeZone(zone: string): string {
  // Offsets such as +08:00 are refused: PostgreSQL reads their sign the other way round (POSIX).
  const isNamed = /^[A-Za-z][\w+-]*(\/[\w+-]+)*$/.test(zone);
  try {
    if (isNamed && new Intl.DateTimeFormat('en', { timeZone: zone })) return zone;
  } catch {
    // Not a zone; reported below.
  }
  throw new ConfigError('BILLING_TIME_ZONE must be an IANA time zone such as UTC or Asia/Shanghai');
}

/** A comma list of origins, each in the form a browser sends. */
export function parseOrigins(list: string | undefined): readonly string[] {
  return splitList(list).map((entry) => {
    const origin = URL.canParse(entry) ? new URL(entry) : undefined;
    const isBare = origin && origin.pathname === '/' && !origin.search && !origin.hash && !origin.username;
    if (isBare && /^https?:$/.test(origin.protocol)) return origin.origin;
    throw new ConfigError('CORS_ORIGINS must be a comma list of origins such as https://chat.example.com');
  });
}

/** Off, on (any hop is believed), or the addresses and CIDR ranges of the proxies that are believed. */
export function parseTrustProxy(value: string | undefined): boolean | readonly string[] {
  if (value === undefined || isFlagWord(value.trim())) return isOn(value?.trim());
  return splitList(value).map((entry) => {
    const [address = '', bits, ...rest] = entry.split('/');
    const family = isIP(address);
    const isRange =
      bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
    if (family && isRange && rest.length === 0) return entry;
    throw new ConfigError('TRUST_PROXY must be true, false, or a comma list of addresses or CIDR ranges');
  });
}

/** A URL with one of the schemes; the message never repeats it, it may carry a password. */
export function parseUrl(name: string, value: string, schemes: readonly string[]): string {
  if (URL.canParse(value) && schemes.includes(new URL(value).protocol.slice(0, -1))) return value;
  throw new ConfigError(
    `${name} must be a URL that begins with ${schemes.map((one) => `${one}://`).join(' or ')}`,
  );
}

const MAX_THRESHOLDS = 10;

/** A comma list of percents, 1 to 100. @returns each once, ascending */
export function parseThresholds(list: string): readonly number[] {
  const entries = splitList(list);
  const isFine = entries.every((entry) => /^(?:[1-9]\d?|100)$/.test(entry));
  if (isFine && entries.length > 0 && entries.length <= MAX_THRESHOLDS)
    return [...new Set(entries.map(Number))].sort((a, b) => a - b);
  throw new ConfigError('ALERT_THRESHOLDS must be a comma list of one to ten percents such as 50,80,100');
}

/** The SMTP server and the sender: both or neither. */
export function parseMail(url: string | undefined, from: string | undefined) {
  if (url === undefined && from === undefined) return undefined;
  if (url === undefined) throw new ConfigError('SMTP_URL is missing: SMTP_FROM alone sends nothing');
  if (from === undefined) throw new ConfigError('SMTP_FROM is missing: e-mail needs a sender');
  if (!/^[^@\r\n]+@[^@\s]+$/.test(from)) throw new ConfigError('SMTP_FROM must be an e-mail address');
  return { url: parseUrl('SMTP_URL', url, ['smtp', 'smtps']), from };
}

export function parseRegion(name: string, value: string): string {
  // It becomes a part of a host name (api: AWS region names are lower-case letters, digits and dashes).
  if (/^[a-z0-9]+(-[a-z0-9]+)+$/.test(value)) return value;
  throw new ConfigError(`${name} must be an AWS region such as us-east-1`);
}

function splitList(list: string | undefined): string[] {
  return (list ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
