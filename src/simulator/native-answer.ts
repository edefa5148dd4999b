// Answers of InvokeModel in Anthropic's native words: one message, or its events packed in chunks.
import { type Answer, type AnswerBlock, joinBase64, toolInput } from './answer.ts';
import type { FrameWriter } from './event-stream.ts';
import type { JsonObject } from './json.ts';
import { padding } from './padding.ts';

/** Converse's names of counts, and Anthropic's. */
const USAGE_NAMES = new Map([
  ['inputTokens', 'input_tokens'],
  ['outputTokens', 'output_tokens'],
  ['cacheReadInputTokens', 'cache_read_input_tokens'],
  ['cacheWriteInputTokens', 'cache_creation_input_tokens'],
]);

/** The body of an InvokeModel answer. */
export function encodeInvoke(answer: Answer, modelId: string, id: string): string {
  return JSON.stringify({
    ...messageHead(modelId, id),
    content: answer.blocks.map(encodeBlock),
    stop_reason: answer.stopReason,
    stop_sequence: answer.stopSequence,
    ...(answer.hasMetadata && answer.usage !== null && { usage: nativeUsage(answer.usage) }),
  });
}

/** The headers in which InvokeModel tells what was used (wire: `x-amzn-bedrock-*`). */
export function invokeHeaders(answer: Answer): Record<string, string> {
  const usage = answer.hasMetadata ? (answer.usage ?? {}) : {};
  return {
    'x-amzn-bedrock-invocation-latency': String(answer.latencyMs),
    ...(usage.inputTokens !== undefined && { 'x-amzn-bedrock-input-token-count': String(usage.inputTokens) }),
    ...(usage.outputTokens !== undefined && {
      'x-amzn-bedrock-output-token-count': String(usage.outputTokens),
    }),
  };
}

/** Writes Anthropic's own events, each packed in a `chunk`. */
export function writeInvokeFrames(answer: Answer, modelId: string, id: string, frames: FrameWriter): void {
  const chunk = (event: JsonObject, text: string | null = null) => {
    const bytes = Buffer.from(JSON.stringify(event)).toString('base64');
    frames.event('chunk', `{"bytes":"${bytes}","p":"${padding()}"}`, text);
  };
  const { outputTokens, ...input } = answer.usage ?? {};
  const usage = answer.hasMetadata && answer.usage !== null ? nativeUsage({ ...input, outputTokens: 1 }) : {};
  const head = { ...messageHead(modelId, id), content: [], stop_reason: null, stop_sequence: null, usage };
  chunk({ type: 'message_start', message: head });
  answer.blocks.forEach((block, index) => {
    chunk({ type: 'content_block_start', index, content_block: emptyBlock(block) });
    for (const [delta, text] of deltasOf(block)) chunk({ type: 'content_block_delta', index, delta }, text);
    chunk({ type: 'content_block_stop', index });
  });
  chunk({
    type: 'message_delta',
    delta: { stop_reason: answer.stopReason, stop_sequence: answer.stopSequence },
    ...(answer.hasMetadata && answer.usage !== null && { usage: nativeUsage({ outputTokens }) }),
  });
  chunk({
    type: 'message_stop',
    ...(answer.hasMetadata && { 'amazon-bedrock-invocationMetrics': metrics(answer) }),
  });
}

function messageHead(model: string, id: string): JsonObject {
  return { id: `msg_bdrk_${id.replaceAll('-', '')}`, type: 'message', role: 'assistant', model };
}

function encodeBlock(block: AnswerBlock): JsonObject {
  switch (block.kind) {
    case 'text':
    case 'cited':
      return { type: 'text', text: block.deltas.join('') };
    case 'tool':
      return { type: 'tool_use', id: block.toolUseId, name: block.name, input: toolInput(block.fragments) };
    case 'reasoning':
      return { type: 'thinking', thinking: block.deltas.join(''), signature: block.signature ?? '' };
    case 'redacted':
      return { type: 'redacted_thinking', data: joinBase64(block.deltas) };
  }
}

function emptyBlock(block: AnswerBlock): JsonObject {
  switch (block.kind) {
    case 'text':
    case 'cited':
      return { type: 'text', text: '' };
    case 'tool':
      return { type: 'tool_use', id: block.toolUseId, name: block.name, input: {} };
    case 'reasoning':
      return { type: 'thinking', thinking: '', signature: '' };
    case 'redacted':
      return encodeBlock(block);
  }
}

function deltasOf(block: AnswerBlock): [delta: JsonObject, text: string][] {
  switch (block.kind) {
    case 'text':
    case 'cited':
      return block.deltas.map((text) => [{ type: 'text_delta', text }, text]);
    case 'tool':
      return block.fragments.map((partial_json) => [{ type: 'input_json_delta', partial_json }, '']);
    case 'reasoning': {
      const { signature } = block;
      const deltas = block.deltas.map((thinking): JsonObject => ({ type: 'thinking_delta', thinking }));
      if (signature !== null) deltas.push({ type: 'signature_delta', signature });
      return deltas.map((delta) => [delta, '']);
    }
    case 'redacted':
      return [];
  }
}

function nativeUsage(usage: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(usage).flatMap(([name, count]) =>
      name === 'totalTokens' ? [] : [[USAGE_NAMES.get(name) ?? name, count]],
    ),
  );
}

function metrics(answer: Answer): JsonObject {
  return {
    inputTokenCount: answer.usage?.inputTokens,
    outputTokenCount: answer.usage?.outputTokens,
    invocationLatency: answer.latencyMs,
    firstByteLatency: answer.latencyMs,
  };
}
