// The content of one message, in the blocks of the house.
import type { TextBlock } from '../../../canonical/content.ts';
import { invalidValue, missingParameter, notOneOf, unsupportedWord } from '../../refusals.ts';
import type { ContentPart } from './schema.ts';

export interface ContentRules {
  /** Part types that are read. */
  served: readonly PartType[];
  /** Part types that OpenAI takes in this place and the gateway does not. */
  unserved: readonly string[];
}

type PartType = 'text' | 'refusal';

/**
 * @param path of the content, e.g. `messages[0].content`
 * @throws Refusal with the path of the part that cannot be taken
 */
export function decodeContent(
  content: string | readonly ContentPart[],
  path: string,
  rules: ContentRules,
): TextBlock[] {
  if (typeof content === 'string') return [{ kind: 'text', text: content }];
  if (content.length === 0) throw invalidValue(path, 'expected an array of at least 1 element');
  return content.map((part, index) => decodePart(part, `${path}[${index}]`, rules));
}

function decodePart(part: ContentPart, path: string, { served, unserved }: ContentRules): TextBlock {
  const type = served.find((each) => each === part.type);
  if (type === undefined) {
    if (unserved.includes(part.type)) throw unsupportedWord(`${path}.type`, part.type);
    throw notOneOf(`${path}.type`, part.type, served);
  }
  const text = part[type];
  if (text === undefined) throw missingParameter(`${path}.${type}`);
  return { kind: 'text', text };
}
