// Converse and ConverseStream: their bodies read, their answers written.
import { type Answer, type AnswerBlock, joinBase64, toolInput } from './answer.ts';
import type { Call } from './call.ts';
import { countTokens } from './count-tokens.ts';
import type { FrameWriter } from './event-stream.ts';
import { isObject, type JsonObject, listOf, textOf } from './json.ts';
import type { Operation } from './operation.ts';
import { padding } from './padding.ts';
import { validateConverse } from './validate-request.ts';
import { readWishes } from './wishes.ts';

// Roughly what a model charges for a picture or a page it is shown.
const TOKENS_PER_MEDIA = 1_500;

/** Reads the body; throws ValidationException for one the service would refuse. */
export function readConverse(body: unknown, operation: Operation, modelId: string): Call {
  const request = validateConverse(body, modelId, operation);
  const inference = isObject(request.inferenceConfig) ? request.inferenceConfig : {};
  const users = listOf(request.messages).filter(isUserMessage);
  return {
    operation,
    modelId,
    systemText: textOfBlocks(request.system),
    firstUserText: textOfBlocks(users[0]?.content),
    lastUserText: textOfBlocks(users.at(-1)?.content),
    inputTokens: countInput(request),
    maxTokens: typeof inference.maxTokens === 'number' ? inference.maxTokens : null,
    stopSequences: listOf(inference.stopSequences).map(textOf),
    requestMetadata: isObject(request.requestMetadata) ? request.requestMetadata : {},
    wishes: readWishes(request, operation, modelId),
  };
}

/** The body of a Converse answer. */
export function encodeConverse(answer: Answer): string {
  return JSON.stringify({
    ...(answer.responseFields !== null && { additionalModelResponseFields: answer.responseFields }),
    ...(answer.hasMetadata && { metrics: { latencyMs: answer.latencyMs } }),
    output: { message: { content: answer.blocks.map(encodeBlock), role: 'assistant' } },
    ...(answer.serviceTier !== null && { serviceTier: { type: answer.serviceTier } }),
    ...(answer.stopReason !== null && { stopReason: answer.stopReason }),
    ...(answer.trace !== null && { trace: answer.trace }),
    ...(answer.hasMetadata && answer.usage !== null && { usage: answer.usage }),
  });
}

/** Writes the events of a ConverseStream answer, each with the service's random padding `p`. */
export function writeConverseFrames(answer: Answer, frames: FrameWriter): void {
  frames.event('messageStart', `{"p":"${padding()}","role":"assistant"}`);
  for (const [index, block] of answer.blocks.entries()) writeBlock(block, index, frames);
  frames.event('messageStop', membersOf({ stopReason: answer.stopReason }, answer.responseFields));
  if (!answer.hasMetadata) return;
  const { latencyMs, usage, trace, serviceTier } = answer;
  const tier = serviceTier === null ? null : { type: serviceTier };
  frames.event('metadata', membersOf({ metrics: { latencyMs }, usage, trace, serviceTier: tier }));
}

/** An event's JSON without the members that are null, padded. */
function membersOf(members: JsonObject, additionalModelResponseFields: JsonObject | null = null): string {
  const all = Object.entries({ ...members, additionalModelResponseFields, p: padding() });
  return JSON.stringify(Object.fromEntries(all.filter(([, value]) => value !== null)));
}

function writeBlock(block: AnswerBlock, index: number, frames: FrameWriter): void {
  const delta = (json: string, text = '') =>
    frames.event(
      'contentBlockDelta',
      `{"contentBlockIndex":${index},"delta":${json},"p":"${padding()}"}`,
      text,
    );

  // As the service does, only a tool's block is announced.
  if (block.kind === 'tool') {
    const start = JSON.stringify({ toolUse: { name: block.name, toolUseId: block.toolUseId } });
    frames.event('contentBlockStart', `{"contentBlockIndex":${index},"p":"${padding()}","start":${start}}`);
    for (const part of block.fragments) delta(`{"toolUse":{"input":${JSON.stringify(part)}}}`);
  } else if (block.kind === 'text' || block.kind === 'cited') {
    for (const part of block.deltas) delta(`{"text":${JSON.stringify(part)}}`, part);
    if (block.kind === 'cited')
      for (const citation of block.citations) delta(`{"citation":${JSON.stringify(citation)}}`);
  } else if (block.kind === 'reasoning') {
    for (const part of block.deltas) delta(`{"reasoningContent":{"text":${JSON.stringify(part)}}}`);
    if (block.signature !== null)
      delta(`{"reasoningContent":{"signature":${JSON.stringify(block.signature)}}}`);
  } else {
    for (const part of block.deltas)
      delta(`{"reasoningContent":{"redactedContent":${JSON.stringify(part)}}}`);
  }
  frames.event('contentBlockStop', `{"contentBlockIndex":${index},"p":"${padding()}"}`);
}

function encodeBlock(block: AnswerBlock): JsonObject {
  switch (block.kind) {
    case 'text':
      return { text: block.deltas.join('') };
    case 'cited': {
      const { deltas, citations } = block;
      return { citationsContent: { citations, content: [{ text: deltas.join('') }] } };
    }
    case 'tool': {
      const { name, toolUseId, fragments } = block;
      return { toolUse: { input: toolInput(fragments), name, toolUseId } };
    }
    case 'reasoning': {
      const { deltas, signature } = block;
      const reasoningText = { ...(signature !== null && { signature }), text: deltas.join('') };
      return { reasoningContent: { reasoningText } };
    }
    case 'redacted':
      return { reasoningContent: { redactedContent: joinBase64(block.deltas) } };
  }
}

function isUserMessage(message: unknown): message is JsonObject {
  return isObject(message) && message.role === 'user';
}

function textOfBlocks(blocks: unknown): string {
  const list = listOf(blocks);
  // Nearly always there is one block: it needs no joining.
  if (list.length === 1) return isObject(list[0]) ? textOf(list[0].text) : '';
  return list
    .map((block) => (isObject(block) ? textOf(block.text) : ''))
    .filter((text) => text !== '')
    .join('\n');
}

function countInput(request: JsonObject): number {
  let tokens = 0;
  for (const block of listOf(request.system)) tokens += countBlock(block);
  for (const message of listOf(request.messages)) {
    for (const block of listOf(isObject(message) ? message.content : undefined)) tokens += countBlock(block);
  }
  if (isObject(request.toolConfig)) tokens += countTokens(JSON.stringify(request.toolConfig));
  return tokens;
}

function countBlock(block: unknown): number {
  if (!isObject(block)) return 0;
  if (typeof block.text === 'string') return countTokens(block.text);
  if (block.cachePoint !== undefined) return 0;
  if (block.toolUse !== undefined || block.toolResult !== undefined || block.reasoningContent !== undefined) {
    return countTokens(JSON.stringify(block));
  }
  return TOKENS_PER_MEDIA;
}
