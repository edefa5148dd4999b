// The migrations and the schema say the same.
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import t from 'tap';
import { findMigrations } from '../../src/db/migrate.ts';
import { createTestDatabase } from '../helpers/database.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

t.test('drizzle-kit finds nothing in the schema that the migrations lack', async (t) => {
  const migrations = findMigrations(import.meta.dirname);
  const root = dirname(migrations);
  const copy = join(temporaryFolder(t), 'drizzle');
  cpSync(migrations, copy, { recursive: true });
  const kit = join(root, 'node_modules/drizzle-kit/bin.cjs');
  const args = [
    'generate',
    '--dialect=postgresql',
    '--casing=snake_case',
    `--schema=${join(root, 'src/db/schema/*.ts')}`,
  ];
  // drizzle-kit takes the folder relative to where it runs, and prints its own failures without an exit code.
  const run = spawnSync(process.execPath, [kit, ...args, `--out=${relative(root, copy)}`], {
    cwd: root,
    encoding: 'utf8',
  });
  t.equal(run.status, 0, run.stderr);
  t.match(run.stdout, /No schema changes/);
});

t.test('the catalogue is priced: no model of it is refused for want of a price', async (t) => {
  const { sql } = (await createTestDatabase(t)).open();
  const unpriced = await sql`
    select name from model m where not is_free
      and not exists (select from price p where p.base_id = m.base_id and p.scope = m.price_scope)`;
  t.same(unpriced, []);
  const [count] = await sql`select count(*)::int as models from model`;
  t.ok(count?.models > 150);
});

t.test("the seed's aliases lead to the models and prices the original used", async (t) => {
  const { sql } = (await createTestDatabase(t)).open();
  const rows = await sql<{ name: string; target: string; input: string; output: string }[]>`
    select name, target, input, output from model m join price p on p.base_id = m.base_id and p.scope = m.price_scope
    where name not like '%.%' order by m.id`;
  const usd = (units: string) => Number(BigInt(units)) / 1e10;
  t.same(
    rows.map((row) => [row.name, row.target, usd(row.input), usd(row.output)]),
    [
      ['claude-3-sonnet', 'anthropic.claude-3-sonnet-20240229-v1:0', 3, 15],
      ['claude-3-haiku', 'anthropic.claude-3-haiku-20240307-v1:0', 0.25, 1.25],
      ['claude-3-opus', 'anthropic.claude-3-opus-20240229-v1:0', 15, 75],
      ['llama3-8b', 'meta.llama3-8b-instruct-v1:0', 0.3, 0.6],
      ['llama3-70b', 'meta.llama3-70b-instruct-v1:0', 2.65, 3.5],
      ['mistral-7b', 'mistral.mistral-7b-instruct-v0:2', 0.15, 0.2],
      ['mistral-8x7b', 'mistral.mixtral-8x7b-instruct-v0:1', 0.45, 0.7],
      ['mistral-large', 'mistral.mistral-large-2402-v1:0', 4, 12],
      ['mistral-small', 'mistral.mistral-small-2402-v1:0', 1, 3],
    ],
  );
});

t.test('models with a least output have it, and keep the one an administrator has set', async (t) => {
  const { sql } = (await createTestDatabase(t)).open();
  const ids = [
    'moonshotai.kimi-k2.5',
    'moonshot.kimi-k2-thinking',
    'openai.gpt-oss-safeguard-120b',
    'openai.gpt-oss-safeguard-20b',
  ];
  const least = () => sql`
    select base_id, capabilities->'minMaxTokens' as least, capabilities->>'tools' as tools from model
    where base_id in ${sql(ids)} order by base_id`;
  const before = await least();
  t.same([...new Set(before.map((row) => row.base_id))].sort(), [...ids].sort());
  t.ok(before.every((row) => row.least === 16 && row.tools === 'streamed'));
  await sql`
    update model set capabilities = capabilities || '{"minMaxTokens":5}' where base_id = 'moonshotai.kimi-k2.5'`;
  const migrations = findMigrations(import.meta.dirname);
  const file = readdirSync(migrations).find((name) => name.endsWith('_least_output_of_some_models.sql'));
  await sql.unsafe(readFileSync(join(migrations, file ?? ''), 'utf8'));
  const own = (await least()).filter((row) => row.base_id === 'moonshotai.kimi-k2.5');
  t.ok(own.length > 0 && own.every((row) => row.least === 5));
});
