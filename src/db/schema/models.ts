import { sql } from 'drizzle-orm';
import { boolean, check, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import type { ModelCapabilities } from '../../canonical/capabilities.ts';
import type { RequestSettings } from '../../canonical/request-settings.ts';
import { identity, moment } from './columns.ts';

export type ModelKind = 'chat' | 'embedding' | 'image';

/** A public name a client may ask for: an alias, a Bedrock model id or an inference profile. */
export const model = pgTable(
  'model',
  {
    id: identity(),
    name: text().notNull().unique(),
    /** What it is for: which routes take it, and which of a price's parts it is charged by. */
    kind: text().$type<ModelKind>().notNull().default('chat'),
    /** What we call upstream; a profile or ARN is opaque, so the base model is said beside it. */
    target: text().notNull(),
    baseId: text().notNull(),
    /** Which row of the price book: `in-region`, `global`, or the geographic prefix (`us`, `eu`, ...). */
    priceScope: text().notNull(),
    /** Null: the gateway's own region. */
    region: text(),
    displayName: text().notNull(),
    vendor: text().notNull(),
    contextTokens: integer().notNull(),
    maxOutputTokens: integer().notNull(),
    /** What the model can do; a capability that is not recorded is passed through. */
    capabilities: jsonb().$type<ModelCapabilities>().notNull().default({}),
    /** What a request for it gets where neither it nor its key says otherwise. */
    defaults: jsonb().$type<RequestSettings>().notNull().default({}),
    /** AWS has taken it out of service; still offered, so that AWS's own answer reaches the client. */
    isRetired: boolean().notNull().default(false),
    /** An administrator's word that no price means no cost; without it, no price means no service. */
    isFree: boolean().notNull().default(false),
    createdAt: moment().notNull().defaultNow(),
    updatedAt: moment().notNull().defaultNow(),
  },
  (table) => [check('model_kind', sql`${table.kind} in ('chat', 'embedding', 'image')`)],
);
