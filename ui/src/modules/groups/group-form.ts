// What a person types about a group, and the bodies that follow from it.
import type { GroupCreateBody, GroupRow, GroupUpdateBody } from '../../../../src/plugins/groups/schemas.ts';
import { readLinesOrNull, showLines } from '../../format/lines.ts';
import { readWhole, showNumber } from '../../format/numbers.ts';
import type { PlainKey } from '../../i18n/messages.ts';

export interface GroupForm {
  name: string;
  description: string;
  /** One a line. */
  allowed_models: string;
  requests_per_minute: string;
  tokens_per_minute: string;
  parallel_requests: string;
}

export type GroupFormErrors = Partial<Record<keyof GroupForm, PlainKey>>;

export const GROUP_LIMITS = ['requests_per_minute', 'tokens_per_minute', 'parallel_requests'] as const;

export function groupFormOf(row: GroupRow | undefined): GroupForm {
  return {
    name: row?.name ?? '',
    description: row?.description ?? '',
    allowed_models: showLines(row?.allowed_models ?? null),
    requests_per_minute: showNumber(row?.requests_per_minute),
    tokens_per_minute: showNumber(row?.tokens_per_minute),
    parallel_requests: showNumber(row?.parallel_requests),
  };
}

export function checkGroupForm(form: GroupForm): GroupFormErrors {
  const errors: GroupFormErrors = {};
  if (form.name.trim() === '') errors.name = 'form.required';
  for (const name of GROUP_LIMITS) if (readWhole(form[name]) === undefined) errors[name] = 'form.whole';
  return errors;
}

export function toCreateBody(form: GroupForm): Required<GroupCreateBody> {
  return {
    name: form.name.trim(),
    description: form.description.trim(),
    allowed_models: readLinesOrNull(form.allowed_models),
    requests_per_minute: readWhole(form.requests_per_minute) ?? null,
    tokens_per_minute: readWhole(form.tokens_per_minute) ?? null,
    parallel_requests: readWhole(form.parallel_requests) ?? null,
  };
}

/** Only what differs: a field that somebody else has changed meanwhile keeps their value. */
export function toUpdateBody(form: GroupForm, row: GroupRow): GroupUpdateBody | null {
  const [now, then] = [toCreateBody(form), toCreateBody(groupFormOf(row))];
  const names = Object.keys(now) as (keyof GroupCreateBody)[]; // made just above with exactly these names
  const changed = names.filter((name) => JSON.stringify(now[name]) !== JSON.stringify(then[name]));
  return changed.length === 0
    ? null
    : { id: row.id, ...Object.fromEntries(changed.map((name) => [name, now[name]])) };
}
