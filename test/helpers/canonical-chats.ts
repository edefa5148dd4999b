// Any legal chat in the house's words, for properties: every block, every setting, ids and names that no upstream
// takes, blank text in every place. Legal means: every tool call is answered and every result was asked for.
import fc from 'fast-check';
import type {
  ContentBlock,
  DocumentBlock,
  ImageBlock,
  JsonObject,
  SearchResultBlock,
  TextBlock,
  ToolResultBlock,
  ToolUseBlock,
} from '../../src/canonical/content.ts';
import {
  type ChatRequest,
  EFFORTS,
  PLAIN_REQUEST,
  type Tool,
  type Turn,
} from '../../src/canonical/request.ts';

const words = fc.oneof(
  fc.constantFrom('', ' ', '\n', 'Hi', 'x ', ' y', 'Grüße 日本 🙂', '"quoted"\\ \u2028 \u0007'),
  fc.string({ maxLength: 20 }),
);
const lifetime = fc.option(fc.constantFrom('5m' as const, '1h' as const), { nil: undefined, freq: 8 });
const base64 = fc
  .uint8Array({ minLength: 1, maxLength: 12 })
  .map((bytes) => Buffer.from(bytes).toString('base64'));
const flag = fc.option(fc.boolean(), { nil: undefined });
const json: fc.Arbitrary<JsonObject> = fc.dictionary(
  fc.string({ maxLength: 6 }).filter((key) => key !== '__proto__'),
  fc.oneof(fc.string({ maxLength: 6 }), fc.integer(), fc.boolean(), fc.constant(null), fc.constant([1, {}])),
  { maxKeys: 3 },
);

/** Names and ids, legal and not; few, so that they meet again. */
export const toolNames = fc.constantFrom(
  'get_weather',
  'search',
  'mcp.files/read',
  'größe',
  'x'.repeat(80),
  'a b',
);
const toolIds = fc.constantFrom(
  'call_1',
  'call_2',
  'tooluse_AbC',
  'abcdef123',
  'id with space',
  'y'.repeat(90),
  '',
);

/** Without what is undefined, as a decoder would make it. */
function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;
}

export const texts: fc.Arbitrary<TextBlock> = fc
  .record({ kind: fc.constant('text' as const), text: words, cacheAfter: lifetime })
  .map((block) => defined(block) as TextBlock);

const images: fc.Arbitrary<ImageBlock> = fc
  .record({
    kind: fc.constant('image' as const),
    source: fc.record({
      kind: fc.constant('bytes' as const),
      format: fc.constantFrom('png' as const, 'jpeg' as const, 'gif' as const, 'webp' as const),
      base64,
    }),
    path: fc.constant('messages[0].content[0]'),
    cacheAfter: lifetime,
  })
  .map((block) => defined(block) as ImageBlock);

const documents: fc.Arbitrary<DocumentBlock> = fc
  .record({
    kind: fc.constant('document' as const),
    format: fc.constantFrom('pdf' as const, 'csv' as const, 'txt' as const, 'md' as const),
    name: fc.oneof(
      fc.constant(null),
      fc.constantFrom('report.pdf', 'a  b', '../../etc', '日本'),
      fc.string(),
    ),
    base64,
    passages: fc.option(fc.array(words, { maxLength: 3 }), { nil: undefined }),
    context: fc.option(words, { nil: undefined }),
    wantsCitations: flag,
    path: fc.constant('messages[0].content[1]'),
    cacheAfter: lifetime,
  })
  .map((block) => defined(block) as DocumentBlock);

const searchResults: fc.Arbitrary<SearchResultBlock> = fc
  .record({
    kind: fc.constant('search-result' as const),
    source: fc.webUrl(),
    title: words,
    texts: fc.array(words, { maxLength: 2 }),
    wantsCitations: fc.boolean(),
    cacheAfter: lifetime,
  })
  .map((block) => defined(block) as SearchResultBlock);

