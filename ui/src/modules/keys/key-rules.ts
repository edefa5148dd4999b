// The rules of a key as a person types them, all as text, and the body that follows from them.
import type { KeyDefaults, KeyRow, KeySettings, Logging } from '../../../../src/plugins/keys/schemas.ts';
import { readLinesOrNull, showLines } from '../../format/lines.ts';
import { fromLocalInput, toLocalInput } from '../../format/local-time.ts';
import { readFraction, readWhole, showNumber } from '../../format/numbers.ts';
import {
  lacksVersion,
  type SettingsForm,
  settingsFormOf,
  toRequestSettings,
} from '../../format/request-settings.ts';
import type { PlainKey } from '../../i18n/messages.ts';

export type MayChoose = KeyRow['may_choose'];
export const MAY_CHOOSE = ['service_tier', 'latency', 'guardrail'] as const satisfies MayChoose;

export interface KeyRules {
  expires_at: string;
  /** One a line. */
  allowed_models: string;
  allowed_cidrs: string;
  logging: Logging;
  default_model: string;
  default_max_tokens: string;
  default_temperature: string;
  default_top_p: string;
  settings: SettingsForm;
  may_choose: MayChoose;
  requests_per_minute: string;
  tokens_per_minute: string;
  parallel_requests: string;
}

export type KeyRuleErrors = Partial<Record<keyof KeyRules, PlainKey>>;

const MAX_TEMPERATURE = 2;

export function noKeyRules(): KeyRules {
  return {
    expires_at: '',
    allowed_models: '',
    allowed_cidrs: '',
    logging: 'full',
    default_model: '',
    default_max_tokens: '',
    default_temperature: '',
    default_top_p: '',
    settings: settingsFormOf(),
    may_choose: [],
    requests_per_minute: '',
    tokens_per_minute: '',
    parallel_requests: '',
  };
}

export function keyRulesOf(row: KeyRow): KeyRules {
  return {
    expires_at: toLocalInput(row.expires_at),
    allowed_models: showLines(row.allowed_models),
    allowed_cidrs: showLines(row.allowed_cidrs),
    logging: row.logging,
    default_model: row.defaults.model ?? '',
    default_max_tokens: showNumber(row.defaults.max_tokens),
    default_temperature: showNumber(row.defaults.temperature),
    default_top_p: showNumber(row.defaults.top_p),
    settings: settingsFormOf(row.defaults),
    may_choose: MAY_CHOOSE.filter((name) => row.may_choose.includes(name)),
    requests_per_minute: showNumber(row.requests_per_minute),
    tokens_per_minute: showNumber(row.tokens_per_minute),
    parallel_requests: showNumber(row.parallel_requests),
  };
}

const WHOLE = [
  'default_max_tokens',
  'requests_per_minute',
  'tokens_per_minute',
  'parallel_requests',
] as const;

export function checkKeyRules(rules: KeyRules): KeyRuleErrors {
  const errors: KeyRuleErrors = {};
  if (fromLocalInput(rules.expires_at) === undefined) errors.expires_at = 'form.time';
  for (const name of WHOLE) if (readWhole(rules[name]) === undefined) errors[name] = 'form.whole';
  if (readFraction(rules.default_temperature, MAX_TEMPERATURE) === undefined)
    errors.default_temperature = 'form.temperature';
  if (readFraction(rules.default_top_p, 1) === undefined) errors.default_top_p = 'form.topP';
  if (lacksVersion(rules.settings)) errors.settings = 'settings.versionNeeded';
  return errors;
}

/** Rules that were checked, as the gateway takes them. */
export function toKeySettings(rules: KeyRules): Required<KeySettings> {
  return {
    expires_at: fromLocalInput(rules.expires_at) ?? null,
    allowed_models: readLinesOrNull(rules.allowed_models),
    allowed_cidrs: readLinesOrNull(rules.allowed_cidrs),
    logging: rules.logging,
    defaults: toDefaults(rules),
    may_choose: rules.may_choose,
    requests_per_minute: readWhole(rules.requests_per_minute) ?? null,
    tokens_per_minute: readWhole(rules.tokens_per_minute) ?? null,
    parallel_requests: readWhole(rules.parallel_requests) ?? null,
  };
}

function toDefaults(rules: KeyRules): KeyDefaults | null {
  const defaults: KeyDefaults = toRequestSettings(rules.settings);
  const model = rules.default_model.trim();
  const maxTokens = readWhole(rules.default_max_tokens);
  const temperature = readFraction(rules.default_temperature, MAX_TEMPERATURE);
  const topP = readFraction(rules.default_top_p, 1);
  if (model !== '') defaults.model = model;
  if (typeof maxTokens === 'number') defaults.max_tokens = maxTokens;
  if (typeof temperature === 'number') defaults.temperature = temperature;
  if (typeof topP === 'number') defaults.top_p = topP;
  return Object.keys(defaults).length === 0 ? null : defaults;
}

/** Only the settings whose text was changed. */
export function changedSettings(rules: KeyRules, before: KeyRules): KeySettings {
  const [now, then] = [toKeySettings(rules), toKeySettings(before)];
  const names = Object.keys(now) as (keyof KeySettings)[]; // made just above with exactly these names
  const changed = names.filter((name) => JSON.stringify(now[name]) !== JSON.stringify(then[name]));
  return Object.fromEntries(changed.map((name) => [name, now[name]]));
}

const SETTINGS: ReadonlySet<string> = new Set(['guardrail', 'service_tier', 'latency']);

/** The form's field for what the gateway complains of: `allowed_cidrs.0`, `defaults.top_p`. */
export function fieldOf(param: string): string {
  const [first = '', second] = param.split(/[.[\]]+/);
  if (first === 'defaults' && SETTINGS.has(second ?? '')) return 'settings';
  return first === 'defaults' && second ? `default_${second}` : first;
}

export function hasRules(rules: KeyRules): boolean {
  return JSON.stringify(rules) !== JSON.stringify(noKeyRules());
}
