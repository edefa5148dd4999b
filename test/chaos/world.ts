// Everything that a chaos run consists of: a durable PostgreSQL, a wire to it for each of three gateway processes, and
// the simulator, in our own process, whose journal is the truth.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../../src/db/client.ts';
import { createSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { makeTemporaryFolder } from '../helpers/temporary-folder.ts';
import { startWire, type Wire } from '../helpers/wire.ts';
import { rules } from './behaviours.ts';
import { SMALL_DISK_REPLICA } from './faults.ts';
import { GROUP_BUDGET, KEYS, type KeyName, REPLICAS } from './plan.ts';
import { type ChaosPostgres, createPostgres } from './postgres.ts';
import { type Replica, startReplica } from './replica.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';

export const ADMIN_KEY = 'br_chaos_bootstrap_key_0123456789';
export const LEASE_SECONDS = 3;

/** The one that the migrations make. */
const GROUP = 1;

export interface ChaosKey {
  id: number;
  secret: string;
}

export interface World {
  postgres: ChaosPostgres;
  sql: ReturnType<typeof connect>;
  simulator: Simulator;
  wires: readonly Wire[];
  replicas: readonly Replica[];
  keys: Readonly<Record<KeyName, ChaosKey>>;
  /** A string says why there is none. */
  disk: SmallDisk | string;
  logFile(replica: number): string;
  /** Settlements that wait on disk, of all gateways. */
  spooled(): string[];
  /** Ends all that is still running and removes the folder. */
  close(): Promise<void>;
}

export async function createWorld(program: readonly string[]): Promise<World> {
  const folder = makeTemporaryFolder(tmpdir());
  const dataDir = (replica: number) => join(folder, `gateway-${replica}`);
  const logFile = (replica: number) => join(folder, `gateway-${replica}.log`);
  const closing: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const close = async () => {
    for (const step of closing.reverse()) await step();
  };
  try {
    for (let replica = 0; replica < REPLICAS; replica += 1) mkdirSync(dataDir(replica), { mode: 0o711 });
    const disk = mountSmallDisk(dataDir(SMALL_DISK_REPLICA));
    if (typeof disk !== 'string') closing.push(disk.unmount);
    const postgres = await createPostgres(folder);
    closing.push(postgres.stop);
    await postgres.start();
    const simulator = await createSimulator();
    closing.push(simulator.close);
    for (const rule of rules()) simulator.script(rule);
    const wires = await Promise.all(
      Array.from({ length: REPLICAS }, () => startWire({ path: postgres.socket })),
    );
    closing.push(() => Promise.all(wires.map((wire) => wire.cut())));
    const replicas: Replica[] = [];
    for (const [index, wire] of wires.entries()) {
      const env = environment(wire.port, dataDir(index), simulator.url);
      const replica = startReplica({ index, port: await freePort(), env, program, logFile: logFile(index) });
      closing.push(replica.destroy);
      replicas.push(replica);
      // One after the other: the first migrates, and three starts at once take two cores a long time.
      await replica.ready();
    }
    const sql = connect(postgres.connection, { max: 1 });
    closing.push(() => sql.end({ timeout: 0 }));
    const keys = await createKeys(replicas);
    const spooled = () => Array.from({ length: REPLICAS }, (_, index) => spoolOf(dataDir(index))).flat();
    return { postgres, sql, simulator, wires, replicas, keys, disk, logFile, spooled, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function environment(databasePort: number, dataDir: string, upstream: string): Record<string, string> {
  return {
    NODE_ENV: 'production',
    LOG_LEVEL: 'info',
    HOST: '127.0.0.1',
    DATA_DIR: dataDir,
    DATABASE_URL: `postgres://postgres@127.0.0.1:${databasePort}/brconnector`,
    PGSQL_MAX: '10',
    ADMIN_API_KEY: ADMIN_KEY,
    KEY_PEPPER: 'a pepper for chaos only',
    HOLD_LEASE_SECONDS: String(LEASE_SECONDS),
    DRAIN_SECONDS: '20',
    UPSTREAM_FIRST_EVENT_SECONDS: '10',
    UPSTREAM_BETWEEN_EVENTS_SECONDS: '4',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'chaos',
    AWS_SECRET_ACCESS_KEY: 'chaos',
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: upstream,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}

async function createKeys([replica]: readonly Replica[]): Promise<Record<KeyName, ChaosKey>> {
  const keys: Partial<Record<KeyName, ChaosKey>> = {};
  for (const { name, month_quota, balance } of KEYS) {
    const group_id = name === 'grouped' || name === 'sibling' ? GROUP : 0;
    const body = { name, month_quota, balance, group_id };
    const { id, api_key } = await administer(replica, '/admin/api-key/apply', body);
    keys[name] = { id: Number(id), secret: String(api_key) };
  }
  await administer(replica, '/admin/budget/set', { group_id: GROUP, window: 'total', limit: GROUP_BUDGET });
  // Every name has been given one by the loop.
  return keys as Record<KeyName, ChaosKey>;
}

async function administer(
  replica: Replica | undefined,
  path: string,
  body: object,
): Promise<Record<string, unknown>> {
  const answer = await fetch(`${replica?.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  // Our own API, whose tests are elsewhere.
  const { data } = (await answer.json()) as { data: Record<string, unknown> };
  return data;
}

function spoolOf(dataDir: string): string[] {
  try {
    return readdirSync(join(dataDir, 'spool'), { recursive: true, encoding: 'utf8' }).map((name) =>
      join(dataDir, 'spool', name),
    );
  } catch {
    return [];
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
