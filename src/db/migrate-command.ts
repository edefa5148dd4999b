// `npm run db:migrate`: the same migrations that the gateway applies at its start, for operators who want
// to run them before. Uses the same settings, the embedded database included.
import { loadConfig } from '../config.ts';
import { startEmbeddedPostgres } from './embedded/index.ts';
import { grantToServingRole } from './grants.ts';
import { migrateDatabase } from './migrate.ts';

async function main(): Promise<void> {
  const config = loadConfig({ requireAdminKey: false });
  const print = (line: string) => process.stdout.write(`${line}\n`);
  const embedded = config.database.connection
    ? undefined
    : await startEmbeddedPostgres({ dataDir: config.dataDir, log: { info: print, warn: print } });
  const connection = config.database.connection ?? embedded?.connection;
  if (connection === undefined) throw new Error('No database is configured');
  try {
    const owner = config.database.migrationConnection ?? connection;
    const applied = await migrateDatabase(owner);
    if (owner !== connection) print(`Granted to ${await grantToServingRole(owner, connection)}.`);
    print(applied.length === 0 ? 'The database is up to date.' : `Applied: ${applied.join(', ')}`);
  } finally {
    await embedded?.stop();
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
