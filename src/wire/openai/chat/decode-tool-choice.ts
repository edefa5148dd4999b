// Which of its tools the model may, must or must not call.
import type { Tool, ToolChoice } from '../../../canonical/request.ts';
import { invalidValue, missingParameter, notOneOf, oneOf } from '../../refusals.ts';
import type { ChatCompletionBody } from './schema.ts';
import type { ToolChoiceObject, ToolReference } from './schema-tools.ts';

const WORDS = ['none', 'auto', 'required'] as const;
const TYPES = ['function', 'custom', 'allowed_tools'] as const;

export interface Choice {
  /** Those that the choice leaves. */
  tools: Tool[];
  toolChoice: ToolChoice | null;
}

/** @throws Refusal with the path of what cannot be chosen */
export function decodeToolChoice(
  choice: NonNullable<ChatCompletionBody['tool_choice']> | null,
  tools: Tool[],
): Choice {
  if (choice === null) return { tools, toolChoice: null };
  if (typeof choice === 'string') {
    const kind = oneOf('tool_choice', choice, WORDS);
    return { tools, toolChoice: byWord('tool_choice', kind, tools) };
  }
  const type = oneOf('tool_choice.type', choice.type, TYPES);
  if (type === 'allowed_tools') return decodeAllowed(choice, tools);
  const name = nameOf({ ...choice, type }, 'tool_choice');
  if (!tools.some((tool) => tool.name === name))
    throw invalidValue(`tool_choice.${type}.name`, "it is none of the 'tools'");
  return { tools, toolChoice: { kind: 'tool', name } };
}

/** The older form. @throws Refusal with the path of what cannot be chosen */
export function decodeFunctionChoice(
  choice: NonNullable<ChatCompletionBody['function_call']> | null,
  functions: readonly Tool[],
): ToolChoice | null {
  if (choice === null) return null;
  if (typeof choice === 'string')
    return byWord('function_call', oneOf('function_call', choice, ['none', 'auto']), functions);
  const { name } = choice;
  if (!functions.some((each) => each.name === name))
    throw invalidValue('function_call.name', "it is none of the 'functions'");
  return { kind: 'tool', name };
}

function decodeAllowed({ allowed_tools: allowed }: ToolChoiceObject, tools: readonly Tool[]): Choice {
  const path = 'tool_choice.allowed_tools';
  if (allowed === undefined) throw missingParameter(path);
  const kind = oneOf(`${path}.mode`, allowed.mode, ['auto', 'required']);
  const names = allowed.tools.map((reference, index) => {
    const name = nameOf(reference, `${path}.tools[${index}]`);
    if (tools.some((tool) => tool.name === name)) return name;
    throw invalidValue(`${path}.tools[${index}]`, "it is none of the 'tools'");
  });
  return { tools: tools.filter(({ name }) => names.includes(name)), toolChoice: { kind } };
}

function nameOf({ type, function: fn, custom }: ToolReference, path: string): string {
  if (type !== 'function' && type !== 'custom') throw notOneOf(`${path}.type`, type, ['function', 'custom']);
  const named = type === 'function' ? fn : custom;
  if (named === undefined) throw missingParameter(`${path}.${type}`);
  return named.name;
}

/** Without tools, `auto` says nothing; `none` may still speak of those in the history. */
function byWord(path: string, kind: (typeof WORDS)[number], tools: readonly Tool[]): ToolChoice | null {
  if (tools.length > 0 || kind === 'none') return { kind };
  if (kind === 'auto') return null;
  throw invalidValue(path, 'it asks for a tool call, and there are no tools');
}
