// The process: read the configuration, start, and stop on SIGTERM or SIGINT without losing a settlement.
import closeWithGrace from 'close-with-grace';
import { pino } from 'pino';
import { ConfigError, loadConfig } from './config.ts';
import { DatabaseMissingError } from './db/create-database.ts';
import { EmbeddedPostgresError } from './db/embedded/index.ts';
import { MigrationError } from './db/migrate.ts';
import { startGateway } from './gateway.ts';
import { loggerOptions } from './platform/logger.ts';

/** Longer than a shutdown's own limits, so that only a hang is cut. */
const CLOSE_MS = 32_000;

await main();

async function main(): Promise<void> {
  const config = readConfig();
  const logger = pino(loggerOptions(config.logLevel));
  try {
    const gateway = await startGateway(config, logger);
    closeWithGrace({ delay: CLOSE_MS, logger }, async ({ err }) => {
      if (err) logger.fatal({ err }, 'stopping after an error');
      await gateway.close();
    });
  } catch (error) {
    if (isForOperator(error)) logger.fatal(error.message);
    else logger.fatal({ err: error }, 'could not start');
    process.exit(1);
  }
}

function readConfig() {
  try {
    return loadConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

/** One line says it all; a stack would only hide it. */
function isForOperator(error: unknown): error is Error {
  return (
    error instanceof MigrationError ||
    error instanceof DatabaseMissingError ||
    error instanceof EmbeddedPostgresError ||
    (error instanceof Error &&
      'code' in error &&
      (error.code === 'EADDRINUSE' || error.code === 'PEPPER_MISMATCH'))
  );
}