const thoughts: fc.Arbitrary<ContentBlock> = fc.oneof(
  fc.record({
    kind: fc.constant('reasoning' as const),
    text: words,
    signature: fc.oneof(fc.constant(null), fc.constant(''), base64),
  }),
  fc.record({ kind: fc.constant('redacted-reasoning' as const), base64 }),
);

/** What a user may show; mostly text, for most models take nothing else. */
const shown: fc.Arbitrary<ContentBlock> = fc.oneof(
  { arbitrary: texts, weight: 8 },
  { arbitrary: images, weight: 1 },
  { arbitrary: documents, weight: 1 },
  { arbitrary: searchResults, weight: 1 },
);

interface Exchange {
  user: ContentBlock[];
  instruction: TextBlock[] | null;
  thoughts: ContentBlock[];
  said: ContentBlock[];
  calls: ToolUseBlock[];
  results: Omit<ToolResultBlock, 'toolUseId'>[];
  isSplit: boolean;
}

const calls: fc.Arbitrary<ToolUseBlock> = fc
  .record({
    kind: fc.constant('tool-use' as const),
    id: toolIds,
    name: toolNames,
    input: json,
    cacheAfter: lifetime,
  })
  .map((block) => defined(block) as ToolUseBlock);

const results = fc
  .record({
    kind: fc.constant('tool-result' as const),
    content: fc.array(fc.oneof({ arbitrary: texts, weight: 6 }, images, documents, searchResults), {
      maxLength: 2,
    }),
    isError: fc.constantFrom(null, true, false),
    path: fc.constant('messages[2]'),
    cacheAfter: lifetime,
  })
  .map((block) => defined(block) as Omit<ToolResultBlock, 'toolUseId'>);

const exchanges: fc.Arbitrary<Exchange> = fc.record({
  user: fc.array(shown, { maxLength: 3 }),
  instruction: fc.option(fc.array(texts, { maxLength: 2 }), { freq: 4 }),
  thoughts: fc.array(thoughts, { maxLength: 2 }),
  said: fc.array(texts, { maxLength: 2 }),
  calls: fc.oneof(fc.constant<ToolUseBlock[]>([]), fc.array(calls, { maxLength: 3 })),
  results: fc.array(results, { minLength: 3, maxLength: 3 }),
  isSplit: fc.boolean(),
});

/** The turns of one exchange: asked, answered, and every call answered in turn. */
function turnsOf({ user, instruction, thoughts, said, calls, results, isSplit }: Exchange): Turn[] {
  const answers = calls.flatMap(({ id }, index): ToolResultBlock[] => {
    const result = results[index];
    return result === undefined ? [] : [{ ...result, toolUseId: id }];
  });
  return [
    { role: 'user', content: user },
    ...(instruction === null ? [] : [{ role: 'system' as const, content: instruction }]),
    { role: 'assistant', content: [...thoughts, ...said, ...calls] },
    ...(isSplit
      ? answers.map((answer): Turn => ({ role: 'user', content: [answer] }))
      : answers.length > 0
        ? [{ role: 'user' as const, content: answers }]
        : []),
  ];
}

export const histories: fc.Arbitrary<Turn[]> = fc
  .record({
    exchanges: fc.array(exchanges, { maxLength: 3 }),
    opening: fc.option(fc.array(texts, { maxLength: 1 }), { freq: 5 }),
    last: fc.option(fc.array(shown, { minLength: 1, maxLength: 2 }), { freq: 8 }),
  })
  .map(({ exchanges, opening, last }) => [
    ...(opening === null ? [] : [{ role: 'assistant' as const, content: opening }]),
    ...exchanges.flatMap(turnsOf),
    ...(last === null ? [] : [{ role: 'user' as const, content: last }]),
  ]);

const schemas: fc.Arbitrary<JsonObject> = fc.constantFrom<JsonObject>(
  {},
  { type: 'object', properties: { city: { type: 'string', minLength: 1 } }, required: ['city'] },
  {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    properties: { n: { type: 'integer', minimum: 0 } },
  },
  { type: 'object', properties: {}, additionalProperties: { type: 'string' } },
  {
    type: 'object',
    $defs: { node: { $ref: '#/$defs/node' } },
    properties: { node: { $ref: '#/$defs/node' } },
  },
);

