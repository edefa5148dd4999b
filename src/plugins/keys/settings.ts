// The rules a key lives by, between the wire and the table. Pure.
import { decodeRequestSettings, encodeRequestSettings } from '../../lib/request-settings.ts';
import { MomentInvalid } from './errors.ts';
import type { KeyDefaults as KeptDefaults, KeySettingColumns } from './repository.ts';
import type { KeyDefaults, KeySettings } from './schemas.ts';

/** Only what the body names. */
export function readSettings(body: KeySettings): KeySettingColumns {
  const columns: KeySettingColumns = {};
  if (body.expires_at !== undefined) columns.expiresAt = readMoment('expires_at', body.expires_at);
  if (body.allowed_cidrs !== undefined) columns.allowedCidrs = body.allowed_cidrs;
  if (body.allowed_models !== undefined) columns.allowedModels = body.allowed_models;
  if (body.logging !== undefined) columns.logging = body.logging;
  if (body.defaults !== undefined) columns.defaults = keptDefaults(body.defaults ?? {});
  if (body.may_choose !== undefined) columns.mayChoose = body.may_choose ?? [];
  if (body.requests_per_minute !== undefined) columns.requestsPerMinute = body.requests_per_minute;
  if (body.tokens_per_minute !== undefined) columns.tokensPerMinute = body.tokens_per_minute;
  if (body.parallel_requests !== undefined) columns.parallelRequests = body.parallel_requests;
  return columns;
}

const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(10_000, 0, 1);

/** The format also lets leap seconds and the year 0 pass, which the clock and the table do not know. */
export function readMoment(field: string, text: string | null): Date | null {
  if (text === null) return null;
  const moment = new Date(text);
  const isThere = moment.getTime() >= EARLIEST && moment.getTime() < LATEST;
  if (!isThere) throw new MomentInvalid(field);
  return moment;
}

function keptDefaults({ model, max_tokens, temperature, top_p, ...settings }: KeyDefaults): KeptDefaults {
  return {
    ...(model !== undefined && { model }),
    ...(max_tokens !== undefined && { maxOutputTokens: max_tokens }),
    ...(temperature !== undefined && { temperature }),
    ...(top_p !== undefined && { topP: top_p }),
    ...decodeRequestSettings(settings),
  };
}

export function defaultsOnTheWire(kept: KeptDefaults): KeyDefaults {
  const { model, maxOutputTokens, temperature, topP, ...settings } = kept;
  return {
    ...(model !== undefined && { model }),
    ...(maxOutputTokens !== undefined && { max_tokens: maxOutputTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...encodeRequestSettings(settings),
  };
}
