// The room's tests in one process: each process costs more than a second.
import t from 'tap';
import './client.spec.ts';
import './transactions.spec.ts';
import './migrate.spec.ts';
import './schema.spec.ts';
import './embedded.spec.ts';
import './embedded-user.spec.ts';

// Run alone, tap would allow 30 s for all of it.
t.setTimeout(120_000);

import './roles.spec.ts';