const tools: fc.Arbitrary<Tool[]> = fc.uniqueArray(
  fc
    .record({
      name: toolNames,
      description: fc.constantFrom(null, '', 'Does what it says.'),
      inputSchema: schemas,
      isStrict: fc.boolean(),
      cacheAfter: lifetime,
    })
    .map((tool) => defined(tool) as Tool),
  { maxLength: 4, selector: ({ name }) => name },
);

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 2 });

const settings = fc.record({
  toolChoiceKind: fc.constantFrom(
    null,
    'auto' as const,
    'required' as const,
    'none' as const,
    'tool' as const,
  ),
  allowsParallelTools: fc.constantFrom(null, true, false),
  responseFormat: fc.option(
    fc.oneof(
      fc.constant({ kind: 'json' as const }),
      fc.record({
        kind: fc.constant('schema' as const),
        name: toolNames,
        description: fc.constantFrom(null, 'A city.'),
        schema: schemas,
        isStrict: fc.boolean(),
      }),
    ),
    { freq: 3 },
  ),
  reasoning: maybe(
    fc
      .record({
        mode: fc.constantFrom(
          'default' as const,
          'off' as const,
          'budget' as const,
          'adaptive' as const,
          'between_tools' as const,
          'unsaid' as const,
        ),
        effort: fc.constantFrom(undefined, ...EFFORTS),
        budgetTokens: fc.integer({ min: 1024, max: 40_000 }),
        display: fc.constantFrom(undefined, 'summarized' as const, 'omitted' as const),
      })
      .map((asked) =>
        defined({ ...asked, budgetTokens: asked.mode === 'budget' ? asked.budgetTokens : undefined }),
      ),
  ),
  maxOutputTokens: maybe(fc.integer({ min: 1, max: 200_000 })),
  temperature: maybe(fc.double({ min: 0, max: 2, noNaN: true })),
  topP: maybe(fc.double({ min: 0, max: 1, noNaN: true })),
  topK: maybe(fc.integer({ min: 1, max: 500 })),
  frequencyPenalty: maybe(fc.constantFrom(0, 1.5)),
  presencePenalty: maybe(fc.constantFrom(0, -2)),
  stopSequences: fc.array(fc.constantFrom('END', '', '\n', 'stop'), { maxLength: 3 }),
  serviceTier: maybe(fc.constantFrom('default' as const, 'flex' as const, 'priority' as const)),
  latency: maybe(fc.constantFrom('standard' as const, 'optimized' as const)),
  guardrail: maybe(
    fc
      .record({
        id: fc.constant('gr-1'),
        version: fc.constantFrom('1', 'DRAFT'),
        trace: fc.constantFrom(undefined, 'enabled' as const),
        streamMode: fc.constantFrom(undefined, 'sync' as const, 'async' as const),
      })
      .map(defined),
  ),
  allowsAutomaticCaching: fc.boolean(),
  betas: fc.array(fc.constantFrom('context-1m-2025-08-07', 'fine-grained-tool-streaming-2025-05-14'), {
    maxLength: 2,
  }),
  stream: fc.boolean(),
});

/** Any chat that a dialect may hand over. */
export const chats: fc.Arbitrary<ChatRequest> = fc
  .record({ turns: histories, system: fc.array(texts, { maxLength: 3 }), tools, settings })
  .map(({ turns, system, tools, settings: { toolChoiceKind, ...settings } }): ChatRequest => {
    const [first] = tools;
    const needsTool = toolChoiceKind === 'required' || toolChoiceKind === 'tool';
    const kind = needsTool && first === undefined ? null : toolChoiceKind;
    const toolChoice = kind === null ? null : kind === 'tool' ? { kind, name: first?.name ?? '' } : { kind };
    return { ...PLAIN_REQUEST, model: 'alias', turns, system, tools, ...settings, toolChoice };
  });
