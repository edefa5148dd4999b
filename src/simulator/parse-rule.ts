// Reads a rule as a test wrote it. A misspelt member would silently test nothing, so every name is checked.
import { isObject, type JsonObject } from './json.ts';
import { isOperation } from './operation.ts';
import type { Behaviour, Fault, Rule } from './script.ts';

const RULE_MEMBERS = ['match', 'times', 'behaviour'];
const MATCH_MEMBERS = ['modelId', 'operation', 'textIncludes', 'requestMetadata'];
const WAIT_MEMBERS = ['kind', 'firstByteDelayMs', 'gate'];
const PLACE_MEMBERS = ['afterFrames', 'afterDeltas'];

const BEHAVIOUR_MEMBERS: Record<Behaviour['kind'], readonly string[]> = {
  answer: [
    ...['text', 'deltas', 'blocks', 'usage', 'metadata', 'stopReason', 'latencyMs'],
    ...['responseFields', 'serviceTier', 'trace'],
    ...['betweenFramesMs', 'bytesPerWrite', 'insert', 'fault'],
  ],
  error: ['exception', 'status', 'message', 'members', 'retryAfterSeconds', 'headers'],
  raw: ['status', 'headers', 'body'],
  cut: ['how'],
  stall: [],
};

const FAULT_MEMBERS: Record<Fault['kind'], readonly string[]> = {
  exception: ['name', 'message', 'members'],
  'error-frame': ['code', 'message'],
  cut: ['how'],
  'half-frame': [],
  'bad-crc': [],
  'clean-end': [],
  stall: [],
};

/** Throws a TypeError that says what is wrong with the rule. */
export function parseRule(value: unknown): Rule {
  const rule = objectWith(value, 'rule', RULE_MEMBERS);
  if (rule.match !== undefined) {
    const match = objectWith(rule.match, 'match', MATCH_MEMBERS);
    if (match.operation !== undefined && !isOperation(match.operation)) {
      throw new TypeError(`match.operation is unknown: ${String(match.operation)}`);
    }
  }
  if (rule.times !== undefined && !(Number.isInteger(rule.times) && Number(rule.times) >= 1)) {
    throw new TypeError('times must be a whole number of at least 1');
  }
  checkBehaviour(rule.behaviour);
  // The kinds and the names of all members are checked; the values are the test's own affair.
  return rule as unknown as Rule;
}

function checkBehaviour(value: unknown): void {
  const behaviour = ofKnownKind(value, 'behaviour', BEHAVIOUR_MEMBERS, WAIT_MEMBERS);
  if (behaviour.gate !== undefined) objectWith(behaviour.gate, 'gate', ['name', ...PLACE_MEMBERS]);
  if (behaviour.kind !== 'answer') return;
  const said = ['text', 'deltas', 'blocks'].filter((member) => behaviour[member] !== undefined);
  if (said.length > 1) throw new TypeError(`an answer has only one of ${said.join(', ')}`);
  if (behaviour.fault !== undefined) {
    ofKnownKind(behaviour.fault, 'fault', FAULT_MEMBERS, ['kind', ...PLACE_MEMBERS]);
  }
}

function ofKnownKind(
  value: unknown,
  what: string,
  membersOf: Readonly<Record<string, readonly string[]>>,
  always: readonly string[],
): JsonObject {
  const kind = isObject(value) ? value.kind : undefined;
  const own = typeof kind === 'string' && Object.hasOwn(membersOf, kind) ? membersOf[kind] : undefined;
  if (own === undefined) {
    throw new TypeError(`${what}.kind must be one of ${Object.keys(membersOf).join(', ')}`);
  }
  return objectWith(value, what, [...always, ...own]);
}

function objectWith(value: unknown, what: string, members: readonly string[]): JsonObject {
  if (!isObject(value)) throw new TypeError(`${what} must be an object`);
  const unknown = Object.keys(value).find((member) => !members.includes(member));
  if (unknown !== undefined) throw new TypeError(`${what} has no member ${unknown}`);
  return value;
}
