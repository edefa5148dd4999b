// The tools that the model asks for, in the three ways in which OpenAI's clients read of them.
import type { AnswerBlock, ToolUseBlock } from '../../../canonical/content.ts';
import { unwrapCustomInput } from '../custom-input.ts';
import type { ToolStyle } from './decode-tools.ts';

interface FunctionCall {
  name: string;
  /** JSON text. */
  arguments: string;
}

export type EncodedToolCall =
  | { id: string; type: 'function'; function: FunctionCall }
  | { id: string; type: 'custom'; custom: { name: string; input: string } };

/** Members of the message; none where no tool is called. */
export interface EncodedCalls {
  tool_calls?: EncodedToolCall[];
  function_call?: FunctionCall;
}

/** The older form has room for one call, and was asked for one. */
export function encodeToolCalls(content: readonly AnswerBlock[], style: ToolStyle): EncodedCalls {
  const calls = content.filter((block) => block.kind === 'tool-use');
  const [first] = calls;
  if (first === undefined) return {};
  if (style.isLegacy) return { function_call: encodeFunction(first) };
  return { tool_calls: calls.map((call) => encodeCall(call, style)) };
}

function encodeCall(call: ToolUseBlock, { custom }: ToolStyle): EncodedToolCall {
  const { id, name, input } = call;
  if (custom.has(name)) return { id, type: 'custom', custom: { name, input: unwrapCustomInput(input) } };
  return { id, type: 'function', function: encodeFunction(call) };
}

function encodeFunction({ name, input }: ToolUseBlock): FunctionCall {
  return { name, arguments: JSON.stringify(input) };
}
