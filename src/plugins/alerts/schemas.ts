// Alerts and their channels on the wire.
import { Type } from 'typebox';
import { MoneyText, nullable, Time } from '../../lib/fields.ts';
import { Id, orderBy, pageFields, searchFields } from '../../lib/page.ts';

export const AlertKind = Type.Enum(['threshold', 'forecast', 'test']);
export type AlertKind = Type.Static<typeof AlertKind>;

export const ChannelKind = Type.Enum(['webhook', 'slack', 'feishu', 'email']);
export type ChannelKind = Type.Static<typeof ChannelKind>;

export const ChannelStatus = Type.Enum(['active', 'disabled']);
export type ChannelStatus = Type.Static<typeof ChannelStatus>;

/** `pending`: on its way or to be tried again. */
export const DeliveryState = Type.Enum(['pending', 'delivered', 'failed']);
export type DeliveryState = Type.Static<typeof DeliveryState>;

const Name = Type.String({ minLength: 1, maxLength: 255, pattern: '\\S' });
const Address = Type.String({ minLength: 1, maxLength: 2048 });
const Secret = Type.String({ maxLength: 255 });
const Email = Type.String({
  maxLength: 254,
  pattern: '^[^\\s@<>",;:\\\\()\\[\\]]+@[^\\s@<>",;:\\\\()\\[\\]]+$',
});
const Recipients = Type.Array(Email, { maxItems: 20 });

export const CreateChannelBody = Type.Object(
  {
    name: Name,
    kind: ChannelKind,
    url: Type.Optional(Address),
    secret: Type.Optional(Secret),
    recipients: Type.Optional(Recipients),
    notifies_owner: Type.Optional(Type.Boolean()),
    status: Type.Optional(ChannelStatus),
  },
  { additionalProperties: false },
);
export type CreateChannelBody = Type.Static<typeof CreateChannelBody>;

export const UpdateChannelBody = Type.Object(
  {
    id: Id,
    name: Type.Optional(Name),
    url: Type.Optional(Address),
    secret: Type.Optional(Secret),
    recipients: Type.Optional(Recipients),
    notifies_owner: Type.Optional(Type.Boolean()),
    status: Type.Optional(ChannelStatus),
  },
  { additionalProperties: false },
);
export type UpdateChannelBody = Type.Static<typeof UpdateChannelBody>;

export const ChannelReferenceBody = Type.Object({ id: Id }, { additionalProperties: false });
export type ChannelReferenceBody = Type.Static<typeof ChannelReferenceBody>;

export const ChannelListQuery = Type.Object({ ...pageFields, ...searchFields, orderBy: orderBy(['id']) });
export type ChannelListQuery = Type.Static<typeof ChannelListQuery>;

const channelFields = {
  id: Type.Integer(),
  name: Type.String(),
  kind: ChannelKind,
  status: ChannelStatus,
  address: Type.String({ description: 'host and the start of the path; the whole URL is never shown' }),
  is_signed: Type.Boolean({ description: 'has a secret that signs what is sent' }),
  recipients: Type.Array(Type.String()),
  notifies_owner: Type.Boolean({ description: 'also to the e-mail of the key that an alert is about' }),
  created_at: Time,
  updated_at: Time,
};

export const ChannelRow = Type.Object(channelFields);
export type ChannelRow = Type.Static<typeof ChannelRow>;

/** The only shape that ever carries a secret. */
export const NewChannel = Type.Object({
  ...channelFields,
  secret: nullable(Type.String({ description: 'a webhook secret that the gateway made; shown once' })),
});
export type NewChannel = Type.Static<typeof NewChannel>;

export const DeliveryRow = Type.Object({
  channel_id: Type.Integer(),
  channel: Type.String({ description: 'its name' }),
  kind: ChannelKind,
  state: DeliveryState,
  attempts: Type.Integer(),
  error: nullable(Type.String({ description: 'why the last try failed' })),
  next_attempt_at: nullable(Time),
  delivered_at: nullable(Time),
});
export type DeliveryRow = Type.Static<typeof DeliveryRow>;

export const AlertListQuery = Type.Object({
  ...pageFields,
  ...searchFields,
  kind: Type.Optional(AlertKind),
  state: Type.Optional(DeliveryState),
  orderBy: orderBy(['id']),
});
export type AlertListQuery = Type.Static<typeof AlertListQuery>;

export const AlertRow = Type.Object({
  id: Type.Integer(),
  kind: AlertKind,
  watched: Type.Enum(['quota', 'budget', 'none']),
  threshold: Type.Integer({ description: 'percent of the limit' }),
  key_id: nullable(Type.Integer()),
  group_id: nullable(Type.Integer()),
  owner: Type.String({ description: 'name of the key or group at that time' }),
  window: Type.Enum(['day', 'month', 'total']),
  starts_on: Type.String({
    description: 'the period, as its first day; a month bears the name of its calendar month',
  }),
  ends_at: nullable(Time),
  used: MoneyText,
  limit: MoneyText,
  projected: nullable(MoneyText),
  created_at: Time,
  deliveries: Type.Array(DeliveryRow),
});
export type AlertRow = Type.Static<typeof AlertRow>;
