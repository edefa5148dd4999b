// docs/operations.md and the Docker stack against the settings, the log lines and the build.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Environment } from '../../src/config/environment.ts';
import { filesUnder, readDocument, root, tableRows } from './documents.ts';

const operations = readDocument('docs/operations.md').text;
const compose = readDocument('docker-compose.yml').text;
const dockerfile = readDocument('Dockerfile').text;

t.test('the table of settings has every variable, with its default', async (t) => {
  const rows = tableRows(operations, 'variable');
  t.same(rows.map(([name]) => name).toSorted(), Object.keys(Environment.properties).sort());
  for (const [name = '', value] of rows) {
    const schema: object = Environment.properties[name as keyof typeof Environment.properties];
    if ('default' in schema) t.equal(value, String(schema.default), name);
  }
});

t.test('every line of the log that is explained is in the code', async (t) => {
  const rows = tableRows(operations, 'level');
  t.ok(rows.length > 5);
  const sources = filesUnder('src', '.ts')
    .map((path) => readDocument(path).text)
    .join('\n');
  for (const [level, message = ''] of rows) {
    const call = new RegExp(`\\.${level}\\([^;]*?'${message.replace(/[()]/g, '\\$&')}'`);
    t.match(sources, call, `${level}: ${message}`);
  }
});

t.test('Compose passes every setting on that does not belong to the image', async (t) => {
  const [, gateway = ''] = /^ {2}gateway:\n([\s\S]*?)^ {2}\w/m.exec(compose) ?? [];
  const passed = [...gateway.matchAll(/^ {6}([A-Z_]+):/gm)].map(([, name = '']) => name);
  const ofTheImage = ['NODE_ENV', 'PORT', 'HOST', 'DATA_DIR', 'DATABASE_URL', 'PGSQL_PORT', 'VALKEY_URL'];
  const forgotten = Object.keys(Environment.properties).filter(
    (name) => ![...passed, ...ofTheImage].includes(name),
  );
  t.same(forgotten, []);
});

t.test('what the image copies exists and gets past .dockerignore', async (t) => {
  const allowed = new Set(readDocument('.dockerignore').text.split('\n'));
  const sources = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, list = '']) =>
    list.split(' '),
  );
  t.ok(sources.length > 5);
  for (const source of sources) {
    t.ok(existsSync(join(root, source)), source);
    t.ok(allowed.has(`!${source}`), `.dockerignore lets ${source} through`);
  }
});
