// Groups on the wire.
import { Type } from 'typebox';
import { Limit, ModelNames, Time } from '../../lib/fields.ts';
import { Id, orderBy, pageFields, searchFields } from '../../lib/page.ts';

const Name = Type.String({ minLength: 1, maxLength: 255, pattern: '\\S' });
const Description = Type.String({ maxLength: 1000 });

/** Of all its keys together; each optional, null means none. */
const settingFields = {
  description: Type.Optional(Description),
  allowed_models: Type.Optional(ModelNames),
  requests_per_minute: Type.Optional(Limit),
  tokens_per_minute: Type.Optional(Limit),
  parallel_requests: Type.Optional(Limit),
};

export const GroupCreateBody = Type.Object({ name: Name, ...settingFields }, { additionalProperties: false });
export type GroupCreateBody = Type.Static<typeof GroupCreateBody>;

export const GroupUpdateBody = Type.Object(
  { id: Id, name: Type.Optional(Name), ...settingFields },
  { additionalProperties: false },
);
export type GroupUpdateBody = Type.Static<typeof GroupUpdateBody>;

export const GroupDeleteBody = Type.Object({ id: Id }, { additionalProperties: false });

export const GroupListQuery = Type.Object({
  ...pageFields,
  ...searchFields,
  orderBy: orderBy(['id', 'name', 'keys']),
});
export type GroupListQuery = Type.Static<typeof GroupListQuery>;

export const GroupRow = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  description: Type.String(),
  allowed_models: ModelNames,
  requests_per_minute: Limit,
  tokens_per_minute: Limit,
  parallel_requests: Limit,
  key_count: Type.Integer({ description: 'its living keys' }),
  created_at: Time,
  updated_at: Time,
});
export type GroupRow = Type.Static<typeof GroupRow>;
