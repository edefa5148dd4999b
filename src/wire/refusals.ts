// The wording of the refusals that reading a chat body can end in, as OpenAI's own answers read.
import { Refusal } from '../canonical/refusal.ts';

const MAX_QUOTED_CHARS = 40;

/** A client's own word inside a message, cut so that an error never carries a whole prompt. */
function quote(word: string): string {
  return word.length <= MAX_QUOTED_CHARS ? `'${word}'` : `'${word.slice(0, MAX_QUOTED_CHARS)}...'`;
}

export function missingParameter(param: string): Refusal {
  return new Refusal('missing_parameter', `Missing required parameter: '${param}'.`, { param });
}

/** `expected` and `actual` with their articles: "a string", "an array". */
export function invalidType(param: string | null, expected: string, actual: string): Refusal {
  const subject = param === null ? 'the request body' : `'${param}'`;
  const message = `Invalid type for ${subject}: expected ${expected}, but got ${actual} instead.`;
  return new Refusal('invalid_type', message, { param });
}

/** `what` goes on after the colon, without a full stop. */
export function invalidValue(param: string, what: string): Refusal {
  return new Refusal('invalid_value', `Invalid '${param}': ${what}.`, { param });
}

export function notOneOf(param: string, word: string, supported: readonly string[]): Refusal {
  const list = supported.map((each) => `'${each}'`).join(', ');
  return invalidValue(param, `${quote(word)} is not a value it takes. Supported values are: ${list}`);
}

/** The word, now known to be one of those that are taken. @throws Refusal: it is none of them */
export function oneOf<Word extends string>(param: string, word: string, supported: readonly Word[]): Word {
  const found = supported.find((each) => each === word);
  if (found === undefined) throw notOneOf(param, word, supported);
  return found;
}

export function unsupportedParameter(param: string): Refusal {
  const message = `Unsupported parameter: '${param}' is not supported by this gateway.`;
  return new Refusal('unsupported_parameter', message, { param });
}

/** `what` says what cannot be done, without a full stop. */
export function unsupportedValue(param: string, what: string): Refusal {
  return new Refusal('unsupported_value', `Unsupported value: '${param}' ${what}.`, { param });
}

export function unsupportedWord(param: string, word: string): Refusal {
  return unsupportedValue(param, `does not support ${quote(word)} here`);
}
