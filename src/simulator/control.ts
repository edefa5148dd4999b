// What tests in other processes steer the simulator with: `/_simulator/*`, and `/healthz` for a container.
import type { Gates } from './gates.ts';
import type { Journal } from './journal.ts';
import { isObject, textOf } from './json.ts';
import { parseRule } from './parse-rule.ts';
import type { Control } from './routes.ts';
import type { RuleBook } from './rule-book.ts';

export interface ControlDeps {
  rules: RuleBook;
  gates: Gates;
  journal: Journal;
  reset(): void;
}

/**
 * - `POST /_simulator/script` one rule or a list of rules (all or none are taken)
 * - `POST /_simulator/release` `{gate}`; answers how many calls were `waiting`
 * - `POST /_simulator/reset` forgets rules, gates and journal
 * - `GET /_simulator/journal` `{entries}`
 */
export function createControl({ rules, gates, journal, reset }: ControlDeps): Control {
  return (method, path, body) => {
    switch (`${method} ${path}`) {
      case 'GET /healthz':
        return { status: 200, body: { status: 'ok' } };
      case 'POST /_simulator/script': {
        const given = (Array.isArray(body) ? body : [body]).map(parseRule);
        for (const rule of given) rules.add(rule);
        return { status: 200, body: { rules: given.length } };
      }
      case 'POST /_simulator/release': {
        const gate = isObject(body) ? textOf(body.gate) : '';
        if (gate === '') return { status: 400, body: { message: 'gate must be the name of a gate' } };
        return { status: 200, body: { waiting: gates.release(gate) } };
      }
      case 'POST /_simulator/reset':
        reset();
        return { status: 200, body: {} };
      case 'GET /_simulator/journal':
        return { status: 200, body: { entries: journal.entries() } };
      default:
        return null;
    }
  };
}
