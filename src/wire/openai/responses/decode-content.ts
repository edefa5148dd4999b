// The parts of one message or tool output, in the blocks of the house.
import type { DocumentBlock, ImageBlock, TextBlock } from '../../../canonical/content.ts';
import { invalidValue, missingParameter, notOneOf, unsupportedWord } from '../../refusals.ts';
import { decodeFile, decodeImage } from './decode-media.ts';
import type { ContentPart } from './schema.ts';

export type PartBlock = TextBlock | ImageBlock | DocumentBlock;
type TextType = 'input_text' | 'output_text' | 'refusal';
type PartType = TextType | 'input_image' | 'input_file';

export interface PartRules {
  served: readonly PartType[];
  /** OpenAI's types allow these in this place; Bedrock has no place for them. */
  unserved: readonly string[];
}

export const USER_PARTS: PartRules = {
  served: ['input_text', 'input_image', 'input_file'],
  unserved: ['input_audio'],
};
/** What a tool answered. */
export const OUTPUT_PARTS: PartRules = USER_PARTS;

const INSTRUCTION_PARTS = { served: ['input_text'], unserved: ['input_image', 'input_file'] } as const;
// A refusal is something the model said, so it goes back as text.
const ASSISTANT_PARTS = {
  served: ['output_text', 'refusal', 'input_text'],
  unserved: ['input_image', 'input_file'],
} as const;

/**
 * @param path of the content, e.g. `input[0].content`
 * @throws Refusal with the path of the part that cannot be taken
 */
export function decodeParts(
  content: string | readonly ContentPart[],
  path: string,
  rules: PartRules,
): PartBlock[] {
  if (typeof content === 'string') return [{ kind: 'text', text: content }];
  return content.map((part, index) => decodePart(part, `${path}[${index}]`, rules));
}

export function decodeInstruction(content: string | readonly ContentPart[], path: string): TextBlock[] {
  return decodeTexts(content, path, INSTRUCTION_PARTS);
}

export function decodeSaid(content: string | readonly ContentPart[], path: string): TextBlock[] {
  return decodeTexts(content, path, ASSISTANT_PARTS);
}

function decodeTexts(
  content: string | readonly ContentPart[],
  path: string,
  rules: { served: readonly TextType[]; unserved: readonly string[] },
): TextBlock[] {
  if (typeof content === 'string') return [{ kind: 'text', text: content }];
  return content.map((part, index) => {
    const at = `${path}[${index}]`;
    return decodeText(part, at, typeOf(part, at, rules.served, rules.unserved));
  });
}

function decodePart(part: ContentPart, path: string, { served, unserved }: PartRules): PartBlock {
  const type = typeOf(part, path, served, unserved);
  const breakpoint = cacheBreakpoint(part, path);
  if (type === 'input_image') return { ...decodeImage(part, path), ...breakpoint };
  if (type === 'input_file') return { ...decodeFile(part, path), ...breakpoint };
  return decodeText(part, path, type);
}

function decodeText(part: ContentPart, path: string, type: TextType): TextBlock {
  const member = type === 'refusal' ? 'refusal' : 'text';
  const text = part[member];
  if (text === undefined || text === null) throw missingParameter(`${path}.${member}`);
  return { kind: 'text', text, ...cacheBreakpoint(part, path) };
}

function typeOf<T extends PartType>(
  part: ContentPart,
  path: string,
  served: readonly T[],
  unserved: readonly string[],
): T {
  const type = served.find((each) => each === part.type);
  if (type !== undefined) return type;
  if (unserved.includes(part.type)) throw unsupportedWord(`${path}.type`, part.type);
  throw notOneOf(`${path}.type`, part.type, served);
}

/** It asks for a cache point without saying for how long: the shorter of Bedrock's lifetimes, which costs less. */
function cacheBreakpoint({ prompt_cache_breakpoint: breakpoint }: ContentPart, path: string) {
  if (breakpoint === undefined || breakpoint === null) return {};
  const isExplicit = typeof breakpoint === 'object' && 'mode' in breakpoint && breakpoint.mode === 'explicit';
  if (!isExplicit) throw invalidValue(`${path}.prompt_cache_breakpoint`, "expected the mode 'explicit'");
  return { cacheAfter: '5m' } as const;
}
