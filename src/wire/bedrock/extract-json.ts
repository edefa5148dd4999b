// Finds the JSON in an answer that was asked for in words, as it streams: what stands before the first value is held
// back, what follows it is dropped. Models put a fence, an introduction or good wishes around it.

/** What may follow an opening bracket of JSON; "[sic]" and "{name}" of a sentence are none. */
const FIRST_OF_OBJECT = /["}]/;
const FIRST_OF_LIST = /[[{"\]\d-]/;
const SPACE = /\s/;

/** One text. */
export class JsonExtractor {
  /** Until the value begins; null: it has begun. */
  #before: string | null = '';
  /** Where in `#before` a bracket stands that may begin it; -1: nowhere. */
  #candidate = -1;
  /** Of open brackets; back at 0 the value has ended. */
  #depth = 0;
  #isInString = false;
  #isEscaped = false;

  /** The part of the text that certainly belongs to the value; may be empty. */
  push(text: string): string {
    if (this.#before === null) return this.#take(text);
    const scanned = this.#before.length;
    this.#before += text;
    const begin = this.#findBegin(this.#before, scanned);
    if (begin < 0) return '';
    const value = this.#before.slice(begin);
    this.#before = null;
    this.#depth = 1;
    return value.charAt(0) + this.#take(value.slice(1));
  }

  /** When there is no more text: all of it, if there was no value in it. */
  end(): string {
    const rest = this.#before ?? '';
    this.#before = null;
    return rest;
  }

  #findBegin(text: string, from: number): number {
    for (let at = from; at < text.length; at += 1) {
      const char = text.charAt(at);
      if (this.#candidate >= 0) {
        if (SPACE.test(char)) continue;
        const first = text[this.#candidate] === '{' ? FIRST_OF_OBJECT : FIRST_OF_LIST;
        if (first.test(char)) return this.#candidate;
      }
      this.#candidate = char === '{' || char === '[' ? at : -1;
    }
    return -1;
  }

  /** What of it stands before the end of the value. */
  #take(text: string): string {
    for (let at = 0; at < text.length; at += 1) {
      if (this.#depth === 0) return text.slice(0, at);
      this.#step(text.charAt(at));
    }
    return text;
  }

  #step(char: string): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (this.#isInString) {
      if (char === '\\') this.#isEscaped = true;
      else if (char === '"') this.#isInString = false;
    } else if (char === '"') this.#isInString = true;
    else if (char === '{' || char === '[') this.#depth += 1;
    else if (char === '}' || char === ']') this.#depth -= 1;
  }
}

/** The same of a text that is there already. */
export function extractJson(text: string): string {
  const extractor = new JsonExtractor();
  return extractor.push(text) + extractor.end();
}
