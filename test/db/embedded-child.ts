// A process with an embedded database: starts on the folder it is given, says where, and stops when its standard
// input ends. What a gateway does, without the gateway.
import { startEmbeddedPostgres } from '../../src/db/embedded/index.ts';

const dataDir = process.argv[2] ?? '';
const log = { info() {}, warn() {} };
const embedded = await startEmbeddedPostgres({ dataDir, log, settings: { fsync: process.argv[3] ?? 'on' } });
process.stdout.write(`${JSON.stringify(embedded.connection)}\n`);
process.stdin.resume();
process.stdin.once('end', () => void embedded.stop().then(() => process.exit(0)));
