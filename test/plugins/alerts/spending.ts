// A gateway that announces only when a test asks it to, and money that is spent by SQL.
import type { Test } from 'tap';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from '../../helpers/gateway.ts';

/** Money units per USD. */
export const USD = 10_000_000_000n;

export async function startQuietGateway(t: Test, options: TestGatewayOptions = {}): Promise<TestGateway> {
  return startTestGateway(t, { ...options, env: { ALERT_SWEEP_SECONDS: '0', ...options.env } });
}

/** A key whose quota this month is 10 USD, so many of them used. */
export async function keyThatUsed(
  gateway: TestGateway,
  used: number,
  body: Record<string, unknown> = {},
): Promise<number> {
  const { id } = await gateway.createKey({ name: 'Alice', month_quota: '10', ...body });
  await use(gateway, id, used);
  return id;
}

/** Sets what the key has used of this month's quota, USD. */
export async function use(gateway: TestGateway, keyId: number, used: number, limit = 10): Promise<void> {
  await gateway.database.sql`
    insert into quota_period (key_id, month, quota_limit, used)
    values (${keyId}, billing_month(), ${units(limit)}::bigint, ${units(used)}::bigint)
    on conflict (key_id, month) do update set quota_limit = excluded.quota_limit, used = excluded.used`;
}

/** A budget with what its current period has used, USD. @returns its id */
export async function budgetThatUsed(
  gateway: TestGateway,
  owner: { keyId: number } | { groupId: number },
  window: 'day' | 'month' | 'total',
  used: number,
  limit = 10,
): Promise<number> {
  const keyId = 'keyId' in owner ? owner.keyId : null;
  const groupId = 'groupId' in owner ? owner.groupId : null;
  const [row] = await gateway.database.sql<[{ id: string }]>`
    with made as (
      insert into budget (key_id, group_id, "window", limit_amount)
      values (${keyId}, ${groupId}, ${window}, ${units(limit)}::bigint) returning id, "window")
    insert into budget_period (budget_id, starts_on, used)
    select id, budget_starts_on("window"), ${units(used)}::bigint from made returning budget_id as id`;
  return Number(row.id);
}

export function units(amount: number): string {
  return String(BigInt(Math.round(amount * 1e6)) * (USD / 1_000_000n));
}

/** Half of the billing month is over (more or less), whatever day it is: forecasts need a tenth. */
export async function beInMidMonth({ database }: TestGateway): Promise<void> {
  await database.sql`
    update installation set anchor_day = (extract(day from billing_day())::int + 28 - 15 - 1) % 28 + 1 where id = 1`;
}

export interface ListedAlert {
  kind: string;
  watched: string;
  threshold: number;
  owner: string;
  window: string;
  projected: string | null;
  deliveries: { channel: string; state: string; attempts: number; error: string | null }[];
}

/** What the console lists, oldest first. */
export async function listedAlerts(gateway: TestGateway, query = ''): Promise<ListedAlert[]> {
  const answer = await gateway.admin('GET', `/admin/alert/list?orderBy=id-0&limit=200&${query}`);
  return answer.body.data.items;
}

/** @returns the new channel, with the secret that was made for it */
export async function createChannel(
  gateway: TestGateway,
  body: Record<string, unknown>,
): Promise<{ id: number; secret: string }> {
  const answer = await gateway.admin('POST', '/admin/alert-channel/create', { name: 'ops', ...body });
  if (answer.status !== 200) throw new Error(`create answered ${JSON.stringify(answer.body)}`);
  return answer.body.data;
}

/** As if the pauses before the next tries were over. */
export async function skipPauses({ database }: TestGateway): Promise<void> {
  await database.sql`update alert_delivery set next_attempt_at = now() where state = 'pending'`;
}
