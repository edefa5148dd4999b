// Whatever a document names (scripts, files, settings) is there.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { Environment } from '../../src/config/environment.ts';
import { filesUnder, inlineCode, localLinks, readDocument, readDocuments, root } from './documents.ts';
import { errorCodes } from './error-codes.ts';

const documents = readDocuments();
const stack = ['docker-compose.yml', 'Dockerfile', '.github/workflows/ci.yml'].map(readDocument);

/** Variables of others, and where ours that are no settings of the gateway are read. */
const OTHER_VARIABLES: Readonly<Record<string, string>> = {
  AWS_ACCESS_KEY_ID: 'AWS SDK',
  AWS_SECRET_ACCESS_KEY: 'AWS SDK',
  AWS_SESSION_TOKEN: 'AWS SDK',
  AWS_PROFILE: 'AWS SDK',
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: 'AWS SDK',
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'AWS SDK',
  POSTGRES_DB: 'PostgreSQL image',
  POSTGRES_PASSWORD: 'PostgreSQL image',
  BR_API_KEY: "the reader's shell",
  BASE_URL: "the reader's shell",
  ANTHROPIC_BASE_URL: 'Claude Code',
  ANTHROPIC_AUTH_TOKEN: 'Claude Code',
  ANTHROPIC_MODEL: 'Claude Code',
  CLAUDE_CODE_ATTRIBUTION_HEADER: 'Claude Code',
  TEST_DATABASE_URL: 'test/helpers/database.ts',
  CHROME_PATH: 'test/helpers/browser.ts',
  CHAOS_SEED: 'test/chaos/main.ts',
  CHAOS_EPISODES: 'test/chaos/main.ts',
  CHAOS_ONLY: 'test/chaos/main.ts',
  CHAOS_LOGS: 'test/chaos/main.ts',
};

t.test('every npm script that a document names exists', async (t) => {
  // package.json is ours.
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const builtIn = new Set(['ci', 'cit', 'run']);
  for (const { path, text } of [...documents, ...stack]) {
    for (const [, name = ''] of text.matchAll(/\bnpm run (?:--silent )?([a-z][\w:-]*)/g))
      t.ok(name in scripts, `${path}: npm run ${name}`);
    for (const [, name = ''] of text.matchAll(/`npm ([a-z]\w*)/g))
      t.ok(builtIn.has(name) || name in scripts, `${path}: npm ${name}`);
  }
});

t.test('every file and folder that a document names or links to exists', async (t) => {
  const ours = /^(src|test|docs|drizzle|ui|scripts)\/[\w./-]*$/;
  for (const { path, text } of documents) {
    for (const link of localLinks(text))
      t.ok(existsSync(join(root, dirname(path), link)), `${path}: ${link}`);
    for (const name of inlineCode(text).filter((code) => ours.test(code)))
      t.ok(existsSync(join(root, name)), `${path}: ${name}`);
  }
});

t.test('every built file that a document names has its source', async (t) => {
  const named = [...documents, ...stack].flatMap(({ text }) => text.match(/dist\/server\/[\w/]+\.js/g) ?? []);
  t.ok(named.length > 0);
  for (const file of named) {
    const source = file.replace('dist/server/', 'src/').replace(/\.js$/, '.ts');
    t.ok(existsSync(join(root, source)), file);
  }
});

t.test('every variable that a document names is a setting, or a known one of others', async (t) => {
  const codes = new Set(errorCodes().map(({ code }) => code));
  for (const { path, text } of [...documents, ...stack]) {
    for (const [name] of text.matchAll(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b(?!\.md)/g))
      t.ok(name in Environment.properties || name in OTHER_VARIABLES || codes.has(name), `${path}: ${name}`);
  }
  for (const [name, reader] of Object.entries(OTHER_VARIABLES).filter(([, reader]) => reader.includes('/')))
    t.ok(readDocument(reader).text.includes(name), `${reader} reads ${name}`);
});

t.test('the decisions are numbered without a gap and say context, decision, consequences', async (t) => {
  const files = filesUnder('docs/decisions', '.md');
  for (const [index, file] of files.entries()) {
    const number = String(index + 1).padStart(4, '0');
    const { text } = readDocument(file);
    t.match(file, new RegExp(`/${number}-[a-z0-9-]+\\.md$`));
    t.match(text, new RegExp(`^# ${number}: .+\n\n## Context\n[^#]+\n## Decision\n[^#]+\n## Consequences\n`));
  }
});

t.test('the map of the architecture has every room', async (t) => {
  const { text } = readDocument('docs/architecture.md');
  const rooms = filesUnder('src/plugins', 'index.ts').map((file) => `${dirname(file)}/`);
  t.ok(rooms.length > 5);
  for (const room of rooms) t.ok(text.includes(`| \`${room}\` |`), room);
});
