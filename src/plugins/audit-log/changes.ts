// What changed between two states of a thing, as the audit log keeps it. Pure.

/** Values as JSON can carry them: money and dates as their decimal and ISO texts. */
export type Facts = Readonly<Record<string, unknown>>;

export interface Changes {
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

/** Only the members that differ; null for a state that did not exist. */
export function changesBetween(before: Facts | null, after: Facts | null): Changes {
  if (before === null || after === null) return { before: copy(before), after: copy(after) };
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = names.filter((name) => asJson(before[name]) !== asJson(after[name]));
  const pick = (facts: Facts) => Object.fromEntries(changed.map((name) => [name, plain(facts[name])]));
  return { before: pick(before), after: pick(after) };
}

function copy(facts: Facts | null): Record<string, unknown> | null {
  return facts === null
    ? null
    : Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, plain(value)]));
}

function plain(value: unknown): unknown {
  const json = asJson(value);
  return json === undefined ? null : JSON.parse(json);
}

function asJson(value: unknown): string | undefined {
  return JSON.stringify(value, (_name, member: unknown) =>
    typeof member === 'bigint' ? String(member) : member,
  );
}
