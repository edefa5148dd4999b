// Tool names as Bedrock takes them: others get an alias that the answer is read back by.
import { fingerprint } from '../../lib/fingerprint.ts';

export interface ToolNames {
  /** The name by which the upstream knows the tool. */
  encode(name: string): string;
  /** Upstream's name -> the client's, where they differ. */
  readonly aliases: ReadonlyMap<string, string>;
}

const LEGAL = /^[a-zA-Z0-9_-]{1,64}$/;
const ILLEGAL_CHARACTER = /[^a-zA-Z0-9_-]/g;
/** Room for the mark behind it. */
const MAX_STEM = 55;

/** The same name has the same alias in every request, so that a cached prefix stays the same. */
export function createToolNames(names: Iterable<string>): ToolNames {
  const known = new Set(names);
  const encoded = new Map<string, string>();
  const aliases = new Map<string, string>();
  for (const name of known) if (LEGAL.test(name)) encoded.set(name, name);
  for (const name of known) {
    if (encoded.has(name)) continue;
    const alias = aliasOf(name, (candidate) => known.has(candidate) || aliases.has(candidate));
    encoded.set(name, alias);
    aliases.set(alias, name);
  }
  return { encode: (name) => encoded.get(name) ?? name, aliases };
}

function aliasOf(name: string, isTaken: (alias: string) => boolean): string {
  const stem = name.replace(ILLEGAL_CHARACTER, '_').slice(0, MAX_STEM);
  for (let salt = 0; ; salt += 1) {
    const alias = `${stem}_${fingerprint(salt === 0 ? name : `${name}#${salt}`).slice(0, 8)}`;
    if (!isTaken(alias)) return alias;
  }
}
