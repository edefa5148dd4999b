import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { CLIENTS, describeMatrix } from './matrix.ts';

t.test('docs/clients.md is what the tests say (npm run docs:clients writes it)', async (t) => {
  t.equal(readFileSync(join(process.cwd(), 'docs', 'clients.md'), 'utf8'), describeMatrix());
});

t.test('no client stands in it twice', async (t) => {
  t.equal(new Set(CLIENTS.map(({ name }) => name)).size, CLIENTS.length);
});
