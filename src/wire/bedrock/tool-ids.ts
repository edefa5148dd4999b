// Ids of tool calls as Bedrock takes them: legal, and each once in a conversation.
import { fingerprint } from '../../lib/fingerprint.ts';

export interface ToolIds {
  /** The upstream's id of the next call that the client names so. */
  next(id: string): string;
  /** Upstream's id -> the client's, where they differ. */
  readonly aliases: ReadonlyMap<string, string>;
}

const LEGAL = /^[a-zA-Z0-9_.:-]{1,64}$/;
/** Mistral's own rule. */
const LEGAL_SHORT = /^[a-zA-Z0-9]{9}$/;

/**
 * @param known all ids of the conversation: an alias is none of them
 * @param isShort the model wants nine letters and digits
 */
export function createToolIds(known: Iterable<string>, isShort: boolean): ToolIds {
  const reserved = new Set(known);
  const used = new Set<string>();
  const aliases = new Map<string, string>();
  const legal = isShort ? LEGAL_SHORT : LEGAL;

  function aliasFor(id: string): string {
    for (let salt = 0; ; salt += 1) {
      const digits = fingerprint(salt === 0 ? id : `${id}#${salt}`);
      const alias = isShort ? digits.slice(0, 9) : `call_${digits.slice(0, 32)}`;
      if (!reserved.has(alias) && !used.has(alias)) return alias;
    }
  }

  return {
    next(id) {
      const encoded = legal.test(id) && !used.has(id) ? id : aliasFor(id);
      used.add(encoded);
      if (encoded !== id) aliases.set(encoded, id);
      return encoded;
    },
    aliases,
  };
}
