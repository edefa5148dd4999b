// Checks which way imports run, and that the checker has really read the code: with a TypeScript it does not know
// dependency-cruiser reads nothing and reports success.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const LEAST_MODULES = 250;
const root = fileURLToPath(new URL('..', import.meta.url));
const run = spawnSync(
  process.execPath,
  [
    'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
    '--config',
    '.dependency-cruiser.json',
    '-T',
    'json',
    'src',
    'ui/src',
  ],
  { cwd: root, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 },
);
if (!run.stdout) {
  process.stderr.write(run.stderr);
  process.exit(1);
}
const { summary } = JSON.parse(run.stdout);
for (const { rule, from, to } of summary.violations)
  console.error(`${rule.severity} ${rule.name}: ${from} -> ${to}`);
const hasReadAll = summary.totalCruised >= LEAST_MODULES;
if (!hasReadAll)
  console.error(`only ${summary.totalCruised} modules were read, at least ${LEAST_MODULES} are there`);
console.log(`imports: ${summary.totalCruised} modules, ${summary.violations.length} violations`);
process.exit(summary.violations.length === 0 && hasReadAll ? 0 : 1);
