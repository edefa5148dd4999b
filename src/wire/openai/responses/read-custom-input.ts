// The free text of a custom tool, read out of the JSON that wraps it while that is still coming: `{"input":"..."}`.
import { CUSTOM_INPUT, unwrapCustomInput } from '../custom-input.ts';

export interface CustomInputReader {
  /** The text that the next piece of JSON completes; empty where it completes none, or is not of the usual form. */
  push(json: string): string;
  /** @returns what has not been told yet, and the whole text */
  end(): { rest: string; input: string };
}

const OPENING = new RegExp(`^\\s*\\{\\s*"${CUSTOM_INPUT}"\\s*:\\s*"`);
/** Longer beginnings are of no form that is known here. */
const MAX_OPENING_CHARS = 256;

export function createCustomInputReader(): CustomInputReader {
  let json = '';
  /** Of `json`, what has not been read yet. */
  let pending = '';
  let state: 'opening' | 'text' | 'closed' = 'opening';
  let told = '';

  function push(piece: string): string {
    json += piece;
    if (state === 'closed') return '';
    pending += piece;
    if (state === 'opening') {
      const opening = OPENING.exec(pending.slice(0, MAX_OPENING_CHARS));
      if (opening === null) return '';
      state = 'text';
      pending = pending.slice(opening[0].length);
    }
    const end = endOfText(pending);
    const text = readString(pending.slice(0, end));
    if (text === null || pending[end] === '"') state = 'closed';
    pending = pending.slice(end);
    told += text ?? '';
    return text ?? '';
  }

  function end(): { rest: string; input: string } {
    const input = readInput(json) ?? told;
    return { rest: input.startsWith(told) ? input.slice(told.length) : '', input };
  }

  return { push, end };
}

/** Where the text ends: at its closing quote, or before an escape or half a pair that is not there in whole. */
function endOfText(json: string): number {
  let index = 0;
  while (index < json.length && json[index] !== '"') {
    const length = lengthOfCharacter(json, index);
    if (length === 0) return index;
    index += length;
  }
  return index;
}

/** 0: more of it must come first. */
function lengthOfCharacter(json: string, index: number): number {
  if (json[index] !== '\\') return 1;
  if (index + 1 >= json.length) return 0;
  if (json[index + 1] !== 'u') return 2;
  if (index + 6 > json.length) return 0;
  const isHighSurrogate = /^[dD][89abAB]/.test(json.slice(index + 2, index + 4));
  // Both halves of a pair are told together; what follows a lone one shows that it is alone.
  return isHighSurrogate && index + 12 > json.length ? 0 : 6;
}

function readString(inside: string): string | null {
  try {
    const text: unknown = JSON.parse(`"${inside}"`);
    return typeof text === 'string' ? text : null;
  } catch {
    return null;
  }
}

function readInput(json: string): string | null {
  try {
    const input: unknown = JSON.parse(json === '' ? '{}' : json);
    if (typeof input !== 'object' || input === null || Array.isArray(input)) return null;
    // A parsed object has string keys and values we know nothing of.
    return unwrapCustomInput(input as Record<string, unknown>);
  } catch {
    return null;
  }
}
