// Reads the members of objects whose shape depends on their type, and says where in the body one is wrong. Paths are
// written as Anthropic writes them: `messages.0.content.1.source`.
import type { JsonObject } from '../../canonical/content.ts';
import { invalidType, invalidValue, missingParameter } from '../refusals.ts';

export class Fields {
  readonly path: string;
  readonly #members: JsonObject;

  /** @throws Refusal `invalid_type` unless `value` is an object */
  constructor(value: unknown, path: string) {
    this.#members = asObject(value, path);
    this.path = path;
  }

  /** Path of a member. */
  at(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }

  /** Names of the members that say something; `null` says nothing. */
  names(): string[] {
    return Object.keys(this.#members).filter((name) => this.has(name));
  }

  has(name: string): boolean {
    return (this.raw(name) ?? null) !== null;
  }

  raw(name: string): unknown {
    return Object.hasOwn(this.#members, name) ? this.#members[name] : undefined;
  }

  /** May be empty. */
  text(name: string): string {
    const value = this.#given(name);
    if (typeof value !== 'string') throw invalidType(this.at(name), 'a string', describe(value));
    return value;
  }

  visibleText(name: string): string {
    const text = this.text(name);
    if (text === '') throw invalidValue(this.at(name), 'expected a string that is not empty');
    return text;
  }

  textOr<Default>(name: string, absent: Default): string | Default {
    return this.has(name) ? this.text(name) : absent;
  }

  /** Null: absent. */
  flag(name: string): boolean | null {
    if (!this.has(name)) return null;
    const value = this.raw(name);
    if (typeof value !== 'boolean') throw invalidType(this.at(name), 'a boolean', describe(value));
    return value;
  }

  integer(name: string): number {
    const value = this.#given(name);
    if (!Number.isSafeInteger(value)) throw invalidType(this.at(name), 'an integer', describe(value));
    return Number(value);
  }

  list(name: string): readonly unknown[] {
    const value = this.#given(name);
    if (!Array.isArray(value)) throw invalidType(this.at(name), 'an array', describe(value));
    return value;
  }

  json(name: string): JsonObject {
    return asObject(this.#given(name), this.at(name));
  }

  fields(name: string): Fields {
    return new Fields(this.#given(name), this.at(name));
  }

  #given(name: string): unknown {
    const value = this.raw(name);
    if (value === undefined) throw missingParameter(this.at(name));
    return value;
  }
}

function asObject(value: unknown, path: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalidType(path, 'an object', describe(value));
  // A parsed object has string keys and values we know nothing of.
  return value as JsonObject;
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
