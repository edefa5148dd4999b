// OpenAI's official client against a whole gateway.
import './tools.spec.ts';
import './reasoning.spec.ts';
import './content.spec.ts';
import './completions.spec.ts';
