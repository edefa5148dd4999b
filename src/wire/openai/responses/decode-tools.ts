// Tools and the choice among them, in the words of the house.
import type { Tool, ToolChoice } from '../../../canonical/request.ts';
import { invalidValue, missingParameter, notOneOf, unsupportedWord } from '../../refusals.ts';
import { hasGrammar, wrapCustomTool } from './custom-tools.ts';
import type { ResponseBody, ResponseTool } from './schema.ts';

const TOOL_TYPES = ['function', 'custom'];

/** OpenAI runs these itself, has trained its models on them, or stores what they need. */
const UNSERVED_TOOLS: ReadonlySet<string> = new Set([
  ...['web_search', 'web_search_2025_08_26', 'web_search_preview', 'web_search_preview_2025_03_11'],
  ...['file_search', 'computer', 'computer_use', 'computer_use_preview', 'code_interpreter', 'mcp'],
  ...['image_generation', 'local_shell', 'shell', 'apply_patch', 'namespace', 'tool_search'],
  'programmatic_tool_calling',
]);

export interface DecodedTools {
  tools: Tool[];
  toolChoice: ToolChoice | null;
  /** Names of the tools whose calls must be unwrapped. */
  customNames: ReadonlySet<string>;
  /** Names of what has no effect; safe in a header. */
  dropped: string[];
}

/** @throws Refusal with the path of the tool or choice that cannot be served */
export function decodeTools({ tools, tool_choice: choice }: ResponseBody): DecodedTools {
  const decoded: Tool[] = [];
  const customNames = new Set<string>();
  const dropped: string[] = [];
  for (const [index, tool] of (tools ?? []).entries()) {
    const made = decodeTool(tool, `tools[${index}]`);
    if (decoded.some(({ name }) => name === made.name))
      throw invalidValue(`tools[${index}].name`, 'expected names that differ');
    decoded.push(made);
    if (tool.type === 'custom') customNames.add(made.name);
    if (hasGrammar(tool)) dropped.push('tools.format');
    if (tool.defer_loading === true) dropped.push('tools.defer_loading');
  }
  return { ...choose(choice ?? null, decoded), customNames, dropped };
}

function decodeTool(tool: ResponseTool, path: string): Tool {
  const { type } = tool;
  if (!TOOL_TYPES.includes(type)) throw wrongType(type, path);
  const { name } = tool;
  if (name === undefined || name === null || name === '') throw missingParameter(`${path}.name`);
  if (type === 'custom') return wrapCustomTool(tool, name, path);
  const description = tool.description ?? '';
  return {
    name,
    description: description === '' ? null : description,
    // A validated JSON object: string keys and values that are the client's affair.
    inputSchema: (tool.parameters ?? {}) as Tool['inputSchema'],
    isStrict: tool.strict === true,
  };
}

function wrongType(type: string, path: string) {
  if (UNSERVED_TOOLS.has(type)) return unsupportedWord(`${path}.type`, type);
  return notOneOf(`${path}.type`, type, TOOL_TYPES);
}

type Choice = NonNullable<ResponseBody['tool_choice']>;
type Chosen = Pick<DecodedTools, 'tools' | 'toolChoice'>;

const WORDS = ['none', 'auto', 'required'] as const;
const CHOICE_TYPES = ['function', 'custom', 'allowed_tools'];

function choose(choice: Choice | null, tools: Tool[]): Chosen {
  if (choice === null) return { tools, toolChoice: null };
  if (typeof choice === 'string') return { tools, toolChoice: chooseByWord(choice, tools, 'tool_choice') };
  const { type } = choice;
  if (type === 'allowed_tools') return chooseAmong(choice, tools);
  if (type === 'function' || type === 'custom')
    return { tools, toolChoice: { kind: 'tool', name: knownName(choice, tools, 'tool_choice') } };
  if (UNSERVED_TOOLS.has(type)) throw unsupportedWord('tool_choice.type', type);
  throw notOneOf('tool_choice.type', type, CHOICE_TYPES);
}

function chooseByWord(word: string, tools: readonly Tool[], path: string): ToolChoice {
  const kind = WORDS.find((each) => each === word);
  if (kind === undefined) throw notOneOf(path, word, WORDS);
  if (kind === 'required' && tools.length === 0)
    throw invalidValue(path, "'required' needs at least one tool to choose from");
  return { kind };
}

/** The model sees only the tools that it may call. */
function chooseAmong(choice: object, tools: readonly Tool[]): Chosen {
  const listed = 'tools' in choice ? choice.tools : undefined;
  if (!Array.isArray(listed)) throw missingParameter('tool_choice.tools');
  const names = listed.map((each: unknown, index) => {
    const path = `tool_choice.tools[${index}]`;
    if (typeof each !== 'object' || each === null || !('type' in each))
      throw missingParameter(`${path}.type`);
    if (!TOOL_TYPES.includes(String(each.type))) throw wrongType(String(each.type), path);
    return knownName(each, tools, path);
  });
  const allowed = tools.filter(({ name }) => names.includes(name));
  const mode = 'mode' in choice ? choice.mode : undefined;
  if (mode !== 'auto' && mode !== 'required')
    throw notOneOf('tool_choice.mode', String(mode), ['auto', 'required']);
  return { tools: allowed, toolChoice: chooseByWord(mode, allowed, 'tool_choice.mode') };
}

function knownName(choice: object, tools: readonly Tool[], path: string): string {
  const name = 'name' in choice ? choice.name : undefined;
  if (name === undefined) throw missingParameter(`${path}.name`);
  if (typeof name !== 'string' || !tools.some((tool) => tool.name === name))
    throw invalidValue(`${path}.name`, 'expected the name of one of the tools');
  return name;
}
