// The tools a client offers and which of them the model may choose, in the newer form and the older one.
import type { JsonObject } from '../../../canonical/content.ts';
import type { ChatRequest, Tool } from '../../../canonical/request.ts';
import { invalidValue, missingParameter, notOneOf, unsupportedWord } from '../../refusals.ts';
import { CUSTOM_INPUT_SCHEMA } from '../custom-input.ts';
import { decodeFunctionChoice, decodeToolChoice } from './decode-tool-choice.ts';
import type { ChatCompletionBody } from './schema.ts';
import type { CustomDefinition, FunctionDefinition, ToolDefinition } from './schema-tools.ts';

/** What the client's own form of tools means for the answer. */
export interface ToolStyle {
  /** Names of tools that take free text. */
  custom: ReadonlySet<string>;
  /** The client offered `functions`: it reads `function_call`, and one call at the most. */
  isLegacy: boolean;
}

/** Of a client that offers functions, or no tools at all. */
export const PLAIN_TOOLS: ToolStyle = { custom: new Set(), isLegacy: false };

export type DecodedTools = Pick<ChatRequest, 'tools' | 'toolChoice' | 'allowsParallelTools'> & {
  style: ToolStyle;
};

/** @throws Refusal with the path of what cannot be taken */
export function decodeTools(body: ChatCompletionBody): DecodedTools {
  const functions = body.functions ?? [];
  const definitions = body.tools ?? [];
  if (functions.length > 0) {
    if (definitions.length > 0)
      throw invalidValue('functions', "it cannot be sent together with its successor, 'tools'");
    const tools = functions.map((definition) => toTool(definition));
    refuseRepeated(tools, (index) => `functions[${index}].name`);
    return {
      tools,
      toolChoice: decodeFunctionChoice(body.function_call ?? null, tools),
      allowsParallelTools: false,
      style: { custom: new Set(), isLegacy: true },
    };
  }
  const tools = definitions.map((definition, index) => decodeTool(definition, `tools[${index}]`));
  refuseRepeated(tools, (index) => `tools[${index}].${definitions[index]?.type}.name`);
  const custom = definitions.flatMap((each) =>
    each.type === 'custom' && each.custom !== undefined ? [each.custom.name] : [],
  );
  decodeFunctionChoice(body.function_call ?? null, []);
  return {
    ...decodeToolChoice(body.tool_choice ?? null, tools),
    allowsParallelTools: tools.length > 0 ? (body.parallel_tool_calls ?? null) : null,
    style: { custom: new Set(custom), isLegacy: false },
  };
}

function decodeTool(definition: ToolDefinition, path: string): Tool {
  switch (definition.type) {
    case 'function':
      if (definition.function === undefined) throw missingParameter(`${path}.function`);
      return toTool(definition.function);
    case 'custom':
      if (definition.custom === undefined) throw missingParameter(`${path}.custom`);
      return toCustomTool(definition.custom, `${path}.custom`);
    default:
      throw notOneOf(`${path}.type`, definition.type, ['function', 'custom']);
  }
}

function toTool({ name, description, parameters, strict }: FunctionDefinition): Tool {
  // The schema has proved an object; what is in it is for the model.
  const inputSchema = (parameters ?? {}) as JsonObject;
  return { name, description: textOrNull(description), inputSchema, isStrict: strict ?? false };
}

function toCustomTool({ name, description, format }: CustomDefinition, path: string): Tool {
  const type = format?.type ?? 'text';
  if (type === 'grammar') throw unsupportedWord(`${path}.format.type`, type);
  if (type !== 'text') throw notOneOf(`${path}.format.type`, type, ['text', 'grammar']);
  return {
    name,
    description: textOrNull(description),
    inputSchema: CUSTOM_INPUT_SCHEMA,
    isStrict: false,
  };
}

function refuseRepeated(tools: readonly Tool[], pathOf: (index: number) => string): void {
  const seen = new Set<string>();
  for (const [index, { name }] of tools.entries()) {
    if (seen.has(name)) throw invalidValue(pathOf(index), 'another tool has this name');
    seen.add(name);
  }
}

function textOrNull(text: string | null | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}
