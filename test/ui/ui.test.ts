// The console: its pure parts, and all of it in a real browser.
import './format.spec.ts';
import './rules.spec.ts';
import './catalogue.spec.ts';
import './conversation.spec.ts';
import './client.spec.ts';
import './pages.spec.ts';
import './sign-in.spec.ts';
import './keys.spec.ts';
import './ledger.spec.ts';
import './money.spec.ts';
import './key-rules.spec.ts';
import './alerts.spec.ts';
import './conversations.spec.ts';
import './reconciliation.spec.ts';
import './shell.spec.ts';
import './real-gateway.spec.ts';
