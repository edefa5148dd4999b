// `npm run ledger:audit`: proves that the ledger adds up, and says where it does not. Uses the gateway's settings; the exit
// code is 0 only if every invariant holds.
import { loadConfig } from './config.ts';
import { openDatabase } from './db/client.ts';
import { startEmbeddedPostgres } from './db/embedded/index.ts';
import { formatMoney } from './lib/money.ts';
import { createAuditRepository, type Invariant } from './plugins/billing/audit/repository.ts';

const print = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const config = loadConfig({ requireAdminKey: false });
  const embedded = config.database.connection
    ? undefined
    : await startEmbeddedPostgres({ dataDir: config.dataDir, log: { info: print, warn: print } });
  const connection = config.database.connection ?? embedded?.connection;
  if (connection === undefined) throw new Error('No database is configured');
  const database = openDatabase({ connection, maxConnections: 3, timeZone: config.billingTimeZone });
  try {
    const { ok, invariants } = await createAuditRepository({ sql: database.sql }).audit();
    for (const invariant of invariants) print(describe(invariant));
    print(ok ? 'The ledger adds up.' : 'THE LEDGER DOES NOT ADD UP.');
    process.exitCode = ok ? 0 : 1;
  } finally {
    await database.close();
    await embedded?.stop();
  }
}

function describe({ name, checked, wrong, kept, summed, examples }: Invariant): string {
  const sums = `kept ${formatMoney(BigInt(kept))}, summed ${formatMoney(BigInt(summed))}`;
  const where = examples.length > 0 ? `: ${examples.join(', ')}` : '';
  return `${wrong === 0 ? 'ok   ' : 'WRONG'} ${name.padEnd(12)} ${checked} checked, ${wrong} wrong, ${sums}${where}`;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
