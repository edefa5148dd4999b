// Imports and proposals.
import { and, asc, count, desc, eq, ilike, inArray, or, type SQL, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client.ts';
import {
  type CountedTokens,
  reconciliationImport,
  reconciliationProposal,
} from '../../db/schema/reconciliation.ts';
import { type Listing, likePattern, type Page } from '../../lib/page.ts';
import type { ProposalState } from './schemas.ts';

export type { CountedTokens } from '../../db/schema/reconciliation.ts';

export type Import = typeof reconciliationImport.$inferSelect;
export type NewImport = typeof reconciliationImport.$inferInsert;
export type ImportOverview = Import & { proposals: number; posted: number };
export type Proposal = typeof reconciliationProposal.$inferSelect;

export interface ImportFilter extends Page {
  q?: string | undefined;
  isAscending: boolean;
}

export interface ProposalFilter extends ImportFilter {
  state?: ProposalState | undefined;
  importId?: number | undefined;
}

const proposalsOf = (state: ProposalState) =>
  sql<number>`(select count(*)::int from ${reconciliationProposal}
    where ${reconciliationProposal.importId} = ${reconciliationImport.id} and ${reconciliationProposal.state} = ${state})`;

export function createReconciliationRepository({ db }: { db: Database['db'] }) {
  const overview = (where: SQL | undefined) =>
    db
      .select({
        id: reconciliationImport.id,
        kind: reconciliationImport.kind,
        name: reconciliationImport.name,
        sha256: reconciliationImport.sha256,
        bytes: reconciliationImport.bytes,
        billId: reconciliationImport.billId,
        rows: reconciliationImport.rows,
        kept: reconciliationImport.kept,
        facts: reconciliationImport.facts,
        startsAt: reconciliationImport.startsAt,
        endsAt: reconciliationImport.endsAt,
        actor: reconciliationImport.actor,
        requestId: reconciliationImport.requestId,
        createdAt: reconciliationImport.createdAt,
        proposals: proposalsOf('proposed'),
        posted: proposalsOf('posted'),
      })
      .from(reconciliationImport)
      .where(where);

  return {
    transaction: <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => db.transaction(work),

    /** One import, deletion or posting at a time, until the transaction ends. */
    async tryLock(tx: Transaction): Promise<boolean> {
      const [row] = await tx.execute<{ locked: boolean }>(
        sql`select pg_try_advisory_xact_lock(hashtext('reconciliation'), 0) as locked`,
      );
      return row?.locked === true;
    },

    async find(id: number): Promise<ImportOverview | undefined> {
      const [row] = await overview(eq(reconciliationImport.id, id));
      return row;
    },

    async findByHash(sha256: string): Promise<number | undefined> {
      const [row] = await db
        .select({ id: reconciliationImport.id })
        .from(reconciliationImport)
        .where(eq(reconciliationImport.sha256, sha256));
      return row?.id;
    },

    async list({ limit, offset, q, isAscending }: ImportFilter): Promise<Listing<ImportOverview>> {
      const where = q === undefined ? undefined : ilike(reconciliationImport.name, likePattern(q));
      const items = await overview(where)
        .orderBy(isAscending ? asc(reconciliationImport.id) : desc(reconciliationImport.id))
        .limit(limit)
        .offset(offset);
      return { items, total: await db.$count(reconciliationImport, where) };
    },

    async insert(tx: Transaction, values: NewImport): Promise<number> {
      const [row] = await tx
        .insert(reconciliationImport)
        .values(values)
        .returning({ id: reconciliationImport.id });
      if (row === undefined) throw new Error('import was not written');
      return row.id;
    },

    async update(tx: Transaction, id: number, change: Partial<NewImport>): Promise<void> {
      await tx.update(reconciliationImport).set(change).where(eq(reconciliationImport.id, id));
    },

    async postedOf(tx: Transaction, importId: number): Promise<number> {
      const [row] = await tx
        .select({ count: count() })
        .from(reconciliationProposal)
        .where(
          and(eq(reconciliationProposal.importId, importId), eq(reconciliationProposal.state, 'posted')),
        );
      return row?.count ?? 0;
    },

    /** With its records, lines and proposals. */
    async remove(tx: Transaction, id: number): Promise<void> {
      await tx.delete(reconciliationProposal).where(eq(reconciliationProposal.importId, id));
      await tx.delete(reconciliationImport).where(eq(reconciliationImport.id, id));
    },

    async listProposals(filter: ProposalFilter): Promise<Listing<Proposal>> {
      const where = and(
        filter.state === undefined ? undefined : eq(reconciliationProposal.state, filter.state),
        filter.importId === undefined ? undefined : eq(reconciliationProposal.importId, filter.importId),
        filter.q === undefined
          ? undefined
          : or(
              ilike(reconciliationProposal.model, likePattern(filter.q)),
              ilike(sql`${reconciliationProposal.exchangeId}::text`, likePattern(filter.q)),
            ),
      );
      const items = await db
        .select()
        .from(reconciliationProposal)
        .where(where)
        .orderBy(filter.isAscending ? asc(reconciliationProposal.id) : desc(reconciliationProposal.id))
        .limit(filter.limit)
        .offset(filter.offset);
      return { items, total: await db.$count(reconciliationProposal, where) };
    },

    /** Locked, in order of their ids. */
    async lockProposals(tx: Transaction, ids: readonly number[]): Promise<Proposal[]> {
      return tx
        .select()
        .from(reconciliationProposal)
        .where(inArray(reconciliationProposal.id, [...ids]))
        .orderBy(reconciliationProposal.id)
        .for('update');
    },

    async markPosted(tx: Transaction, id: number, actor: string): Promise<void> {
      await tx
        .update(reconciliationProposal)
        .set({ state: 'posted', postedBy: actor, postedAt: sql`now()` })
        .where(eq(reconciliationProposal.id, id));
    },

    /** Open proposals of these exchanges give way. */
    async supersede(tx: Transaction, exchangeIds: readonly string[]): Promise<void> {
      if (exchangeIds.length === 0) return;
      await tx
        .update(reconciliationProposal)
        .set({ state: 'superseded' })
        .where(
          and(
            inArray(reconciliationProposal.exchangeId, [...exchangeIds]),
            eq(reconciliationProposal.state, 'proposed'),
          ),
        );
    },

    async propose(tx: Transaction, proposals: readonly NewProposal[]): Promise<void> {
      if (proposals.length > 0) await tx.insert(reconciliationProposal).values([...proposals]);
    },
  };
}

export interface NewProposal {
  importId: number;
  kind: Proposal['kind'];
  exchangeId: string;
  keyId: number;
  model: string;
  at: Date;
  ledgerTokens: CountedTokens;
  awsTokens: CountedTokens;
  chargedAmount: bigint;
  awsAmount: bigint;
  amount: bigint;
}

export type ReconciliationRepository = ReturnType<typeof createReconciliationRepository>;
