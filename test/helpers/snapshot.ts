// What a database holds, table by table, to show that a refused request left nothing behind.
import type { Database } from '../../src/db/client.ts';

/** Processes renew these by themselves. */
const LIVELY = new Set(['process_lease']);

/** Table -> number of its rows and a digest of all of them. */
export async function snapshot({ sql }: Pick<Database, 'sql'>): Promise<Record<string, string>> {
  const tables = await sql<{ name: string }[]>`
    select tablename as name from pg_tables where schemaname = 'public' order by tablename`;
  const facts: Record<string, string> = {};
  for (const { name } of tables) {
    if (LIVELY.has(name)) continue;
    const [row] = await sql<{ facts: string }[]>`
      select count(*) || ' ' || coalesce(md5(string_agg(r::text, '|' order by r::text)), '') as facts
      from ${sql(name)} r`;
    facts[name] = row?.facts ?? '';
  }
  return facts;
}
