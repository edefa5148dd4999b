// A gateway as a process of its own, for replicas.spec.ts. Prints its URL; ends with its standard input.
import { pino } from 'pino';
import { loadConfig } from '../../../src/config.ts';
import { startGateway } from '../../../src/gateway.ts';

const [settings = '{}'] = process.argv.slice(2);
const env: Record<string, string> = JSON.parse(settings);
Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
if (env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME)
  process.env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME = env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME;
const config = loadConfig({ root: env.DATA_DIR ?? '', env });
const gateway = await startGateway(config, pino({ level: 'silent' }));
process.stdout.write(`${gateway.url}\n`);
process.stdin.on('end', () => void gateway.close()).resume();
