// InvokeModel and InvokeModelWithResponseStream: Anthropic's native bodies read, and those of models that embed or make
// pictures; other families are refused.
import { type Call, NO_WISHES } from './call.ts';
import { countTokens } from './count-tokens.ts';
import { invalid } from './errors.ts';
import { isObject, type JsonObject, listOf, textOf } from './json.ts';
import { readMedia } from './media.ts';
import type { Operation } from './operation.ts';

const ANTHROPIC_VERSION = 'bedrock-2023-05-31';

/** Reads the body; throws ValidationException when it is not an Anthropic one or lacks what it needs. */
export function readInvoke(body: unknown, operation: Operation, modelId: string): Call {
  const media = operation === 'InvokeModel' ? readMedia(body, modelId) : null;
  if (media !== null) return { ...NO_CHAT, operation, modelId, ...media };
  const request = validate(body);
  const users = listOf(request.messages)
    .filter(isObject)
    .filter((message) => message.role === 'user');
  return {
    operation,
    modelId,
    systemText: textOfContent(request.system),
    firstUserText: textOfContent(users[0]?.content),
    lastUserText: textOfContent(users.at(-1)?.content),
    inputTokens: countInput(request),
    maxTokens: Number(request.max_tokens),
    stopSequences: listOf(request.stop_sequences).map(textOf),
    requestMetadata: {},
    wishes: NO_WISHES,
  };
}

const NO_CHAT = {
  systemText: '',
  maxTokens: null,
  stopSequences: [],
  requestMetadata: {},
  wishes: NO_WISHES,
};

function validate(body: unknown): JsonObject {
  if (!isObject(body)) throw invalid('Malformed input request, please reformat your input and try again.');
  if (!Array.isArray(body.messages) || body.anthropic_version !== ANTHROPIC_VERSION) {
    throw invalid(
      `This simulator serves InvokeModel for Anthropic, embedding and image bodies only; of Anthropic's: messages, and anthropic_version '${ANTHROPIC_VERSION}'.`,
    );
  }
  if (body.messages.length === 0) throw invalid('messages: at least one message is required');
  if (!Number.isInteger(body.max_tokens) || Number(body.max_tokens) < 1) {
    throw invalid('max_tokens: Input should be greater than or equal to 1');
  }
  const [first]: unknown[] = body.messages;
  if (!isObject(first) || first.role !== 'user')
    throw invalid('messages: first message must use the "user" role');
  return body;
}

function textOfContent(content: unknown): string {
  if (typeof content === 'string') return content;
  return listOf(content)
    .map((block) => (isObject(block) ? textOf(block.text) : ''))
    .filter((text) => text !== '')
    .join('\n');
}

function countInput(request: JsonObject): number {
  const messages = listOf(request.messages).filter(isObject);
  const tools = request.tools === undefined ? '' : JSON.stringify(request.tools);
  const texts = [
    textOfContent(request.system),
    ...messages.map((message) => textOfContent(message.content)),
    tools,
  ];
  return texts.reduce((sum, text) => sum + countTokens(text), 0);
}
