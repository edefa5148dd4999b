// What a person types about a key, and the bodies that follow from it.
import type { ApplyBody, KeyRow, KeyStatus, Role, UpdateBody } from '../../../../src/plugins/keys/schemas.ts';
import { formatMoney, readAmount } from '../../format/money.ts';
import type { PlainKey } from '../../i18n/messages.ts';
import { changedSettings, checkKeyRules, type KeyRules, keyRulesOf, noKeyRules } from './key-rules.ts';

export interface KeyForm extends KeyRules {
  name: string;
  email: string;
  role: Role;
  group_id: number;
  month_quota: string;
  /** Prepaid at creation. */
  balance: string;
  status: KeyStatus;
}

export type KeyFormErrors = Partial<Record<keyof KeyForm, PlainKey>>;

export function emptyKeyForm(role: Role = 'user'): KeyForm {
  return {
    name: '',
    email: '',
    role,
    group_id: 0,
    month_quota: '',
    balance: '',
    status: 'active',
    ...noKeyRules(),
  };
}

export function keyFormOf(row: KeyRow): KeyForm {
  const { name, email, role, group_id, status } = row;
  return {
    name,
    email,
    role,
    group_id,
    status,
    month_quota: plainAmount(row.month_quota),
    balance: '',
    ...keyRulesOf(row),
  };
}

/** `"1250.5000000000"` -> `1250.50`, as one would type it. */
function plainAmount(value: string): string {
  return readAmount(formatMoney(value)) ?? '';
}

export function checkKeyForm(form: KeyForm): KeyFormErrors {
  const errors: KeyFormErrors = checkKeyRules(form);
  if (form.name.trim() === '') errors.name = 'form.required';
  if (!isAmountOrNothing(form.month_quota)) errors.month_quota = 'form.amount';
  if (!isAmountOrNothing(form.balance)) errors.balance = 'form.amount';
  return errors;
}

const isAmountOrNothing = (text: string) => text.trim() === '' || readAmount(text) !== null;

export function toApplyBody(form: KeyForm): ApplyBody {
  return {
    name: form.name.trim(),
    email: form.email.trim(),
    role: form.role,
    group_id: form.group_id,
    month_quota: readAmount(form.month_quota) ?? '0',
    balance: readAmount(form.balance) ?? '0',
    ...changedSettings(form, noKeyRules()),
  };
}

/** Only what differs: a field that somebody else has changed meanwhile keeps their value. */
export function toUpdateBody(form: KeyForm, row: KeyRow): UpdateBody | null {
  const before = keyFormOf(row);
  const body: UpdateBody = { id: row.id, ...changedSettings(form, before) };
  if (form.name.trim() !== before.name) body.name = form.name.trim();
  if (form.email.trim() !== before.email) body.email = form.email.trim();
  if (form.role !== before.role) body.role = form.role;
  if (form.group_id !== before.group_id) body.group_id = form.group_id;
  if (form.status !== before.status) body.status = form.status;
  if (form.month_quota.trim() !== before.month_quota) body.month_quota = readAmount(form.month_quota) ?? '0';
  return Object.keys(body).length > 1 ? body : null;
}
