// Text blocks, the one kind that stands everywhere.
import type { TextBlock } from '../../canonical/content.ts';
import { invalidType, notOneOf, unsupportedValue } from '../refusals.ts';
import { decodeCacheControl } from './decode-cache-control.ts';
import { Fields } from './fields.ts';
import type { Notes } from './notes.ts';

export function decodeText(block: Fields, notes: Notes): TextBlock {
  return { kind: 'text', text: block.text('text'), ...decodeCacheControl(block, notes) };
}

/** A string or an array of text blocks: instructions, and what a search found. */
export function decodeTexts(content: unknown, path: string, notes: Notes): TextBlock[] {
  if (typeof content === 'string') return content === '' ? [] : [{ kind: 'text', text: content }];
  if (!Array.isArray(content)) throw invalidType(path, 'one of a string or an array', typeof content);
  return content.map((part, index) => {
    const block = new Fields(part, `${path}.${index}`);
    const type = block.text('type');
    if (type !== 'text') throw notOneOf(block.at('type'), type, ['text']);
    return decodeText(block, notes);
  });
}

/** From 2026-10-21 on, citations on a user's own text are an error; before, they had no effect. */
export function refuseCitations(block: Fields): void {
  if (block.has('citations') && block.list('citations').length > 0)
    throw unsupportedValue(block.at('citations'), 'must be empty on text of the user');
}
