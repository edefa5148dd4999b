// The rules of Converse for a single content block, wherever it stands. Texts follow the service's own.
import { invalid } from './errors.ts';
import { isObject, type JsonObject, listOf } from './json.ts';
import { type MediaRules, validateDocument, validateImage } from './validate-media.ts';

// Bedrock Runtime service model: each block sets exactly one of these.
const CONTENT_KINDS = [
  ...['text', 'image', 'document', 'video', 'audio', 'toolUse', 'toolResult', 'guardContent', 'cachePoint'],
  ...['reasoningContent', 'citationsContent', 'searchResult', 'toolAddition', 'toolRemoval'],
];
const RESULT_KINDS = ['json', 'text', 'image', 'document', 'video', 'searchResult'];
const REASONING_KINDS = ['reasoningText', 'redactedContent'];
const USER_ONLY = ['image', 'document', 'video', 'audio', 'toolResult', 'searchResult'];
const ASSISTANT_ONLY = ['toolUse', 'reasoningContent'];

/** The kind of the block. */
export function validateBlock(
  block: unknown,
  { at, role, media }: { at: string; role: string; media: MediaRules },
): string {
  const [kind, inner] = onlyMember(block, 'ContentBlock', at, CONTENT_KINDS);
  if (USER_ONLY.includes(kind)) requireRole(kind, { at, role, allowed: 'user' });
  if (ASSISTANT_ONLY.includes(kind)) requireRole(kind, { at, role, allowed: 'assistant' });
  if (kind === 'text') refuseBlank(inner, 'ContentBlock', at);
  if (kind === 'image') validateImage(inner, `${at}.image`, media);
  if (kind === 'document') validateDocument(inner, `${at}.document`, media);
  if (kind === 'searchResult') validateSearchResult(inner, at);
  if (kind === 'reasoningContent') validateReasoning(inner, at);
  if (kind === 'toolResult') validateToolResult(inner, `${at}.toolResult`, media);
  return kind;
}

export function onlyMember(
  block: unknown,
  shape: string,
  at: string,
  kinds: readonly string[],
): [kind: string, content: unknown] {
  const set = isObject(block) ? Object.entries(block).filter(([, content]) => content !== null) : [];
  const [first] = set;
  if (first === undefined || set.length !== 1 || !kinds.includes(first[0])) {
    throw invalid(`The ${shape} object at ${at} must set one of the following keys: ${kinds.join(', ')}.`);
  }
  return first;
}

export function refuseBlank(text: unknown, shape: string, at: string): void {
  if (typeof text === 'string' && /\S/.test(text)) return;
  throw invalid(
    `The text field in the ${shape} object at ${at} is blank. Add text to the text field, and try again.`,
  );
}

function requireRole(
  kind: string,
  { at, role, allowed }: { at: string; role: string; allowed: string },
): void {
  if (role === allowed) return;
  throw invalid(
    `The ${kind} field in the ContentBlock object at ${at} is allowed only in ${allowed} messages.`,
  );
}

function validateToolResult(result: unknown, at: string, media: MediaRules): void {
  const content = isObject(result) ? listOf(result.content) : [];
  if (content.length === 0) {
    throw invalid(
      `The content field in the ToolResultBlock object at ${at} is empty. Add a content block to the content field, and try again.`,
    );
  }
  content.forEach((part, index) => {
    const where = `${at}.content.${index}`;
    const [kind, inner] = onlyMember(part, 'ToolResultContentBlock', where, RESULT_KINDS);
    if (kind === 'text') refuseBlank(inner, 'ToolResultContentBlock', where);
    if (kind === 'image') validateImage(inner, `${where}.image`, media);
    if (kind === 'document') validateDocument(inner, `${where}.document`, media);
    if (kind === 'searchResult') validateSearchResult(inner, where);
  });
  const status = isObject(result) ? result.status : undefined;
  if (status === undefined || status === null || status === 'success' || status === 'error') return;
  throw invalid(`The status field in the ToolResultBlock object at ${at} must be one of: success, error.`);
}

function validateSearchResult(value: unknown, at: string): void {
  const result: JsonObject = isObject(value) ? value : {};
  const texts = listOf(result.content);
  const isWhole = typeof result.source === 'string' && typeof result.title === 'string' && texts.length > 0;
  if (!isWhole) throw invalid(`The searchResult field at ${at} must have a source, a title and content.`);
  for (const part of texts) refuseBlank(isObject(part) ? part.text : '', 'SearchResultContentBlock', at);
}

function validateReasoning(value: unknown, at: string): void {
  const [kind, inner] = onlyMember(value, 'ReasoningContentBlock', at, REASONING_KINDS);
  const isFine =
    kind === 'redactedContent'
      ? typeof inner === 'string' && inner !== ''
      : isObject(inner) && typeof inner.text === 'string';
  if (!isFine) throw invalid(`The reasoningContent field at ${at} is not valid.`);
}
