// Keeps the rules of a test in their order and finds the one that answers a call.
import type { Call } from './call.ts';
import { parseRule } from './parse-rule.ts';
import type { Behaviour, Match, Rule } from './script.ts';

export interface RuleHandle {
  /** How many calls the rule has answered. */
  served(): number;
  /** Takes the rule out; calls in progress go on. */
  remove(): void;
}

export interface RuleBook {
  add(rule: Rule): RuleHandle;
  /** Uses up one of the rule's `times`; null when no rule matches. */
  take(call: Call): Behaviour | null;
  clear(): void;
}

export function createRuleBook(): RuleBook {
  let entries: { rule: Rule; served: number }[] = [];

  return {
    add(rule) {
      const entry = { rule: parseRule(rule), served: 0 };
      entries.push(entry);
      return {
        served: () => entry.served,
        remove: () => {
          entries = entries.filter((other) => other !== entry);
        },
      };
    },
    take(call) {
      for (const entry of entries) {
        if (entry.served >= (entry.rule.times ?? Number.POSITIVE_INFINITY)) continue;
        if (!matches(call, entry.rule.match)) continue;
        entry.served += 1;
        return entry.rule.behaviour;
      }
      return null;
    },
    clear() {
      entries = [];
    },
  };
}

function matches(call: Call, match: Match = {}): boolean {
  if (match.modelId !== undefined && match.modelId !== call.modelId) return false;
  if (match.operation !== undefined && match.operation !== call.operation) return false;
  if (match.textIncludes !== undefined && !call.lastUserText.includes(match.textIncludes)) return false;
  return Object.entries(match.requestMetadata ?? {}).every(
    ([key, value]) => call.requestMetadata[key] === value,
  );
}
