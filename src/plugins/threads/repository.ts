import {
  and,
  asc,
  count,
  desc,
  eq,
  exists,
  getViewSelectedFields,
  ilike,
  inArray,
  or,
  type SQL,
  sql,
} from 'drizzle-orm';
import { KEY_CHANGED, THREAD_RECORDED } from '../../db/channels.ts';
import type { Database, SqlExecutor } from '../../db/client.ts';
import { threadText } from '../../db/schema/threads.ts';
import { sessionOverview, threadOverview } from '../../db/schema/views.ts';
import { type Listing, likePattern, type Page } from '../../lib/page.ts';
import { onlyMessage } from './only-message.ts';

export { KEY_CHANGED, THREAD_RECORDED };

export type ThreadOverview = typeof threadOverview.$inferSelect;

export interface ThreadBodies {
  prompt: string;
  completion: string;
  wholePrompt: string;
  wholeCompletion: string | null;
}

export interface WholeThread extends ThreadOverview, ThreadBodies {
  sessionKey: string | null;
}

export interface NewBodies {
  prompt: string;
  completion: string;
  /** Null: the prompt was the only message. */
  wholePrompt: string | null;
  /** Null: nothing but text. */
  wholeCompletion: string | null;
}

export interface NewThread {
  /** Null: not kept. */
  bodies: NewBodies | null;
  exchangeId: string;
  sessionId: number | null;
  opening: string | null;
  promptHead: string;
  completionHead: string;
  startedAt: Date;
}

export interface ThreadFilter extends Page {
  q?: string | undefined;
  keyId?: number | undefined;
  sessionId?: number | undefined;
  isAscending: boolean;
}

