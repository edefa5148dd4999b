// The content of a whole Converse answer -> blocks; what `decode-blocks` is for a streamed one.
import type { AnswerBlock, JsonObject } from '../../canonical/content.ts';
import { decodeToolCall } from './decode-tool-call.ts';
import { extractJson } from './extract-json.ts';
import { asList, asRecord, asText } from './json.ts';
import type { Reading } from './reading.ts';

type Payload = Record<string, unknown>;

export function decodeContent(value: unknown, reading: Reading): AnswerBlock[] {
  const values = asList(value).map(asRecord);
  const form = reading.answerTool === null ? undefined : values.find((block) => isForm(block, reading));
  // What a model says before it fills in the form of its answer is not a part of it.
  const said = form === undefined ? values : values.filter((block) => block === form || !hasText(block));
  return said.flatMap((block, place) => {
    if (block === null || (isForm(block, reading) && block !== form)) return [];
    return block === form ? [formAsText(block)] : decodeBlock(block, reading, place);
  });
}

function decodeBlock(block: Payload, reading: Reading, place: number): AnswerBlock[] {
  if (block.toolUse !== undefined) return decodeToolUse(block.toolUse, reading, place);
  if (block.reasoningContent !== undefined) return decodeReasoning(asRecord(block.reasoningContent));
  if (block.citationsContent !== undefined) return decodeCited(asRecord(block.citationsContent), reading);
  return textBlock(asText(block.text) ?? '', reading);
}

/** An empty text says nothing, and may not be sent back either. */
function textBlock(text: string, { extractsJson }: Reading): AnswerBlock[] {
  const bare = extractsJson ? extractJson(text) : text;
  return bare === '' ? [] : [{ kind: 'text', text: bare }];
}

/** One text, as it is one block in a stream. */
function decodeCited(cited: Payload | null, { extractsJson }: Reading): AnswerBlock[] {
  const said = asList(cited?.content)
    .map((part) => asText(asRecord(part)?.text) ?? '')
    .join('');
  const text = extractsJson ? extractJson(said) : said;
  const citations = asList(cited?.citations).flatMap((citation): JsonObject[] => {
    const record = asRecord(citation);
    return record === null ? [] : [record];
  });
  if (citations.length > 0) return [{ kind: 'text', text, citations }];
  return text === '' ? [] : [{ kind: 'text', text }];
}

function decodeToolUse(value: unknown, reading: Reading, place: number): AnswerBlock[] {
  const call = decodeToolCall(value, reading, place);
  if (call.kind !== 'call') return [];
  return [{ kind: 'tool-use', id: call.id, name: call.name, input: asRecord(asRecord(value)?.input) ?? {} }];
}

function decodeReasoning(content: Payload | null): AnswerBlock[] {
  const base64 = asText(content?.redactedContent);
  if (base64 !== null) return [{ kind: 'redacted-reasoning', base64 }];
  const thought = asRecord(content?.reasoningText);
  const text = asText(thought?.text) ?? '';
  const signature = asText(thought?.signature) || null;
  return text === '' && signature === null ? [] : [{ kind: 'reasoning', text, signature }];
}

function isForm(block: Payload | null, reading: Reading): boolean {
  return block?.toolUse !== undefined && decodeToolCall(block.toolUse, reading, 0).kind === 'answer';
}

function formAsText(block: Payload): AnswerBlock {
  const input = asRecord(asRecord(block.toolUse)?.input) ?? {};
  return { kind: 'text', text: JSON.stringify(input) };
}

function hasText(block: Payload | null): boolean {
  return block?.text !== undefined || block?.citationsContent !== undefined;
}
