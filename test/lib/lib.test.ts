import './batch.spec.ts';
import './money.spec.ts';
import './text.spec.ts';
import '../plugins/billing/price.spec.ts';
