import './csv.spec.ts';
import './addresses.spec.ts';
import './batch.spec.ts';
import './id.spec.ts';
import './keyed-hash.spec.ts';
import './money.spec.ts';
import './text.spec.ts';
import '../plugins/billing/price.spec.ts';
