// Money against models of it: random histories, races, a million bills.
import t from 'tap';
import './billing/budget-races.spec.ts';
import './billing/model.spec.ts';
import './billing/rounding.spec.ts';

// The million bills and the random histories want the processor, which a busy machine shares.
t.setTimeout(480_000);
