// Column kinds that several rooms share.
import { bigint, timestamp } from 'drizzle-orm/pg-core';

/** Money in units of 10^-10 USD; see lib/money.ts. */
export const money = (name?: string) =>
  name === undefined ? bigint({ mode: 'bigint' }) : bigint(name, { mode: 'bigint' });

export const identity = () => bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity();

export const moment = () => timestamp({ withTimezone: true, precision: 3, mode: 'date' });
