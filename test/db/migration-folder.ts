// A folder of migrations as drizzle-kit writes it, for tests of the migrator itself.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface TestMigration {
  tag: string;
  /** Unix ms. */
  when: number;
  sql: string;
}

/** (Re)writes the folder. @returns it */
export function writeMigrations(folder: string, migrations: readonly TestMigration[]): string {
  mkdirSync(join(folder, 'meta'), { recursive: true });
  const entries = migrations.map(({ tag, when }, idx) => ({
    idx,
    version: '7',
    when,
    tag,
    breakpoints: true,
  }));
  writeFileSync(
    join(folder, 'meta', '_journal.json'),
    JSON.stringify({ version: '7', dialect: 'postgresql', entries }),
  );
  for (const { tag, sql } of migrations) writeFileSync(join(folder, `${tag}.sql`), sql);
  return folder;
}

export const FIRST: TestMigration = {
  tag: '0000_first',
  when: 1_700_000_000_000,
  // Fails when run twice; slow enough for another process to arrive meanwhile.
  sql: 'create table room (id int);--> statement-breakpoint\nselect pg_sleep(0.1);',
};
export const SECOND: TestMigration = {
  tag: '0001_second',
  when: 1_700_000_100_000,
  sql: 'alter table room add column name text;',
};
