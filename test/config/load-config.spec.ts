// Every rule of the settings, as a table: what is read, what is refused, and that secrets stay out of messages.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { Environment, projectRoot } from '../../src/config/environment.ts';
import { type Config, ConfigError, loadConfig } from '../../src/config.ts';

const KEY = 'a-strong-key-of-our-own-42';
const root = mkdtempSync(join(tmpdir(), 'brc-config-'));
t.teardown(() => rmSync(root, { recursive: true, force: true }));

const load = (env: NodeJS.ProcessEnv) => loadConfig({ env: { ADMIN_API_KEY: KEY, ...env }, root });

function refusal(env: NodeJS.ProcessEnv): string {
  try {
    load(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'not refused';
}

t.test('without any setting but the key, the defaults of the contract hold', (t) => {
  t.strictSame(load({}), {
    nodeEnv: 'development',
    isProduction: false,
    port: 8866,
    host: '0.0.0.0',
    database: {
      kind: 'embedded',
      connection: undefined,
      migrationConnection: undefined,
      maxConnections: 20,
      isDebug: false,
    },
    dataDir: join(root, 'data'),
    adminApiKey: KEY,
    keyPepper: undefined,
    metricsToken: undefined,
    valkeyUrl: undefined,
    countsCacheReads: false,
    region: 'us-east-1',
    upstream: {
      connectMs: 5_000,
      firstEventMs: 300_000,
      betweenEventsMs: 120_000,
    },
    isUiEnabled: true,
    isDebug: false,
    logLevel: 'info',
    billingTimeZone: 'UTC',
    billingAnchorDay: 1,
    alertThresholds: [50, 80, 100],
    alertSweepMs: 10_000,
    mail: undefined,
    holdLeaseMs: 30_000,
    drainMs: 60_000,
    drainMaxTokens: 100_000,
    drainMaxExchanges: 200,
    auditMs: 300_000,
    estimate: 'realistic',
    defaultMaxOutputTokens: 8192,
    isStrict: false,
    fetchesRemoteImages: false,
    corsOrigins: [],
    trustProxy: false,
    warnings: [],
  });
  t.end();
});

const accepted: [string, NodeJS.ProcessEnv, (config: Config) => unknown, unknown][] = [
  [
    'an empty variable counts as absent',
    { PORT: '', LOG_LEVEL: ' ', DATABASE_URL: '' },
    (c) => [c.port, c.logLevel],
    [8866, 'info'],
  ],
  ['port 0 asks for any free port', { PORT: '0' }, (c) => c.port, 0],
  ['DATA_DIR is relative to the project', { DATA_DIR: 'var/br' }, (c) => c.dataDir, join(root, 'var/br')],
  ['an absolute DATA_DIR stays', { DATA_DIR: '/srv/br' }, (c) => c.dataDir, '/srv/br'],
  [
    'a URL is an external database',
    { DATABASE_URL: 'postgres://u:p@h/d' },
    (c) => [c.database.kind, c.database.connection],
    ['external', { url: 'postgres://u:p@h/d' }],
  ],
  [
    'PGSQL_* are an external database',
    { PGSQL_HOST: 'h', PGSQL_DATABASE: 'd', PGSQL_USER: 'u', PGSQL_PASSWORD: ' p ' },
    (c) => c.database.connection,
    { host: 'h', port: 5432, database: 'd', user: 'u', password: ' p ' },
  ],
  [
    'PGSQL_MAX and debugging hold for the embedded one too',
    { PGSQL_MAX: '5', PGSQL_DEBUG_MODE: 'ok' },
    (c) => c.database,
    {
      kind: 'embedded',
      connection: undefined,
      migrationConnection: undefined,
      maxConnections: 5,
      isDebug: true,
    },
  ],
  [
    'of two databases the URL wins, with a warning',
    { DATABASE_URL: 'postgresql://h/d', PGSQL_HOST: 'x' },
    (c) => [c.database.connection?.url, c.warnings.length],
    ['postgresql://h/d', 1],
  ],
  ['DEBUG_MODE logs more', { DEBUG_MODE: 'true' }, (c) => [c.isDebug, c.logLevel], [true, 'debug']],
  ['unless LOG_LEVEL says otherwise', { DEBUG_MODE: 'true', LOG_LEVEL: 'WARN' }, (c) => c.logLevel, 'warn'],
  [
    'AWS_REGION wins',
    { AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'us-west-2' },
    (c) => c.region,
    'eu-west-1',
  ],
  [
    'over AWS_DEFAULT_REGION, which we read ourselves',
    { AWS_DEFAULT_REGION: 'us-west-2' },
    (c) => c.region,
    'us-west-2',
  ],
  ['a named zone', { BILLING_TIME_ZONE: 'Asia/Shanghai' }, (c) => c.billingTimeZone, 'Asia/Shanghai'],
  [
    'seconds become milliseconds',
    { DRAIN_SECONDS: '0', HOLD_LEASE_SECONDS: '7', UPSTREAM_CONNECT_SECONDS: '2' },
    (c) => [c.drainMs, c.holdLeaseMs, c.upstream.connectMs],
    [0, 7000, 2000],
  ],
  ['the strict estimate', { HOLD_ESTIMATE: 'strict' }, (c) => c.estimate, 'strict'],
  [
    'origins as browsers send them',
    { CORS_ORIGINS: 'https://A.example/, http://localhost:5173' },
    (c) => c.corsOrigins,
    ['https://a.example', 'http://localhost:5173'],
  ],
  ['any proxy is believed', { TRUST_PROXY: 'Yes' }, (c) => c.trustProxy, true],
  ['or those of a list', { TRUST_PROXY: '10.0.0.0/8, ::1' }, (c) => c.trustProxy, ['10.0.0.0/8', '::1']],
  ['a pepper', { KEY_PEPPER: '0123456789abcdef' }, (c) => c.keyPepper, '0123456789abcdef'],
  ['a metrics token', { METRICS_TOKEN: ' 0123456789abcdef ' }, (c) => c.metricsToken, '0123456789abcdef'],
  ['thresholds in any order', { ALERT_THRESHOLDS: ' 90,5, 90' }, (c) => c.alertThresholds, [5, 90]],
  [
    'a mail server',
    { SMTP_URL: 'smtps://u:p@h', SMTP_FROM: 'B <a@b.c>' },
    (c) => c.mail,
    { url: 'smtps://u:p@h', from: 'B <a@b.c>' },
  ],
  ['Valkey', { VALKEY_URL: 'redis://h:6379' }, (c) => c.valkeyUrl, 'redis://h:6379'],
  ['production', { NODE_ENV: 'production ' }, (c) => c.isProduction, true],
  [
    'the sample key warns outside production',
    { ADMIN_API_KEY: `br_${'x'.repeat(30)}` },
    (c) => c.warnings.map((line) => /ADMIN_API_KEY is the sample/.test(line)),
    [true],
  ],
];
for (const [name, env, pick, expected] of accepted) {
  t.test(`accepted: ${name}`, (t) => {
    t.strictSame(pick(load(env)), expected);
    t.end();
  });
}

t.test('the words of a flag, in any case', (t) => {
  for (const word of ['true', '1', 'ok', 'yes', 'TRUE', 'Ok'])
    t.equal(load({ DISABLE_UI: word }).isUiEnabled, false, word);
  for (const word of ['', 'false', '0', 'no', 'off', 'OFF'])
    t.equal(load({ DISABLE_UI: word }).isUiEnabled, true, word);
  t.end();
});

const SECRET = 'hunter2-secret';
const refused: [string, NodeJS.ProcessEnv, RegExp][] = [
  ['no key', { ADMIN_API_KEY: '' }, /^ADMIN_API_KEY is missing/],
  ['a short key', { ADMIN_API_KEY: SECRET }, /^ADMIN_API_KEY must have at least 20 characters$/],
  [
    'a key no header can carry',
    { ADMIN_API_KEY: `${SECRET} with ümlaut` },
    /^ADMIN_API_KEY must be printable ASCII/,
  ],
  [
    'the sample key in production',
    { ADMIN_API_KEY: `br_${'x'.repeat(30)}`, NODE_ENV: 'production' },
    /^ADMIN_API_KEY is the sample value/,
  ],
  ['a short metrics token', { METRICS_TOKEN: SECRET }, /^METRICS_TOKEN must have at least 16/],
  ['a short pepper', { KEY_PEPPER: SECRET }, /^KEY_PEPPER must have at least 16/],
  ['a port that is none', { PORT: '80a' }, /^PORT must be integer$/],
  ['a port out of range', { PORT: '65536' }, /^PORT must be <= 65535$/],
  ['a broken number', { DRAIN_SECONDS: '1.5' }, /^DRAIN_SECONDS must be integer$/],
  [
    'milliseconds where seconds are meant',
    { UPSTREAM_FIRST_EVENT_SECONDS: '300000' },
    /^UPSTREAM_FIRST_EVENT_SECONDS must be <= 86400$/,
  ],
  ['a time-out of nothing', { UPSTREAM_CONNECT_SECONDS: '0' }, /^UPSTREAM_CONNECT_SECONDS must be >= 1$/],
  ['too few connections', { PGSQL_MAX: '2' }, /^PGSQL_MAX must be >= 3$/],
  ['an unknown level', { LOG_LEVEL: 'loud' }, /^LOG_LEVEL must be one of fatal, error, warn/],
  ['an unknown flag word', { DISABLE_UI: 'perhaps' }, /^DISABLE_UI must be one of true, 1, ok, yes, false/],
  ['an unknown estimate', { HOLD_ESTIMATE: 'cheap' }, /^HOLD_ESTIMATE must be one of realistic, strict$/],
  ['no output at all', { DEFAULT_MAX_OUTPUT_TOKENS: '0' }, /^DEFAULT_MAX_OUTPUT_TOKENS must be >= 1$/],
  ['an unknown zone', { BILLING_TIME_ZONE: 'Mars/Olympus' }, /^BILLING_TIME_ZONE must be an IANA/],
  [
    'an offset, whose sign PostgreSQL reads the other way',
    { BILLING_TIME_ZONE: '+08:00' },
    /^BILLING_TIME_ZONE/,
  ],
  [
    'another database',
    { DATABASE_URL: `mysql://u:${SECRET}@h/d` },
    /^DATABASE_URL must be a URL that begins with postgres:\/\/ or postgresql:\/\/$/,
  ],
  ['half a database', { PGSQL_HOST: 'h', PGSQL_PASSWORD: SECRET }, /^PGSQL_DATABASE, PGSQL_USER missing/],
  ['a password alone', { PGSQL_PASSWORD: SECRET }, /^PGSQL_HOST, PGSQL_DATABASE, PGSQL_USER missing/],
  ['an origin with a path', { CORS_ORIGINS: 'https://a.example/app' }, /^CORS_ORIGINS/],
  ['any origin by a star', { CORS_ORIGINS: '*' }, /^CORS_ORIGINS/],
  ['a proxy by name', { TRUST_PROXY: 'proxy.local' }, /^TRUST_PROXY/],
  ['a range too wide', { TRUST_PROXY: '10.0.0.0/33' }, /^TRUST_PROXY/],
  ['a region that would be another host', { AWS_REGION: 'evil.example/' }, /^AWS_REGION/],
  [
    'an endpoint without a scheme',
    { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: 'localhost:9' },
    /^AWS_ENDPOINT_URL_BEDROCK_RUNTIME/,
  ],
  ['a threshold of nothing', { ALERT_THRESHOLDS: '0,50' }, /^ALERT_THRESHOLDS must be a comma list/],
  ['a threshold of more than all', { ALERT_THRESHOLDS: '101' }, /^ALERT_THRESHOLDS/],
  ['thresholds in words', { ALERT_THRESHOLDS: 'half' }, /^ALERT_THRESHOLDS/],
  ['a mail server without a sender', { SMTP_URL: `smtp://:${SECRET}@h` }, /^SMTP_FROM is missing/],
  ['a sender without a mail server', { SMTP_FROM: 'a@b.c' }, /^SMTP_URL is missing/],
  ['mail over the web', { SMTP_URL: `https://:${SECRET}@h`, SMTP_FROM: 'a@b.c' }, /^SMTP_URL/],
  ['a sender in two lines', { SMTP_URL: 'smtp://h', SMTP_FROM: 'a@b.c\nBcc: x@y.z' }, /^SMTP_FROM/],
  ['Valkey over the web', { VALKEY_URL: `https://:${SECRET}@h` }, /^VALKEY_URL/],
];
for (const [name, env, message] of refused) {
  t.test(`refused in one line that names the variable: ${name}`, (t) => {
    const line = refusal(env);
    t.match(line, message);
    t.notMatch(line, /\n|hunter2/);
    t.end();
  });
}

t.test('several mistakes are told at once', (t) => {
  t.equal(refusal({ PORT: 'x', LOG_LEVEL: 'y' }).split('; ').length, 2);
  t.end();
});

t.test('where the key is not required, a missing one is undefined and never empty', (t) => {
  t.equal(loadConfig({ env: {}, root, requireAdminKey: false }).adminApiKey, undefined);
  t.end();
});

t.test('.env in the root is read, and the environment wins over it', (t) => {
  writeFileSync(
    join(root, '.env'),
    `\uFEFFPORT=1000\n# a comment\nHOST="127.0.0.1"\nADMIN_API_KEY='${KEY}' # ours\nDATA_DIR=there\n`,
  );
  t.teardown(() => rmSync(join(root, '.env')));
  const config = loadConfig({ env: { PORT: '2000', HOST: '' }, root });
  t.strictSame(
    [config.port, config.host, config.adminApiKey],
    [2000, '0.0.0.0', KEY],
    'an emptied variable is the default',
  );
  t.equal(config.dataDir, join(root, 'there'));
  t.end();
});

t.test('a .env that cannot be read is reported', (t) => {
  mkdirSync(join(root, '.env'));
  t.teardown(() => rmSync(join(root, '.env'), { recursive: true }));
  t.match(refusal({}), /\.env cannot be read$/);
  t.end();
});

t.test('AWS lines of .env reach the AWS SDK through process.env, which they never overwrite', (t) => {
  writeFileSync(join(root, '.env'), 'AWS_PROFILE=from-file\nAWS_ROLE_ARN=from-file\nPATH=from-file\n');
  const before = { ...process.env };
  process.env.AWS_ROLE_ARN = 'from-process';
  process.env.ADMIN_API_KEY = KEY;
  delete process.env.AWS_PROFILE;
  t.teardown(() => {
    rmSync(join(root, '.env'));
    process.env = before;
  });
  loadConfig({ root });
  t.equal(process.env.AWS_PROFILE, 'from-file');
  t.equal(process.env.AWS_ROLE_ARN, 'from-process');
  t.equal(process.env.PATH, before.PATH);
  t.end();
});

t.test('the root is the nearest folder with a package.json, whatever the working directory', (t) => {
  const module = join(root, 'dist', 'server');
  mkdirSync(module, { recursive: true });
  writeFileSync(join(root, 'package.json'), '{}');
  chmodSync(join(root, 'package.json'), 0o600);
  t.equal(projectRoot(module), root);
  t.equal(projectRoot(root), root);
  t.end();
});

t.test(
  '.env.example names every variable that is read, and no other; its examples are the defaults or valid',
  (t) => {
    const text = readFileSync(join(projectRoot(import.meta.dirname), '.env.example'), 'utf8');
    const lines = text.split('\n').flatMap((line) => /^#?([A-Z][A-Z_0-9]+)=(.*)$/.exec(line)?.slice(1) ?? []);
    const names = lines.filter((_, index) => index % 2 === 0);
    t.strictSame([...names].sort(), Object.keys(Environment.properties).sort());
    const values: Record<string, string> = {};
    for (let index = 0; index < lines.length; index += 2) values[lines[index] ?? ''] = lines[index + 1] ?? '';
    const examples = [
      'CORS_ORIGINS',
      'DATABASE_URL',
      'MIGRATION_DATABASE_URL',
      'PGSQL_HOST',
      'PGSQL_DATABASE',
      'PGSQL_USER',
      'VALKEY_URL',
      'SMTP_URL',
      'SMTP_FROM',
      'PGSQL_PORT',
    ];
    t.doesNotThrow(() => load({ ...values, ADMIN_API_KEY: KEY }));
    for (const name of examples) delete values[name];
    t.strictSame(load({ ...values, ADMIN_API_KEY: KEY }), load({}), 'what is not an example is a default');
    t.end();
  },
);
