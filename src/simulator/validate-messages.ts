// The rules of Converse for messages and system blocks. Texts follow the service's own.
import { invalid } from './errors.ts';
import { isObject, type JsonObject, listOf } from './json.ts';
import { onlyMember, refuseBlank, validateBlock } from './validate-blocks.ts';

const SYSTEM_KINDS = ['text', 'guardContent', 'cachePoint'];
const ROLES = ['user', 'assistant', 'system'];

/** Throws ValidationException. */
export function validateMessages(value: unknown, modelId: string): void {
  if (!Array.isArray(value)) throw invalid('The messages field must be a list of messages.');
  if (value.length === 0) {
    throw invalid(
      'The messages field is empty. Add at least one message to the messages field, and try again.',
    );
  }
  const documentNames = new Set<string>();
  value.forEach((message: unknown, index) => {
    validateMessage(message, { at: `messages.${index}`, modelId, documentNames });
    if (roleOf(message) === roleOf(value[index - 1])) {
      throw invalid(
        'A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.',
      );
    }
  });
  if (roleOf(value[0]) !== 'user') {
    throw invalid(
      'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
    );
  }
  validateInstructions(value.map(roleOf));
  validateEnd(value.at(-1), modelId);
}

/** An instruction in the middle stands after the user, and before an answer or at the end. */
function validateInstructions(roles: readonly string[]): void {
  for (const [index, role] of roles.entries()) {
    const next = roles[index + 1] ?? 'assistant';
    if (role !== 'system' || (roles[index - 1] === 'user' && next === 'assistant')) continue;
    throw invalid(
      `The model returned the following errors: messages.${index}: role 'system' must follow a 'user' message and must be last or followed by an 'assistant' message`,
    );
  }
}

export function validateSystem(value: unknown): void {
  if (value === undefined || value === null) return;
  if (!Array.isArray(value)) throw invalid('The system field must be a list of system content blocks.');
  value.forEach((block: unknown, index) => {
    const [kind, content] = onlyMember(block, 'SystemContentBlock', `system.${index}`, SYSTEM_KINDS);
    if (kind === 'text') refuseBlank(content, 'SystemContentBlock', `system.${index}`);
  });
}

function validateMessage(
  message: unknown,
  { at, modelId, documentNames }: { at: string; modelId: string; documentNames: Set<string> },
): void {
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
  const takesLargePdfs = /(?:^|[./])(?:anthropic\.|amazon\.nova)/.test(modelId);
  const media = { images: 0, documents: 0, names: documentNames, takesLargePdfs };
  const kinds = content.map((block, index) =>
    validateBlock(block, { at: `${at}.content.${index}`, role, media }),
  );
  validateOrder(kinds, { at, role });
}

function validateOrder(kinds: readonly string[], { at, role }: { at: string; role: string }): void {
  if (kinds.every((kind) => kind === 'cachePoint')) {
    throw invalid(`The cachePoint at ${at}.content.0 has no content before it.`);
  }
  if (kinds.includes('document') && !kinds.includes('text')) {
    throw invalid(
      `The content field in the Message object at ${at} must include a text field when a document is included.`,
    );
  }
  const words = kinds.filter((kind) => kind !== 'cachePoint');
  if (role === 'user' && words.lastIndexOf('toolResult') >= words.filter(isResult).length) {
    throw invalid(
      `The model returned the following errors: ${at}: \`tool_result\` blocks must come before all other content`,
    );
  }
  if (words.at(-1) === 'reasoningContent') {
    throw invalid(
      `The model returned the following errors: ${at}: The final block in an assistant message cannot be \`thinking\`.`,
    );
  }
}

function isResult(kind: string): boolean {
  return kind === 'toolResult';
}

/** Claude takes a last assistant message as the beginning of its answer, which must not end in white space. */
function validateEnd(message: JsonObject, modelId: string): void {
  if (!modelId.includes('anthropic.') || roleOf(message) !== 'assistant') return;
  const last = listOf(message.content).findLast((block) => isObject(block) && block.cachePoint === undefined);
  if (isObject(last) && typeof last.text === 'string' && /\s$/.test(last.text)) {
    throw invalid(
      'The model returned the following errors: messages: final assistant content cannot end with trailing whitespace',
    );
  }
}

function roleOf(message: unknown): string {
  return isObject(message) && typeof message.role === 'string' ? message.role : '';
}
