// What the model said earlier: its reasoning first, then its text, then the tools it asked for.
import type { ContentBlock, TextBlock } from '../../../canonical/content.ts';
import { unsupportedValue } from '../../refusals.ts';
import { decodeTexts, requireContent } from './decode-content.ts';
import { decodeReasoning } from './decode-reasoning.ts';
import { decodeInput, decodeToolCall } from './decode-tool-call.ts';
import type { Reading } from './reading.ts';
import type { ChatMessage } from './schema-messages.ts';

/**
 * @param path of the message
 * @throws Refusal with the path of what cannot be taken
 */
export function decodeAssistant(message: ChatMessage, path: string, reading: Reading): ContentBlock[] {
  if (message.audio !== undefined && message.audio !== null) {
    throw unsupportedValue(`${path}.audio`, 'cannot be sent, because audio is not supported by this gateway');
  }
  const calls = (message.tool_calls ?? []).map((call, index) =>
    decodeToolCall(call, `${path}.tool_calls[${index}]`),
  );
  const { function_call: functionCall } = message;
  if (functionCall !== undefined && functionCall !== null) {
    const { name, arguments: text } = functionCall;
    const id = reading.functionCalls.made(name);
    calls.push({ kind: 'tool-use', id, name, input: decodeInput(text ?? '') });
  }
  const texts = decodeSaid(message, path, { isOptional: calls.length > 0, reading });
  return [...decodeReasoning(message, path, reading.drop), ...texts, ...calls];
}

/** SDK users send back the message object they got, in which a refusal stands beside a content of null. */
function decodeSaid(
  message: ChatMessage,
  path: string,
  { isOptional, reading }: { isOptional: boolean; reading: Reading },
): TextBlock[] {
  // A refusal is something the model said, so it goes back as text.
  const options = { served: ['text', 'refusal'] as const, reading };
  const refusal = message.refusal ?? '';
  if (refusal === '' && !isOptional)
    return decodeTexts(requireContent(message, path), `${path}.content`, options);
  const said = message.content ?? '';
  // Beside calls, an empty list says no more than an empty text.
  const isSilent = isOptional ? said.length === 0 : said === '';
  const blocks = isSilent ? [] : decodeTexts(said, `${path}.content`, options);
  return refusal === '' ? blocks : [...blocks, { kind: 'text', text: refusal }];
}
