import { sql } from 'drizzle-orm';
import { bigint, check, index, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import type { RequestSetting, RequestSettings } from '../../canonical/request-settings.ts';
import { identity, moment } from './columns.ts';
import { group } from './groups.ts';

/** What a request of a key gets where it says nothing itself. */
export interface KeyDefaults extends RequestSettings {
  model?: string;
  /** Tokens. */
  maxOutputTokens?: number;
  temperature?: number;
  topP?: number;
}

/** What is kept of a key's conversations: nothing, who asked what model when, or all of it. Money is always kept. */
export type LoggingMode = 'off' | 'metadata' | 'full';

/** Virtual keys. No money here: see billing.ts. A deleted key keeps its row, so that its history keeps a name. */
export const key = pgTable(
  'virtual_key',
  {
    id: identity(),
    name: text().notNull(),
    email: text().notNull().default(''),
    groupId: bigint({ mode: 'number' }).references(() => group.id),
    role: text().$type<'user' | 'admin'>().notNull().default('user'),
    status: text().$type<'active' | 'disabled'>().notNull().default('active'),
    /** HMAC-SHA-256 of the secret under the pepper, base64url. The secret itself is never stored. */
    digest: text().notNull().unique(),
    /** First and last characters of the secret, for people to recognise it. */
    prefix: text().notNull(),
    last4: text().notNull(),
    /** From then on the key is refused; null: never. */
    expiresAt: moment(),
    /** Digest of the secret before the last rotation, good until `previousExpiresAt`. */
    previousDigest: text().unique(),
    previousExpiresAt: moment(),
    /** Addresses it may come from, CIDR; null: any. */
    allowedCidrs: text().array(),
    /** Model names it may ask for; null: any. Its group's list holds as well. */
    allowedModels: text().array(),
    logging: text().$type<LoggingMode>().notNull().default('full'),
    defaults: jsonb().$type<KeyDefaults>().notNull().default({}),
    /** What its requests may choose themselves; of the rest its defaults, then the model's, decide. */
    mayChoose: text().array().$type<RequestSetting[]>().notNull().default([]),
    /** Null: no limit. */
    requestsPerMinute: integer(),
    tokensPerMinute: integer(),
    parallelRequests: integer(),
    createdAt: moment().notNull().defaultNow(),
    updatedAt: moment().notNull().defaultNow(),
    deletedAt: moment(),
  },
  (table) => [
    check('virtual_key_role', sql`${table.role} in ('user', 'admin')`),
    check('virtual_key_status', sql`${table.status} in ('active', 'disabled')`),
    check('virtual_key_logging', sql`${table.logging} in ('off', 'metadata', 'full')`),
    check('virtual_key_may_choose', sql`${table.mayChoose} <@ array['service_tier', 'latency', 'guardrail']`),
    check(
      'virtual_key_limits',
      sql`${table.requestsPerMinute} > 0 and ${table.tokensPerMinute} > 0 and ${table.parallelRequests} > 0`,
    ),
    index('virtual_key_group').on(table.groupId),
  ],
);
