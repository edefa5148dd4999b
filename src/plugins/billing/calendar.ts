// The billing calendar stands in the database, so that all replicas agree on it whatever their own settings say.
import type { Database } from '../../db/client.ts';

export interface BillingCalendar {
  /** IANA name. */
  timeZone: string;
  /** First day of a billing month, 1 to 28. */
  anchorDay: number;
}

/** The last process to start decides; a change in a running installation is worth a warning. */
export async function agreeOnCalendar(
  sql: Database['sql'],
  { timeZone, anchorDay }: BillingCalendar,
  log: { warn(facts: object, message: string): void },
): Promise<void> {
  const [before] = await sql<{ timeZone: string; anchorDay: number; isUsed: boolean }[]>`
    select time_zone as "timeZone", anchor_day as "anchorDay", exists (select from quota_period) as "isUsed"
    from installation where id = 1`;
  if (before?.timeZone === timeZone && before.anchorDay === anchorDay) return;
  await sql`update installation set time_zone = ${timeZone}, anchor_day = ${anchorDay} where id = 1`;
  if (before?.isUsed) log.warn({ before, timeZone, anchorDay }, 'the billing calendar has changed');
}
