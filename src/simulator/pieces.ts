// Splits a text into the deltas a model would send it in.
import { isCjk, widthAt } from './count-tokens.ts';

const CJK_PER_WORD = 2;

/**
 * Pieces of `wordsPerPiece` words each, with the white space behind them; two CJK characters count as a word.
 * Joined they are the text, and no character is split.
 */
export function splitIntoPieces(text: string, wordsPerPiece: number): string[] {
  const pieces: string[] = [];
  let start = 0;
  let words = 0;
  for (let at = 0; at < text.length; ) {
    at = endOfWord(text, at);
    words += 1;
    if (words === wordsPerPiece) {
      pieces.push(text.slice(start, at));
      start = at;
      words = 0;
    }
  }
  if (start < text.length) pieces.push(text.slice(start));
  return pieces;
}

function endOfWord(text: string, from: number): number {
  let at = from;
  let cjk = 0;
  while (at < text.length && !isSpace(text.charCodeAt(at))) {
    if (isCjk(text.charCodeAt(at))) {
      cjk += 1;
      if (cjk > CJK_PER_WORD) return at;
    }
    at += widthAt(text, at);
  }
  while (at < text.length && isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0xa0 || code === 0x3000;
}
