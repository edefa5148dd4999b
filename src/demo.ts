// `npm run demo`: a gateway, a Bedrock simulator and an embedded database in one process, with two keys to try. No
// AWS account, nothing to set up; Ctrl-C stops everything and the next start keeps the data.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import closeWithGrace from 'close-with-grace';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { type Config, loadConfig } from './config.ts';
import { welcome } from './demo/welcome.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { loggerOptions } from './platform/logger.ts';
import { createSimulator, HUMAN_PACE } from './simulator/simulator.ts';

await main();

async function main(): Promise<void> {
  const simulator = await createSimulator({ pace: HUMAN_PACE });
  pointAwsAt(simulator.url);
  const config = demoConfig();
  const gateway = await start(config);
  closeWithGrace({ delay: 10_000, logger: false }, async () => {
    await gateway.close();
    await simulator.close();
  });
  const keys = await createKeys(gateway.app, config);
  process.stdout.write(welcome({ url: gateway.url, keys, dataDir: config.dataDir }));
}

/** Only through the standard settings: the gateway does not know that it is not AWS. */
function pointAwsAt(url: string): void {
  process.env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME = url;
  process.env.AWS_ACCESS_KEY_ID = 'demo';
  process.env.AWS_SECRET_ACCESS_KEY = 'demo';
  for (const name of ['AWS_PROFILE', 'AWS_SESSION_TOKEN', 'AWS_BEARER_TOKEN_BEDROCK'])
    delete process.env[name];
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
}

/** Settings of its own: a database or key configured for the real gateway is not for the demo. */
function demoConfig(): Config {
  const { PORT, HOST, LOG_LEVEL, DATA_DIR } = process.env;
  const projectData = loadConfig({
    env: DATA_DIR === undefined ? {} : { DATA_DIR },
    requireAdminKey: false,
  }).dataDir;
  const root = join(projectData, 'demo');
  return loadConfig({
    root,
    env: {
      PORT,
      HOST: HOST ?? '127.0.0.1',
      LOG_LEVEL: LOG_LEVEL ?? 'warn',
      DATA_DIR: root,
      ADMIN_API_KEY: `br_${randomBytes(24).toString('hex')}`,
      AWS_REGION: 'us-east-1',
    },
  });
}

async function start(config: Config): Promise<Gateway> {
  try {
    return await startGateway(config, pino(loggerOptions(config.logLevel)));
  } catch (error) {
    const isBusy = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    const reason = isBusy ? `Port ${config.port} is in use; try PORT=8877 npm run demo` : String(error);
    process.stderr.write(`${reason}\n`);
    process.exit(1);
  }
}

/** On the first start, through the same routes an administrator uses; later ones keep what is there. */
async function createKeys(
  app: FastifyInstance,
  config: Config,
): Promise<{ admin: string; user: string } | undefined> {
  const headers = { authorization: `Bearer ${config.adminApiKey}` };
  const listed = await app.inject({ url: '/admin/api-key/list', headers });
  if (listed.json().data.total !== '0') return undefined;
  const apply = async (payload: object): Promise<string> => {
    const answer = await app.inject({ method: 'POST', url: '/admin/api-key/apply', headers, payload });
    return answer.json().data.api_key;
  };
  const admin = await apply({ name: 'Ada Admin', role: 'admin', group_id: 1, month_quota: '20' });
  const user = await apply({ name: 'Uma User', role: 'user', group_id: 1, month_quota: '5', balance: '1' });
  return { admin, user };
}
