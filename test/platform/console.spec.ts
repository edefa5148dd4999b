// The console's files, and its page for addresses that only the browser's router knows.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { ADMIN_API_KEY, startTestGateway } from '../helpers/gateway.ts';
import { type RawAnswer, rawRequest } from '../helpers/raw-request.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const PAGE = '<!doctype html><title>console</title>';
const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

function builtConsole(t: Test): string {
  const parent = temporaryFolder(t);
  const folder = join(parent, 'public');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), PAGE);
  writeFileSync(join(folder, 'favicon.svg'), '<svg/>');
  writeFileSync(join(folder, 'assets', 'x.js'), 'export {};');
  writeFileSync(join(parent, 'secret.txt'), 'not for you');
  return folder;
}

const isPage = (answer: RawAnswer) => answer.status === 200 && answer.text === PAGE;

t.test('its files are served to anybody; hashed ones for ever, the page never unchecked', async (t) => {
  const gateway = await startTestGateway(t, { consoleFolder: builtConsole(t) });
  for (const path of ['/', '/index.html', '/?x=1']) {
    const answer = await rawRequest(gateway.url, path);
    t.ok(isPage(answer), path);
    t.match(answer.headers['content-type'], /^text\/html/);
    t.equal(answer.headers['cache-control'], 'no-cache');
    t.match(answer.headers['content-security-policy'], /default-src 'self'/);
    t.notMatch(answer.headers['content-security-policy'], /unsafe-eval|unsafe-inline' *;? *script/);
  }
  const script = await rawRequest(gateway.url, '/assets/x.js');
  t.equal(script.status, 200);
  t.match(script.headers['content-type'], /javascript/);
  t.match(script.headers['cache-control'], /max-age=31536000, immutable/);
  t.equal((await rawRequest(gateway.url, '/favicon.svg')).headers['cache-control'], 'no-cache');
  t.equal((await rawRequest(gateway.url, '/', { method: 'HEAD' })).status, 200);
});

t.test('a browser that opens an address of the console gets the page; anything else gets 404', async (t) => {
  const gateway = await startTestGateway(t, { consoleFolder: builtConsole(t) });
  for (const path of [
    '/keys',
    '/sessions/12?tab=1',
    '/login',
    '/administrators',
    '/users',
    '/v10',
    '/%E8%AE%BE%E7%BD%AE',
  ])
    t.ok(isPage(await rawRequest(gateway.url, path, { headers: HTML })), path);
  const others: [path: string, method: string, headers: Record<string, string>][] = [
    ['/keys', 'GET', {}],
    ['/keys', 'GET', { accept: 'application/json' }],
    ['/keys', 'GET', { accept: '*/*' }],
    ['/keys', 'POST', HTML],
    ['/keys', 'PUT', HTML],
    ['/assets/gone.js', 'GET', { accept: '*/*' }],
  ];
  for (const [path, method, headers] of others) {
    const answer = await rawRequest(gateway.url, path, { method, headers });
    t.equal(answer.status, 404, `${method} ${path}`);
    t.match(JSON.parse(answer.text), { success: false, error: { code: 'NOT_FOUND' } });
  }
});

t.test('the page never stands in for the API, however its path is written', async (t) => {
  const gateway = await startTestGateway(t, { consoleFolder: builtConsole(t) });
  const spellings = [
    ...['', '/', '/nope', '/api-key/list/', '/api-key//list'].flatMap((rest) =>
      ['/admin', '/user', '/v1', '/ADMIN', '/User', '/V1'].map((root) => root + rest),
    ),
    ...[
      '//admin/api-key/list',
      '///v1/models',
      '/./admin/x',
      '/.//admin/x',
      '/x/../admin/x',
      '/%2e/admin/x',
      '/./%2e/user/x',
    ],
    ...[
      '/%61dmin/x',
      '/%2561dmin/x',
      '/admin%2Fx',
      '/%2Fadmin/x',
      '/%5cadmin/x',
      '/\\admin\\x',
      '/admin;x=1/y',
      '/admin%3bx',
    ],
    ...[
      '/v1;x',
      '/user%00',
      '/admin%20',
      '/%09admin/x',
      '/admin%3Fx=1',
      '/admin%23x',
      '/webui/../admin/x',
      '/admin%252fx',
    ],
  ];
  for (const path of spellings)
    for (const key of [undefined, ADMIN_API_KEY]) {
      const headers = { ...HTML, ...(key && { authorization: `Bearer ${key}` }) };
      const answer = await rawRequest(gateway.url, path, { headers });
      t.notOk(answer.text.includes('<!doctype'), `${path}: ${answer.status}`);
      t.ok(
        [400, 401, 403, 404].includes(answer.status),
        `${path}: ${answer.status} ${answer.text.slice(0, 80)}`,
      );
    }
});

t.test('no path leads out of the folder', async (t) => {
  const gateway = await startTestGateway(t, { consoleFolder: builtConsole(t) });
  for (const path of [
    ...[
      '/../secret.txt',
      '/assets/../../secret.txt',
      '/..%2fsecret.txt',
      '/%2e%2e/secret.txt',
      '/..%5csecret.txt',
    ],
    ...[
      '/assets/..%2f..%2fsecret.txt',
      '/%252e%252e/secret.txt',
      '//secret.txt',
      '/.//../secret.txt',
      '/assets/%00/../../secret.txt',
    ],
  ]) {
    for (const headers of [{}, HTML]) {
      const answer = await rawRequest(gateway.url, path, { headers });
      t.notMatch(answer.text, 'not for you', path);
      t.ok(isPage(answer) || [400, 404].includes(answer.status), `${path}: ${answer.status}`);
    }
  }
});

t.test(
  'DISABLE_UI leaves the API alone and serves no page; so does a console that is not built',
  async (t) => {
    const disabled = await startTestGateway(t, {
      consoleFolder: builtConsole(t),
      env: { DISABLE_UI: 'true' },
    });
    const unbuilt = await startTestGateway(t);
    for (const gateway of [disabled, unbuilt]) {
      for (const path of ['/', '/keys', '/assets/x.js'])
        t.equal((await rawRequest(gateway.url, path, { headers: HTML })).status, 404, path);
      t.equal((await gateway.admin('GET', '/admin/api-key/list')).status, 200);
    }
  },
);
