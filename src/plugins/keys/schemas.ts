// Virtual keys on the wire. Each key is also a user.
import { Type } from 'typebox';
import { Limit, ModelNames, MoneyInput, MoneyText, nullable, Time } from '../../lib/fields.ts';
import { Id, orderBy, pageFields, searchFields } from '../../lib/page.ts';
import { requestSettingFields } from '../../lib/request-settings.ts';

export const Role = Type.Enum(['user', 'admin']);
export type Role = Type.Static<typeof Role>;

export const KeyStatus = Type.Enum(['active', 'disabled']);
export type KeyStatus = Type.Static<typeof KeyStatus>;

const Name = Type.String({ minLength: 1, maxLength: 255, pattern: '\\S' });
const Email = Type.String({ maxLength: 255 });
/** 0 means no group. */
const GroupId = Type.Integer({ minimum: 0, maximum: 2_147_483_647 });
/** No model writes more. */
const MAX_OUTPUT_TOKENS = 10_000_000;

export const Logging = Type.Enum(['off', 'metadata', 'full'], {
  description: 'what is kept of its conversations: nothing, all but the text, everything. Money always is',
});
export type Logging = Type.Static<typeof Logging>;

/** What a request gets where it says nothing. */
export const KeyDefaults = Type.Object(
  {
    model: Type.Optional(Type.String({ minLength: 1, maxLength: 2048 })),
    max_tokens: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_OUTPUT_TOKENS })),
    temperature: Type.Optional(Type.Number({ minimum: 0, maximum: 2 })),
    top_p: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    ...requestSettingFields,
  },
  { additionalProperties: false },
);
export type KeyDefaults = Type.Static<typeof KeyDefaults>;

/** What its requests may choose themselves. */
const MayChoose = Type.Array(Type.Enum(['service_tier', 'latency', 'guardrail']), {
  maxItems: 3,
  uniqueItems: true,
  description: 'what its requests may choose themselves; the rest is left to its defaults, then to the model',
});

const Cidrs = nullable(
  Type.Array(Type.String({ maxLength: 64, format: 'cidr' }), { minItems: 1, maxItems: 100 }),
);

/** The rules a key lives by; each optional, null means none. */
const settingFields = {
  expires_at: Type.Optional(nullable(Time)),
  allowed_cidrs: Type.Optional(Cidrs),
  allowed_models: Type.Optional(ModelNames),
  logging: Type.Optional(Logging),
  defaults: Type.Optional(nullable(KeyDefaults)),
  may_choose: Type.Optional(nullable(MayChoose)),
  requests_per_minute: Type.Optional(Limit),
  tokens_per_minute: Type.Optional(Limit),
  parallel_requests: Type.Optional(Limit),
};
export const KeySettings = Type.Object(settingFields);
export type KeySettings = Type.Static<typeof KeySettings>;

const Secret = Type.String({ minLength: 1, maxLength: 512 });

export const ApplyBody = Type.Object(
  {
    name: Name,
    group_id: Type.Optional(GroupId),
    role: Type.Optional(Role),
    email: Type.Optional(Email),
    month_quota: Type.Optional(MoneyInput),
    balance: Type.Optional(MoneyInput),
    ...settingFields,
  },
  { additionalProperties: false },
);
export type ApplyBody = Type.Static<typeof ApplyBody>;

export const UpdateBody = Type.Object(
  {
    id: Id,
    name: Type.Optional(Name),
    email: Type.Optional(Email),
    role: Type.Optional(Role),
    group_id: Type.Optional(GroupId),
    month_quota: Type.Optional(MoneyInput),
    status: Type.Optional(KeyStatus),
    ...settingFields,
  },
  { additionalProperties: false },
);
export type UpdateBody = Type.Static<typeof UpdateBody>;

export const RechargeBody = Type.Object(
  {
    id: Type.Optional(Id),
    api_key: Type.Optional(Secret),
    balance: MoneyInput,
    reason: Type.Optional(Type.String({ maxLength: 255 })),
    /** What is left of the amount then is taken back; null: never. */
    expires_at: Type.Optional(nullable(Time)),
  },
  { additionalProperties: false },
);
export type RechargeBody = Type.Static<typeof RechargeBody>;

/** Names a key by its id or its secret; if both are given they must agree. */
export const KeyReferenceBody = Type.Object(
  { id: Type.Optional(Id), api_key: Type.Optional(Secret) },
  { additionalProperties: false },
);
export type KeyReferenceBody = Type.Static<typeof KeyReferenceBody>;

/** The longest time that the secret before a rotation may stay good, seconds. */
const MAX_OVERLAP_SECONDS = 30 * 24 * 60 * 60;

export const ResetBody = Type.Object(
  {
    id: Type.Optional(Id),
    api_key: Type.Optional(Secret),
    overlap_seconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: MAX_OVERLAP_SECONDS,
        description: 'how long the secret before stays good; absent: it ends at once',
      }),
    ),
  },
  { additionalProperties: false },
);
export type ResetBody = Type.Static<typeof ResetBody>;

export const KeyListQuery = Type.Object({
  ...pageFields,
  ...searchFields,
  role: Type.Optional(Role),
  group_id: Type.Optional(GroupId),
  orderBy: orderBy(['id', 'name', 'month', 'total', 'quota', 'balance', 'update']),
});
export type KeyListQuery = Type.Static<typeof KeyListQuery>;

/** The short answer of update and recharge. */
export const KeySummary = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  email: Type.String(),
  role: Role,
  month_quota: MoneyText,
  balance: MoneyText,
});
export type KeySummary = Type.Static<typeof KeySummary>;

/** The only shape that ever carries a secret: shown once, by apply and reset-key. */
export const KeyWithSecret = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  email: Type.String(),
  api_key: Type.String({ description: 'the secret; shown once' }),
  role: Role,
  month_quota: MoneyText,
  balance: MoneyText,
});
export type KeyWithSecret = Type.Static<typeof KeyWithSecret>;

export const KeyRow = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  email: Type.String(),
  group_id: Type.Integer({ description: '0: no group' }),
  role: Role,
  month_quota: MoneyText,
  balance: MoneyText,
  month_fee: Type.String({ description: 'quota used in the current month, USD' }),
  total_fee: Type.String({ description: 'everything ever charged, USD' }),
  status: KeyStatus,
  key_prefix: Type.String(),
  key_last4: Type.String(),
  created_at: Time,
  updated_at: Time,
  expires_at: nullable(Time),
  previous_expires_at: Type.Union([Time, Type.Null()], {
    description: 'until then the secret before the last rotation is good as well',
  }),
  allowed_cidrs: nullable(Type.Array(Type.String())),
  allowed_models: nullable(Type.Array(Type.String())),
  logging: Logging,
  defaults: KeyDefaults,
  may_choose: MayChoose,
  requests_per_minute: Limit,
  tokens_per_minute: Limit,
  parallel_requests: Limit,
});
export type KeyRow = Type.Static<typeof KeyRow>;
