// Anthropic's clients against a whole gateway: one process for all its specs.
import './messages.spec.ts';
import './content.spec.ts';
import './failures.spec.ts';
import './count-tokens.spec.ts';
import './routes.spec.ts';
