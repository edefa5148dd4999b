// The rules of Converse for messages, content blocks and system blocks. Texts follow the service's own.
import { invalid } from './errors.ts';
import { isObject, type JsonObject, listOf } from './json.ts';

// Bedrock Runtime service model: each block sets exactly one of these.
const CONTENT_KINDS = [
  ...['text', 'image', 'document', 'video', 'audio', 'toolUse', 'toolResult', 'guardContent', 'cachePoint'],
  ...['reasoningContent', 'citationsContent', 'searchResult', 'toolAddition', 'toolRemoval'],
];
const SYSTEM_KINDS = ['text', 'guardContent', 'cachePoint'];
const ROLES = ['user', 'assistant', 'system'];
const USER_ONLY = ['image', 'document', 'video', 'audio', 'toolResult'];
const MAX_CACHE_POINTS = 4;

/** Throws ValidationException. Consecutive messages of one role are taken. */
export function validateMessages(value: unknown, modelId: string): void {
  if (!Array.isArray(value)) throw invalid('The messages field must be a list of messages.');
  if (value.length === 0) {
    throw invalid(
      'The messages field is empty. Add at least one message to the messages field, and try again.',
    );
  }
  let cachePoints = 0;
  value.forEach((message: unknown, index) => {
    cachePoints += validateMessage(message, `messages.${index}`);
  });
  if (cachePoints > MAX_CACHE_POINTS) {
    throw invalid(
      `A maximum of ${MAX_CACHE_POINTS} blocks with cache_control may be provided. Found ${cachePoints}.`,
    );
  }
  if (roleOf(value[0]) !== 'user') {
    throw invalid(
      'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
    );
  }
  refuseBlankEnd(value.at(-1), modelId);
}

export function validateSystem(value: unknown): void {
  if (value === undefined || value === null) return;
  if (!Array.isArray(value)) throw invalid('The system field must be a list of system content blocks.');
  value.forEach((block: unknown, index) => {
    const [kind, content] = onlyMember(block, 'SystemContentBlock', `system.${index}`, SYSTEM_KINDS);
    if (kind === 'text') refuseBlank(content, 'SystemContentBlock', `system.${index}`);
  });
}

/** The number of its cache points. */
function validateMessage(message: unknown, at: string): number {
  const role = roleOf(message);
  if (!isObject(message) || !ROLES.includes(role)) {
    throw invalid(
      `1 validation error detected: Value '${role}' at '${at}.role' failed to satisfy constraint: Member must satisfy enum value set: [${ROLES.join(', ')}]`,
    );
  }
  const content = listOf(message.content);
  if (content.length === 0) {
    throw invalid(
      `The content field in the Message object at ${at} is empty. Add a ContentBlock object to the content field and try again.`,
    );
  }
  let cachePoints = 0;
  content.forEach((block, index) => {
    const where = `${at}.content.${index}`;
    const [kind, inner] = onlyMember(block, 'ContentBlock', where, CONTENT_KINDS);
    if (kind === 'text') refuseBlank(inner, 'ContentBlock', where);
    if (kind === 'cachePoint') cachePoints += 1;
    if (USER_ONLY.includes(kind) && role !== 'user') {
      throw invalid(
        `The ${kind} field in the ContentBlock object at ${where} is allowed only in user messages.`,
      );
    }
    if (kind === 'toolUse' && role !== 'assistant') {
      throw invalid(
        `The toolUse field in the ContentBlock object at ${where} is allowed only in assistant messages.`,
      );
    }
  });
  return cachePoints;
}

function onlyMember(
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

function refuseBlank(text: unknown, shape: string, at: string): void {
  if (typeof text === 'string' && /\S/.test(text)) return;
  throw invalid(
    `The text field in the ${shape} object at ${at} is blank. Add text to the text field, and try again.`,
  );
}

/** Claude takes a last assistant message as the beginning of its answer, which must not end in white space. */
function refuseBlankEnd(message: JsonObject, modelId: string): void {
  if (!modelId.includes('anthropic.') || roleOf(message) !== 'assistant') return;
  const last = listOf(message.content).at(-1);
  if (isObject(last) && typeof last.text === 'string' && /\s$/.test(last.text)) {
    throw invalid(
      'The model returned the following errors: messages: final assistant content cannot end with trailing whitespace',
    );
  }
}

function roleOf(message: unknown): string {
  return isObject(message) && typeof message.role === 'string' ? message.role : '';
}
