// What a person types about a channel, and the bodies that follow from it. Pure.
import type {
  ChannelKind,
  ChannelRow,
  ChannelStatus,
  CreateChannelBody,
  UpdateChannelBody,
} from '../../../../src/plugins/alerts/schemas.ts';
import type { PlainKey } from '../../i18n/messages.ts';

export interface ChannelForm {
  name: string;
  kind: ChannelKind;
  /** Empty in an edit: it stays. */
  url: string;
  /** The same. */
  secret: string;
  isUnsigned: boolean;
  /** Addresses, one per line. */
  recipients: string;
  notifies_owner: boolean;
  status: ChannelStatus;
}

export type ChannelFormErrors = Partial<Record<keyof ChannelForm, PlainKey>>;

export function emptyChannelForm(): ChannelForm {
  return {
    name: '',
    kind: 'webhook',
    url: '',
    secret: '',
    isUnsigned: false,
    recipients: '',
    notifies_owner: false,
    status: 'active',
  };
}

export function channelFormOf({ name, kind, recipients, notifies_owner, status }: ChannelRow): ChannelForm {
  return { ...emptyChannelForm(), name, kind, recipients: recipients.join('\n'), notifies_owner, status };
}

/** @param isNew a channel that does not exist yet needs an address */
export function checkChannelForm(form: ChannelForm, isNew: boolean): ChannelFormErrors {
  const errors: ChannelFormErrors = {};
  if (form.name.trim() === '') errors.name = 'form.required';
  if (form.kind === 'email') {
    const addresses = readRecipients(form.recipients);
    if (addresses.length === 0 && !form.notifies_owner) errors.recipients = 'form.required';
    if (!addresses.every((address) => /^[^\s@]+@[^\s@]+$/.test(address))) errors.recipients = 'form.emails';
  } else if (form.url.trim() !== '') {
    if (!/^https?:\/\/[^/\s]/i.test(form.url.trim())) errors.url = 'form.url';
  } else if (isNew) errors.url = 'form.required';
  return errors;
}

/** Lines, or a list with commas or semicolons as people paste it. */
export function readRecipients(text: string): string[] {
  return text
    .split(/[\n,;]/)
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

export function toCreateBody(form: ChannelForm): CreateChannelBody {
  const { kind, notifies_owner } = form;
  const name = form.name.trim();
  if (kind === 'email') return { name, kind, recipients: readRecipients(form.recipients), notifies_owner };
  const secret = kind === 'slack' ? '' : form.secret.trim();
  return { name, kind, url: form.url.trim(), ...(secret !== '' && { secret }) };
}

/** Only what differs: a field that somebody else has changed meanwhile keeps their value. */
export function toUpdateBody(form: ChannelForm, row: ChannelRow): UpdateChannelBody | null {
  const before = channelFormOf(row);
  const body: UpdateChannelBody = { id: row.id };
  if (form.name.trim() !== before.name) body.name = form.name.trim();
  if (form.status !== before.status) body.status = form.status;
  if (row.kind === 'email') {
    const recipients = readRecipients(form.recipients);
    if (recipients.join('\n') !== before.recipients) body.recipients = recipients;
    if (form.notifies_owner !== before.notifies_owner) body.notifies_owner = form.notifies_owner;
  } else {
    if (form.url.trim() !== '') body.url = form.url.trim();
    if (form.isUnsigned) body.secret = '';
    else if (row.kind !== 'slack' && form.secret.trim() !== '') body.secret = form.secret.trim();
  }
  return Object.keys(body).length > 1 ? body : null;
}
