// Takes the Markdown fence off an answer that should be bare JSON, as it streams: what may still turn out to be the
// fence is held back, everything else passes unchanged.

/** A line that opens a fence: backticks, perhaps the name of a language. */
const OPENING = /^\s*```[\w+-]*[^\S\n]*\n/;
/** What may still become one. */
const MAY_OPEN = /^\s*(?:`{0,2}|```[\w+-]*[^\S\n]*)$/;
const CLOSING = /^\s*```\s*$/;

/** `before`: it is not known yet whether there is a fence. */
type FenceState = 'before' | 'fenced' | 'bare';

/** One text. */
export class FenceStripper {
  #held = '';
  #state: FenceState = 'before';

  /** The part of the text that certainly belongs to the answer; may be empty. */
  push(text: string): string {
    if (this.#state === 'bare') return text;
    this.#held += text;
    if (this.#state === 'before') this.#state = this.#begin();
    if (this.#state === 'before') return '';
    return this.#take(this.#state === 'bare' ? this.#held.length : closingAt(this.#held));
  }

  /** What is left of it when there is no more text. */
  end(): string {
    const rest = this.#take(this.#held.length);
    return this.#state === 'fenced' ? rest.replace(CLOSING, '') : rest;
  }

  #begin(): FenceState {
    const opening = OPENING.exec(this.#held);
    if (opening === null) return MAY_OPEN.test(this.#held) ? 'before' : 'bare';
    this.#held = this.#held.slice(opening[0].length);
    return 'fenced';
  }

  #take(length: number): string {
    const taken = this.#held.slice(0, length);
    this.#held = this.#held.slice(length);
    return taken;
  }
}

/** Where the end begins that is the closing fence or may become it: white space around at most three backticks. */
function closingAt(text: string): number {
  const beforeSpace = text.trimEnd().length;
  let at = beforeSpace;
  while (at > 0 && beforeSpace - at < 3 && text[at - 1] === '`') at -= 1;
  return text.slice(0, at).trimEnd().length;
}

/** The same of a text that is there already. */
export function stripFence(text: string): string {
  const stripper = new FenceStripper();
  return stripper.push(text) + stripper.end();
}
