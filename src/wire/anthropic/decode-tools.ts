// Tools and how they are to be chosen.
import type { ChatRequest, Tool, ToolChoice } from '../../canonical/request.ts';
import { invalidValue, notOneOf, unsupportedWord } from '../refusals.ts';
import { decodeCacheControl } from './decode-cache-control.ts';
import { Fields } from './fields.ts';
import type { Notes } from './notes.ts';

/** Members that are read; any other that says something is reported. */
const READ: ReadonlySet<string> = new Set([
  'type',
  'name',
  'description',
  'input_schema',
  'strict',
  'cache_control',
]);

/** @throws Refusal for tools that only Anthropic's own servers, or clients with Claude's built-in tools, have */
export function decodeTools(tools: readonly unknown[] | null | undefined, notes: Notes): Tool[] {
  const names = new Set<string>();
  return (tools ?? []).map((value, index) => {
    const tool = decodeTool(new Fields(value, `tools.${index}`), notes);
    if (names.has(tool.name)) throw invalidValue(`tools.${index}.name`, 'tool names must be unique');
    names.add(tool.name);
    return tool;
  });
}

function decodeTool(tool: Fields, notes: Notes): Tool {
  const type = tool.textOr('type', 'custom');
  if (type !== 'custom') throw unsupportedWord(tool.at('type'), type);
  for (const name of tool.names())
    if (!READ.has(name) && !isNothing(tool.raw(name))) notes.drop(`tools.${name}`);
  return {
    name: tool.visibleText('name'),
    description: tool.textOr('description', null) || null,
    inputSchema: tool.json('input_schema'),
    isStrict: tool.flag('strict') ?? false,
    ...decodeCacheControl(tool, notes),
  };
}

function isNothing(value: unknown): boolean {
  return value === false || (Array.isArray(value) && value.length === 0);
}

const CHOICES = ['auto', 'any', 'tool', 'none'] as const;

/** @throws Refusal for a choice that cannot be made among these tools */
export function decodeToolChoice(
  value: object | null | undefined,
  tools: readonly Tool[],
): Pick<ChatRequest, 'toolChoice' | 'allowsParallelTools'> {
  if (value === null || value === undefined) return { toolChoice: null, allowsParallelTools: null };
  const choice = new Fields(value, 'tool_choice');
  const toolChoice = decodeChoice(choice, tools);
  const isSerial = toolChoice.kind === 'none' ? null : choice.flag('disable_parallel_tool_use');
  return { toolChoice, allowsParallelTools: isSerial === null ? null : !isSerial };
}

function decodeChoice(choice: Fields, tools: readonly Tool[]): ToolChoice {
  const word = choice.text('type');
  const type = CHOICES.find((each) => each === word);
  switch (type) {
    case undefined:
      throw notOneOf(choice.at('type'), word, CHOICES);
    case 'auto':
    case 'none':
      return { kind: type };
    case 'any':
      if (tools.length === 0)
        throw invalidValue('tool_choice', 'may only be specified while providing tools');
      return { kind: 'required' };
    case 'tool': {
      const name = choice.visibleText('name');
      if (!tools.some((tool) => tool.name === name))
        throw invalidValue(choice.at('name'), 'no tool of this name is provided');
      return { kind: 'tool', name };
    }
  }
}
