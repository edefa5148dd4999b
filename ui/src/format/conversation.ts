// The messages of a request and the blocks of an answer, whichever dialect they came in, as parts to look at. What is
// not understood is shown as it is, never left out. Pure.

export type Part =
  | { kind: 'text'; text: string }
  | { kind: 'reasoning'; text: string }
  /** Reasoning that nobody may read; null: how much is not known. */
  | { kind: 'hidden'; bytes: number | null }
  | { kind: 'call'; name: string; input: string }
  | { kind: 'result'; id: string; parts: Part[] }
  /** An image or a document: its name, or its kind and size. */
  | { kind: 'media'; what: string }
  | { kind: 'other'; json: string };

export interface Message {
  role: 'user' | 'assistant' | 'system' | 'tool';
  parts: Part[];
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
const pretty = (value: unknown) => JSON.stringify(value, null, 2) ?? '';

/** Undefined: not a list of messages. */
export function readMessages(json: string): Message[] | undefined {
  const messages = parse(json);
  return Array.isArray(messages) ? messages.map(readMessage) : undefined;
}

/** The answer's blocks, as the gateway keeps them. */
export function readAnswer(json: string): Part[] {
  const blocks = parse(json);
  return Array.isArray(blocks) ? blocks.map(readPart) : [];
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

const ROLES: Readonly<Record<string, Message['role']>> = {
  assistant: 'assistant',
  developer: 'system',
  system: 'system',
  tool: 'tool',
  function: 'tool',
};
/** Items of OpenAI Responses that stand beside its messages. */
const ITEM_ROLES: Readonly<Record<string, Message['role']>> = {
  function_call: 'assistant',
  reasoning: 'assistant',
  function_call_output: 'tool',
};

function readMessage(message: unknown): Message {
  if (!isObject(message)) return { role: 'user', parts: [{ kind: 'other', json: pretty(message) }] };
  const item = ITEM_ROLES[textOf(message.type)];
  if (item !== undefined) return { role: item, parts: [readPart(message)] };
  const role = ROLES[textOf(message.role)] ?? 'user';
  const said = readContent(message.content);
  const thoughts = textOf(message.reasoning_content);
  const calls = Array.isArray(message.tool_calls) ? message.tool_calls.map(readPart) : [];
  const parts: Part[] = [
    ...(thoughts === '' ? [] : [{ kind: 'reasoning' as const, text: thoughts }]),
    ...said,
    ...calls,
  ];
  return {
    role,
    parts: role === 'tool' ? [{ kind: 'result', id: textOf(message.tool_call_id), parts }] : parts,
  };
}

function readContent(content: unknown): Part[] {
  if (content === null || content === undefined || content === '') return [];
  if (typeof content === 'string') return [{ kind: 'text', text: content }];
  return Array.isArray(content) ? content.map(readPart) : [{ kind: 'other', json: pretty(content) }];
}

/** One part of a message, one item, or one block of an answer. */
function readPart(part: unknown): Part {
  if (!isObject(part)) return { kind: 'other', json: pretty(part) };
  switch (part.kind ?? part.type) {
    case 'text':
    case 'input_text':
    case 'output_text':
      return { kind: 'text', text: textOf(part.text) };
    case 'refusal':
      return { kind: 'text', text: textOf(part.refusal) };
    case 'thinking':
      return { kind: 'reasoning', text: textOf(part.thinking) };
    case 'reasoning':
      return readReasoning(part);
    case 'redacted_thinking':
    case 'redacted-reasoning':
      return { kind: 'hidden', bytes: typeof part.bytes === 'number' ? part.bytes : null };
    case 'tool_use':
    case 'tool-use':
      return { kind: 'call', name: textOf(part.name), input: pretty(part.input) };
    case 'function':
      return readCall(part.function);
    case 'function_call':
      return readCall(part);
    case 'tool_result':
      return { kind: 'result', id: textOf(part.tool_use_id), parts: readContent(part.content) };
    case 'function_call_output':
      return { kind: 'result', id: textOf(part.call_id), parts: readContent(part.output) };
    default:
      return readMedia(part) ?? { kind: 'other', json: pretty(part) };
  }
}

function readReasoning(part: Json): Part {
  const summary = Array.isArray(part.summary)
    ? part.summary.map((each) => textOf(isObject(each) ? each.text : ''))
    : [];
  const text = textOf(part.text) || summary.join('\n\n');
  return text === '' ? { kind: 'hidden', bytes: null } : { kind: 'reasoning', text };
}

function readCall(call: unknown): Part {
  if (!isObject(call)) return { kind: 'other', json: pretty(call) };
  const input = textOf(call.arguments);
  return { kind: 'call', name: textOf(call.name), input: pretty(parse(input) ?? input) };
}

/** Where the dialects keep a name, an address, or what the record has in the place of bytes. */
function readMedia(part: Json): Part | undefined {
  const holder = [part.image_url, part.file, part.source, part.doc, part.input_audio].find(isObject);
  const candidates = [
    holder?.filename,
    part.title,
    part.filename,
    holder?.name,
    part.name,
    holder?.url,
    holder?.data,
    holder?.file_data,
    part.image_url,
    part.file_data,
  ];
  const isMedia = holder !== undefined || typeof part.image_url === 'string' || 'file_data' in part;
  const what = candidates.find((each) => typeof each === 'string' && each !== '');
  if (!isMedia || what === undefined) return undefined;
  const text = String(what);
  return { kind: 'media', what: text.startsWith('data:') ? (/^data:([^;,]*)/.exec(text)?.[1] ?? '') : text };
}
