// BRConnector as it is deployed: the compiled process with its own PostgreSQL, default durability, everything on.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Child, ROOT, startChild } from './children.ts';

export interface GatewaySettings {
  folder: string;
  upstreamUrl: string;
  nodeArgs: string[];
  onStart(child: Child): void;
}

/** What the gateway has on record. */
export interface Books {
  /** Settled exchanges. */
  threads: number;
  /** Has the text of the newest been written too? */
  newestHasText: boolean;
  /** All fees, and the fee of the newest exchange: 10^-10 USD. */
  totalFee: bigint;
  newestFee: bigint;
}

export type Gateway = Awaited<ReturnType<typeof startGateway>>;

const READY_WITHIN_MS = 60_000;
/** USD; far more than a benchmark can spend. */
const QUOTA = 1_000_000;

export async function startGateway({ folder, upstreamUrl, nodeArgs, onStart }: GatewaySettings) {
  const adminKey = `br_${randomBytes(24).toString('hex')}`;
  const dataDir = join(folder, 'data');
  const log = join(folder, 'gateway.log');
  const port = await freePort();
  const child = startChild({
    args: [...nodeArgs, join(ROOT, 'dist/server/index.js')],
    env: environment({ port, dataDir, adminKey, upstreamUrl }),
    log,
  });
  onStart(child);
  const url = `http://127.0.0.1:${port}`;
  await untilReady(child, url, log);

  const call = createAdminClient(url, adminKey);
  return {
    pid: child.pid,
    port,
    databasePid: Number(readFileSync(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0]),

    async createKeys(count: number): Promise<string[]> {
      const keys: string[] = [];
      for (let index = 0; index < count; index += 1) {
        const key = await call('/admin/api-key/apply', { name: `bench ${index}`, month_quota: QUOTA });
        keys.push(String(key.api_key));
      }
      return keys;
    },

    async readBooks(): Promise<Books> {
      const [{ total, items }, statistics] = await Promise.all([
        call('/admin/thread/list?limit=1'),
        call('/admin/statistics/total'),
      ]);
      const [newest] = items as { fee: string; completion: string }[];
      return {
        threads: Number(total),
        newestHasText: (newest?.completion ?? '') !== '',
        totalFee: moneyOf(String(statistics.total_fee)),
        newestFee: moneyOf(newest?.fee ?? '0'),
      };
    },
  };
}

function environment(given: { port: number; dataDir: string; adminKey: string; upstreamUrl: string }) {
  return {
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    PORT: String(given.port),
    DATA_DIR: given.dataDir,
    ADMIN_API_KEY: given.adminKey,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: given.upstreamUrl,
  };
}

function createAdminClient(url: string, adminKey: string) {
  return async (path: string, body?: object): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    // Our own API, whose tests are elsewhere: a wrong shape shows as a wrong count.
    const { data } = (await answer.json()) as { data: Record<string, unknown> };
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(data)}`);
    return data;
  };
}

async function untilReady(child: Child, url: string, log: string): Promise<void> {
  for (const deadline = Date.now() + READY_WITHIN_MS; Date.now() < deadline; await pause(50)) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.ok) return;
    if (child.process.exitCode !== null) break;
  }
  throw new Error(`BRConnector does not start:\n${readFileSync(log, 'utf8').slice(-2000)}`);
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

/** `"0.0000912500"` -> 912500n. */
function moneyOf(decimal: string): bigint {
  return BigInt(decimal.replace('.', ''));
}
