// The content of one message, in the blocks of the house.
import type { DocumentBlock, ImageBlock, TextBlock } from '../../../canonical/content.ts';
import { invalidType, invalidValue, missingParameter, notOneOf, unsupportedWord } from '../../refusals.ts';
import { decodeBreakpoint } from './decode-cache.ts';
import { decodeDoc, decodeFile } from './decode-document.ts';
import { decodeImage } from './decode-image.ts';
import type { Reading } from './reading.ts';
import { type ChatMessage, type ContentPart, PART_MEMBERS } from './schema-messages.ts';

export type UserBlock = TextBlock | ImageBlock | DocumentBlock;

type PartReading = Pick<Reading, 'cache' | 'drop'>;

type Content = string | readonly ContentPart[];

/** The parts of a user; `doc` is BRClient's own. */
const USER_PARTS = ['text', 'image_url', 'file', 'doc'] as const;

/**
 * @param path of the message, e.g. `messages[0]`
 * @throws Refusal: there is none
 */
export function requireContent({ content }: ChatMessage, path: string): Content {
  if (content === undefined) throw missingParameter(`${path}.content`);
  if (content === null) throw invalidType(`${path}.content`, 'one of a string or an array', 'null');
  return content;
}

/**
 * @param path of the content, e.g. `messages[0].content`
 * @param served part types that are taken here, as text
 * @throws Refusal with the path of the part that cannot be taken
 */
export function decodeTexts(
  content: Content,
  path: string,
  { served, reading }: { served: readonly ('text' | 'refusal')[]; reading: PartReading },
): TextBlock[] {
  return decodeParts(content, path, (part, place) => {
    const type = served.find((each) => each === part.type);
    if (type === undefined) throw notOneOf(`${place}.type`, part.type, served);
    return complete(decodeText(part, type, place), part, place, reading);
  });
}

/** @throws Refusal with the path of the part that cannot be taken */
export function decodeUserContent(content: Content, path: string, reading: PartReading): UserBlock[] {
  return decodeParts(content, path, (part, place) =>
    complete(decodeUserPart(part, place), part, place, reading),
  );
}

function decodeUserPart(part: ContentPart, path: string): UserBlock {
  const type = USER_PARTS.find((each) => each === part.type);
  switch (type) {
    case 'text':
      return decodeText(part, type, path);
    case 'image_url':
      return decodeImage(part, path);
    case 'file':
      return decodeFile(part, path);
    case 'doc':
      return decodeDoc(part, path);
    case undefined:
      if (part.type === 'input_audio') throw unsupportedWord(`${path}.type`, part.type);
      throw notOneOf(`${path}.type`, part.type, USER_PARTS);
  }
}

function decodeText(part: ContentPart, type: 'text' | 'refusal', path: string): TextBlock {
  const text = part[type];
  if (text === undefined) throw missingParameter(`${path}.${type}`);
  return { kind: 'text', text };
}

function decodeParts<Block extends UserBlock>(
  content: Content,
  path: string,
  decodePart: (part: ContentPart, path: string) => Block | TextBlock,
): (Block | TextBlock)[] {
  if (typeof content === 'string') return [{ kind: 'text', text: content }];
  if (content.length === 0) throw invalidValue(path, 'expected an array of at least 1 element');
  return content.map((part, index) => decodePart(part, `${path}[${index}]`));
}

/** What a part of any type may have beside its content. */
function complete<Block extends UserBlock>(
  block: Block,
  part: ContentPart,
  path: string,
  { cache, drop }: PartReading,
): Block {
  for (const [name, value] of Object.entries(part)) {
    if (value !== null && !PART_MEMBERS.has(name)) drop(`messages.content.${name}`);
  }
  const cacheAfter = decodeBreakpoint(part, path, cache);
  return cacheAfter === undefined ? block : { ...block, cacheAfter };
}
