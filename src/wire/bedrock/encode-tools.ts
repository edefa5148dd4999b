// Tools and the choice between them -> `toolConfig`, and Claude's own word for the choice.
import type { JsonObject } from '../../canonical/content.ts';
import { Refusal } from '../../canonical/refusal.ts';
import type { ChatRequest, Tool, ToolChoice } from '../../canonical/request.ts';
import type { ConverseTool, ToolConfig } from './converse-body.ts';
import { cachePoint } from './encode-content.ts';
import { encodeToolSchema } from './encode-tool-schema.ts';
import type { Encoding } from './encoding.ts';
import type { ReasoningPlan } from './reasoning-plan.ts';
import type { ToolNames } from './tool-names.ts';

export interface EncodedTools {
  toolConfig?: ToolConfig;
  /** For `additionalModelRequestFields`. */
  fields: JsonObject;
  /** To be said in the instructions. */
  instructions: readonly string[];
}

export interface ToolOptions {
  encoding: Encoding;
  names: ToolNames;
  plan: ReasoningPlan;
  /** Names of the tools that were called earlier in the conversation. */
  calledBefore: readonly string[];
}

const NO_TOOLS: EncodedTools = { fields: {}, instructions: [] };
/** Bedrock has no word for it, and insists on tools where the conversation has tool blocks. */
const DO_NOT_CALL = 'Do not call any tools. Answer in text only.';

/** @throws Refusal for tools that the model does not take, and for a choice of a tool that is not offered */
export function encodeTools(request: ChatRequest, options: ToolOptions): EncodedTools {
  const { encoding, calledBefore } = options;
  const choice = request.toolChoice ?? { kind: 'auto' };
  checkChoice(choice, request.tools);
  const isForbidden = choice.kind === 'none' || request.tools.length === 0;
  refuseWithoutTools(encoding, { asksForTools: !isForbidden, hasHistory: calledBefore.length > 0 });
  if (isForbidden && calledBefore.length === 0) return NO_TOOLS;
  const offered = request.tools.length > 0 ? request.tools : calledBefore.map(remembered);
  const tools = offered.flatMap((tool, index) => encodeTool(tool, index, options));
  if (isForbidden) return { toolConfig: { tools }, fields: {}, instructions: [DO_NOT_CALL] };
  const { toolChoice, fields } = encodeChoice(choice, request.allowsParallelTools, options);
  return {
    toolConfig: { tools, ...(toolChoice !== undefined && { toolChoice }) },
    fields,
    instructions: [],
  };
}

/** The one tool whose input is the answer. */
export function encodeAnswerTool(tool: Tool, options: Pick<ToolOptions, 'encoding' | 'names'>): EncodedTools {
  const toolChoice = { tool: { name: options.names.encode(tool.name) } };
  return { ...NO_TOOLS, toolConfig: { tools: encodeTool(tool, 0, options), toolChoice } };
}

function refuseWithoutTools(
  { capabilities }: Encoding,
  { asksForTools, hasHistory }: { asksForTools: boolean; hasHistory: boolean },
): void {
  if (capabilities.tools !== 'none') return;
  if (asksForTools) {
    throw new Refusal('unsupported_parameter', 'This model does not take tools.', { param: 'tools' });
  }
  if (hasHistory) {
    const message = 'This model does not take tools: the conversation must have no tool calls.';
    throw new Refusal('unsupported_value', message, { param: 'messages' });
  }
}

function checkChoice(choice: ToolChoice, tools: readonly Tool[]): void {
  const isFound =
    choice.kind === 'tool'
      ? tools.some(({ name }) => name === choice.name)
      : choice.kind !== 'required' || tools.length > 0;
  if (isFound) return;
  const message = "Invalid 'tool_choice': it asks for a tool that is not in 'tools'.";
  throw new Refusal('invalid_value', message, { param: 'tool_choice' });
}

/** Stands for a tool that the client no longer offers. */
function remembered(name: string): Tool {
  return { name, description: null, inputSchema: {}, isStrict: false };
}

function encodeTool(
  { name, description, inputSchema, isStrict, cacheAfter }: Tool,
  index: number,
  { encoding, names }: Pick<ToolOptions, 'encoding' | 'names'>,
): ConverseTool[] {
  const takesStrict = encoding.capabilities.strictTools === true;
  if (isStrict && !takesStrict) encoding.dropped.add('strictTools');
  const toolSpec = {
    name: names.encode(name),
    inputSchema: { json: encodeToolSchema(inputSchema, { index, isClaude: encoding.isClaude }) },
    ...(description !== null && description !== '' && { description }),
    ...(isStrict && takesStrict && { strict: true }),
  };
  return cacheAfter === undefined ? [{ toolSpec }] : [{ toolSpec }, cachePoint(cacheAfter)];
}

function encodeChoice(
  asked: ToolChoice,
  allowsParallelTools: boolean | null,
  { encoding, names, plan }: ToolOptions,
): { toolChoice?: ToolConfig['toolChoice']; fields: JsonObject } {
  const isForced = asked.kind === 'required' || asked.kind === 'tool';
  const mayForce = encoding.capabilities.forcedToolChoice !== false && !plan.isThinking;
  if (isForced && !mayForce) encoding.dropped.add('toolChoice');
  const choice: ToolChoice = isForced && !mayForce ? { kind: 'auto' } : asked;
  if (allowsParallelTools === false && !encoding.isClaude) encoding.dropped.add('parallelTools');
  if (allowsParallelTools === false && encoding.isClaude) {
    // Converse has no member for it; the choice then stands in Claude's own field alone.
    return { fields: { tool_choice: { ...claudeChoice(choice, names), disable_parallel_tool_use: true } } };
  }
  switch (choice.kind) {
    case 'required':
      return { toolChoice: { any: {} }, fields: {} };
    case 'tool':
      return { toolChoice: { tool: { name: names.encode(choice.name) } }, fields: {} };
    default:
      return { fields: {} };
  }
}

function claudeChoice(choice: ToolChoice, names: ToolNames): JsonObject {
  switch (choice.kind) {
    case 'required':
      return { type: 'any' };
    case 'tool':
      return { type: 'tool', name: names.encode(choice.name) };
    default:
      return { type: 'auto' };
  }
}
