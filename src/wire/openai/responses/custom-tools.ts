// Custom tools take free text, which no model on Bedrock does: each becomes a function with one string, and its calls
// are unwrapped again. A grammar is told to the model in words; nothing makes it keep to it.
import type { Tool } from '../../../canonical/request.ts';
import { invalidValue, missingParameter, notOneOf } from '../../refusals.ts';
import { CUSTOM_INPUT_SCHEMA } from '../custom-input.ts';
import type { ResponseTool } from './schema.ts';

const FORMATS = ['text', 'grammar'];

/** @throws Refusal with the path of the member to blame */
export function wrapCustomTool(tool: ResponseTool, name: string, path: string): Tool {
  const description = [tool.description ?? '', describeGrammar(tool.format ?? null, path)]
    .filter((each) => each !== '')
    .join('\n\n');
  return {
    name,
    description: description === '' ? null : description,
    inputSchema: CUSTOM_INPUT_SCHEMA,
    isStrict: false,
  };
}

/** True: the client wants the input to keep to a grammar. */
export function hasGrammar({ format }: ResponseTool): boolean {
  return format?.type === 'grammar';
}

function describeGrammar(format: ResponseTool['format'] | null, path: string): string {
  const type = format?.type ?? 'text';
  if (!FORMATS.includes(type)) throw notOneOf(`${path}.format.type`, type, FORMATS);
  if (type === 'text') return '';
  const { syntax, definition } = format ?? {};
  if (typeof definition !== 'string') throw missingParameter(`${path}.format.definition`);
  if (syntax !== 'lark' && syntax !== 'regex')
    throw invalidValue(`${path}.format.syntax`, "expected 'lark' or 'regex'");
  const kind = syntax === 'lark' ? 'Lark grammar' : 'regular expression';
  return `The input must match this ${kind}:\n${definition}`;
}
