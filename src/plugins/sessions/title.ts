// What a session is called. Pure.
import { head } from '../../lib/text.ts';

const TITLE_LENGTH = 64;

/** A title from a text: one line, cut to 64 characters. */
export function titleFrom(text: string): string {
  return head(text.replace(/\s+/g, ' ').trim(), TITLE_LENGTH);
}
