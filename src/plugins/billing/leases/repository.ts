// Which processes live, and the holds of those that do not.
import type { Database } from '../../../db/client.ts';
import type { Money } from '../../../lib/money.ts';
import type { HoldFacts } from '../holds/repository.ts';

export interface OrphanHold {
  exchangeId: string;
  keyId: number;
  groupId: number | null;
  amount: Money;
  facts: HoldFacts;
  /** Bytes of answer at the last progress checkpoint. */
  answerBytes: number;
}

/** An owner of holds whose lease has run out; null: its lease is gone altogether. */
export interface SilentOwner {
  owner: string;
  expiredAt: string | null;
}

export function createLeaseRepository({ database }: { database: Pick<Database, 'prioritySql'> }) {
  return {
    async renew(owner: string, leaseMs: number): Promise<void> {
      await database.prioritySql`
        insert into process_lease (owner, expires_at) values (${owner}::uuid, now() + ${leaseMs} * interval '1 ms')
        on conflict (owner) do update set expires_at = excluded.expires_at`;
    },

    async end(owner: string): Promise<void> {
      await database.prioritySql`delete from process_lease where owner = ${owner}::uuid
        and not exists (select from hold where hold.owner = ${owner}::uuid)`;
    },

    async isLiving(owner: string): Promise<boolean> {
      const rows =
        await database.prioritySql`select from process_lease where owner = ${owner}::uuid and expires_at > now()`;
      return rows.length > 0;
    },

    /** Owners of open holds that no longer renew. */
    async findSilent(): Promise<SilentOwner[]> {
      return database.prioritySql<SilentOwner[]>`
        select h.owner, l.expires_at::text as "expiredAt"
        from (select distinct owner from hold) h left join process_lease l using (owner)
        where l.owner is null or l.expires_at < now()`;
    },

    /** Their holds, oldest first, if they are still silent. */
    async findOrphans(owners: readonly string[], limit: number): Promise<OrphanHold[]> {
      const rows = await database.prioritySql<
        {
          exchange_id: string;
          key_id: string;
          group_id: string | null;
          amount: string;
          facts: HoldFacts;
          answer_bytes: string;
        }[]
      >`
        select h.exchange_id, h.key_id, h.group_id, h.amount, h.facts, h.answer_bytes
        from hold h left join process_lease l using (owner)
        where h.owner = any(${owners}::uuid[]) and (l.owner is null or l.expires_at < now())
        order by h.created_at limit ${limit}`;
      return rows.map((row) => ({
        exchangeId: row.exchange_id,
        keyId: Number(row.key_id),
        groupId: row.group_id === null ? null : Number(row.group_id),
        amount: BigInt(row.amount),
        facts: row.facts,
        answerBytes: Number(row.answer_bytes),
      }));
    },

    async forgetDead(): Promise<void> {
      await database.prioritySql`delete from process_lease l where expires_at < now() - interval '1 day'
        and not exists (select from hold h where h.owner = l.owner)`;
    },
  };
}

export type LeaseRepository = ReturnType<typeof createLeaseRepository>;