export function createThreadRepository({ db, sql: pool }: Pick<Database, 'db' | 'sql'>) {
  return {
    /** Writes the texts of some exchanges, once each, and tells every replica. Without a transaction: one commit. */
    async insert(threads: readonly NewThread[], tx: SqlExecutor = pool): Promise<void> {
      if (threads.length === 0) return;
      const rows = JSON.stringify(
        threads.map((row) => ({
          exchange_id: row.exchangeId,
          session_id: row.sessionId,
          opening: row.opening,
          prompt_head: row.promptHead,
          completion_head: row.completionHead,
          has_bodies: row.bodies !== null,
          prompt: row.bodies?.prompt,
          completion: row.bodies?.completion,
          whole_prompt: row.bodies?.wholePrompt,
          whole_completion: row.bodies?.wholeCompletion,
          created_at: row.startedAt.toISOString(),
        })),
      );
      const ids = threads.map((row) => row.exchangeId).join(',');
      await tx`
        with row as materialized (
          select * from json_to_recordset(${rows}::text::json) as r(exchange_id uuid, session_id bigint, opening text,
            has_bodies boolean, prompt_head text, completion_head text, prompt text, completion text,
            whole_prompt text, whole_completion text, created_at timestamptz)
        ), heads as (
          insert into thread (exchange_id, session_id, opening, prompt_head, completion_head, created_at)
          select exchange_id, session_id, opening, prompt_head, completion_head, created_at from row on conflict do nothing
        ), bodies as (
          insert into thread_text (exchange_id, prompt, completion, whole_prompt, whole_completion)
          select exchange_id, prompt, completion, whole_prompt, whole_completion from row where has_bodies on conflict do nothing
        )
        select pg_notify(${THREAD_RECORDED}, ${ids})`;
    },

    /** Tells every replica of exchanges of which nothing is kept here. */
    async announce(exchangeIds: readonly string[]): Promise<void> {
      await pool`select pg_notify(${THREAD_RECORDED}, ${exchangeIds.join(',')})`;
    },

    /** Those of them that an exchange here began with. */
    async knownOpenings(tx: SqlExecutor, openings: readonly string[]): Promise<string[]> {
      const rows = await tx<{ opening: string }[]>`
        select distinct opening from thread where opening in ${tx([...openings])}`;
      return rows.map(({ opening }) => opening);
    },

    /** The exchanges that opened these conversations become part of them. */
    async adopt(tx: SqlExecutor, found: readonly { sessionId: number; opening: string }[]): Promise<void> {
      if (found.length === 0) return;
      const parameter = JSON.stringify(
        found.map(({ sessionId, opening }) => ({ session_id: sessionId, opening })),
      );
      await tx`
        update thread t set session_id = r.session_id
        from json_to_recordset(${parameter}::text::json) as r(session_id bigint, opening text)
        where t.opening = r.opening and t.session_id is null`;
    },

    async transaction(work: (tx: SqlExecutor) => Promise<void>): Promise<void> {
      await pool.begin(work);
    },

    /** The first prompt of each of these sessions that has at least two exchanges. */
    async firstPrompts(
      tx: SqlExecutor,
      sessionIds: readonly number[],
    ): Promise<{ sessionId: number; prompt: string }[]> {
      const rows = await tx<{ session_id: string; prompt: string }[]>`
        select session_id, (array_agg(prompt_head order by created_at))[1] as prompt from thread
        where session_id in ${tx(sessionIds)} group by session_id having count(*) >= 2`;
      return rows.map(({ session_id, prompt }) => ({ sessionId: Number(session_id), prompt }));
    },

    async list(filter: ThreadFilter): Promise<Listing<ThreadOverview>> {
      const where = and(
        filter.keyId === undefined ? undefined : eq(threadOverview.keyId, filter.keyId),
        filter.sessionId === undefined ? undefined : eq(threadOverview.sessionId, filter.sessionId),
        filter.q === undefined ? undefined : says(filter.q),
      );
      const items = await db
        .select()
        .from(threadOverview)
        .where(where)
        .orderBy(filter.isAscending ? asc(threadOverview.id) : desc(threadOverview.id))
        .limit(filter.limit)
        .offset(filter.offset);
      const [total] = await db.select({ count: count() }).from(threadOverview).where(where);
      return { items, total: total?.count ?? 0 };
    },

    async listByExchange(exchangeIds: readonly string[]): Promise<ThreadOverview[]> {
      return db
        .select()
        .from(threadOverview)
        .where(inArray(threadOverview.exchangeId, [...exchangeIds]))
        .orderBy(asc(threadOverview.id));
    },

    async find(id: number, keyId: number | undefined): Promise<WholeThread | undefined> {
      const [row] = await db
        .select({
          overview: getViewSelectedFields(threadOverview),
          bodies: threadText,
          sessionKey: sessionOverview.key,
        })
        .from(threadOverview)
        .leftJoin(threadText, eq(threadText.exchangeId, threadOverview.exchangeId))
        .leftJoin(sessionOverview, eq(sessionOverview.id, threadOverview.sessionId))
        .where(
          and(eq(threadOverview.id, id), keyId === undefined ? undefined : eq(threadOverview.keyId, keyId)),
        );
      if (row === undefined) return undefined;
      const { prompt, completion, wholePrompt, wholeCompletion } = row.bodies ?? NO_BODIES;
      return {
        ...row.overview,
        prompt,
        completion,
        wholePrompt: wholePrompt ?? onlyMessage(prompt),
        wholeCompletion,
        sessionKey: row.sessionKey,
      };
    },
  };

  function says(q: string): SQL {
    const pattern = likePattern(q);
    return exists(
      db
        .select({ one: sql`1` })
        .from(threadText)
        .where(
          and(
            eq(threadText.exchangeId, threadOverview.exchangeId),
            or(ilike(threadText.prompt, pattern), ilike(threadText.completion, pattern)),
          ),
        ),
    );
  }
}

export type ThreadRepository = ReturnType<typeof createThreadRepository>;

/** Of an exchange whose text is not kept, or was lost. */
const NO_BODIES = { prompt: '', completion: '', wholePrompt: '[]', wholeCompletion: null };
