import './billing/audit.spec.ts';
import './billing/concurrency.spec.ts';
import './billing/money.spec.ts';
import './billing/spool.spec.ts';
import './chat-proxy/charges.spec.ts';
import './chat-proxy/leaving.spec.ts';
