// `npm run docs:clients`
import { writeFileSync } from 'node:fs';
import { describeMatrix } from './matrix.ts';

writeFileSync(new URL('../../docs/clients.md', import.meta.url), describeMatrix());
