// OpenAI's own SDK on POST /v1/chat/completions: raw, streamed by hand, and through its helpers.
import OpenAI from 'openai';
import type {
  ChatCompletion,
  ChatCompletionContentPart,
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import { type Ask, type Client, NOTHING, type Said, type Server } from '../ask.ts';

const IMPORT = {
  language: 'ts',
  code: `import OpenAI from 'openai';

const client = new OpenAI({ baseURL: 'BASE_URL/v1', apiKey: 'KEY' });`,
};
const NO_EMBEDDING = {
  embeddings: 'see the first column: the same method',
  'image generation': 'see the first column: the same method',
  'the list of models': 'see the first column: the same method',
} as const;
const NO_COUNT = { 'token counting': 'the API has no such route' } as const;

export const openAiRaw: Client = {
  name: 'OpenAI SDK',
  description: '`openai` 6, `chat.completions.create`',
  setUp: IMPORT,
  cannot: { ...NO_COUNT },
  ask: async (server, ask) => read(await clientOf(server).chat.completions.create(bodyOf(ask), how(ask))),
  loop: async (server, ask) => {
    const client = clientOf(server);
    const body = bodyOf(ask);
    for (;;) {
      const completion = await client.chat.completions.create(body);
      const message = completion.choices[0]?.message;
      if (message?.tool_calls === undefined) return read(completion);
      // The whole message goes back: its reasoning stands beside what the SDK's types know.
      body.messages.push(message, ...answersTo(ask, message.tool_calls));
    }
  },
  async embed(server, { model, texts }) {
    const { data } = await clientOf(server).embeddings.create({ model, input: texts });
    return data.map(({ embedding }) => embedding);
  },
  async draw(server, { model, prompt }) {
    const { data } = await clientOf(server).images.generate({ model, prompt });
    return (data ?? []).map(({ b64_json }) => b64_json ?? '');
  },
  async list(server) {
    const names: string[] = [];
    for await (const { id } of clientOf(server).models.list()) names.push(id);
    return names;
  },
};

export const openAiStreamed: Client = {
  name: 'OpenAI SDK, streamed',
  description: '`openai` 6, `chat.completions.create({ stream: true })`, read chunk by chunk',
  setUp: IMPORT,
  cannot: { ...NO_COUNT, ...NO_EMBEDDING },
  async ask(server, ask) {
    const { said } = await readChunks(server, bodyOf(ask), ask);
    return said;
  },
  async loop(server, ask) {
    const body = bodyOf(ask);
    for (;;) {
      const { said, message, calls } = await readChunks(server, body, ask);
      if (calls.length === 0) return said;
      body.messages.push(message, ...answersTo(ask, calls));
    }
  },
};

export const openAiHelpers: Client = {
  name: 'OpenAI SDK, helpers',
  description: '`openai` 6, `.stream()`, `.parse()` and `runTools()`',
  setUp: IMPORT,
  cannot: {
    ...NO_COUNT,
    ...NO_EMBEDDING,
    'reasoning through a tool loop': 'the helper sends back only the members of a message that it knows',
    reasoning: 'the stream helper keeps only the last piece of a member it does not know',
  },
  async ask(server, ask) {
    const { completions } = clientOf(server).chat;
    if (ask.schema === undefined)
      return read(
        await completions
          .stream({ ...bodyOf(ask), stream: true, stream_options: { include_usage: true } }, how(ask))
          .finalChatCompletion(),
      );
    const completion = await completions.parse(bodyOf(ask));
    return { ...read(completion), object: completion.choices[0]?.message.parsed };
  },
  async loop(server, ask) {
    const { tools: _, ...body } = bodyOf(ask);
    const runner = clientOf(server).chat.completions.runTools({
      ...body,
      tools: (ask.tools ?? []).map((tool) => ({
        type: 'function' as const,
        function: {
          name: tool.name,
          description: tool.description,
          parameters: tool.parameters,
          parse: JSON.parse,
          function: (input: object) => tool.answer(input),
        },
      })),
    });
    return { ...NOTHING, text: (await runner.finalContent()) ?? '' };
  },
};

function clientOf({ url, key }: Server): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
}

const how = ({ signal }: Ask) => (signal === undefined ? {} : { signal });

export function bodyOf(ask: Ask): ChatCompletionCreateParamsNonStreaming {
  const messages: ChatCompletionMessageParam[] = [];
  if (ask.system !== undefined)
    messages.push({ role: 'system', content: instructionsOf(ask.system, ask.isCached) });
  messages.push({ role: 'user', content: partsOf(ask) });
  return {
    model: ask.model,
    messages,
    ...(ask.tools !== undefined && {
      tools: ask.tools.map(({ name, description, parameters }) => ({
        type: 'function' as const,
        function: { name, description, parameters },
      })),
    }),
    ...(ask.forced !== undefined && {
      tool_choice: { type: 'function' as const, function: { name: ask.forced } },
    }),
    ...(ask.schema !== undefined && {
      response_format: { type: 'json_schema' as const, json_schema: { ...ask.schema, strict: true } },
    }),
    ...(ask.effort !== undefined && { reasoning_effort: ask.effort }),
  };
}

function instructionsOf(text: string, isCached: boolean | undefined) {
  const part = { type: 'text' as const, text };
  return isCached ? [{ ...part, prompt_cache_breakpoint: { mode: 'explicit' as const } }] : text;
}

function partsOf({ prompt, image, document }: Ask): string | ChatCompletionContentPart[] {
  if (image === undefined && document === undefined) return prompt;
  const parts: ChatCompletionContentPart[] = [{ type: 'text', text: prompt }];
  if (image !== undefined)
    parts.push({ type: 'image_url', image_url: { url: `data:image/png;base64,${image}` } });
  if (document !== undefined)
    parts.push({
      type: 'file',
      file: { filename: 'empty.pdf', file_data: `data:application/pdf;base64,${document}` },
    });
  return parts;
}

interface ToolCall {
  id: string;
  type: string;
  function?: { name: string; arguments: string };
}

export function answersTo(ask: Ask, calls: readonly ToolCall[]): ChatCompletionMessageParam[] {
  return calls.map((call) => {
    const tool = ask.tools?.find(({ name }) => name === call.function?.name);
    return {
      role: 'tool',
      tool_call_id: call.id,
      content: tool?.answer(JSON.parse(call.function?.arguments ?? '{}')) ?? 'unknown tool',
    };
  });
}

function read({ choices, usage }: ChatCompletion): Said {
  const message = choices[0]?.message;
  const text = message?.content ?? '';
  return {
    text,
    calls: (message?.tool_calls ?? []).flatMap((call) =>
      call.type === 'function'
        ? [{ name: call.function.name, input: JSON.parse(call.function.arguments) }]
        : [],
    ),
    reasoning: reasoningOf(message),
    object: parsed(text),
    tokens: tokensOf(usage),
  };
}

/** A member beside the SDK's types. */
function reasoningOf(message: object | undefined): string {
  const value: unknown = message && Reflect.get(message, 'reasoning_content');
  return typeof value === 'string' ? value : '';
}

export function tokensOf(usage: ChatCompletion['usage'] | null): Said['tokens'] {
  if (usage === undefined || usage === null) return null;
  const cached = usage.prompt_tokens_details?.cached_tokens ?? 0;
  return { input: usage.prompt_tokens, output: usage.completion_tokens, cached };
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function readChunks(server: Server, body: ChatCompletionCreateParamsNonStreaming, ask: Ask) {
  const stream = await clientOf(server).chat.completions.create(
    { ...body, stream: true, stream_options: { include_usage: true } },
    how(ask),
  );
  const calls: { id: string; type: 'function'; function: { name: string; arguments: string } }[] = [];
  const details: unknown[] = [];
  let text = '';
  let reasoning = '';
  let tokens: Said['tokens'] = null;
  for await (const { choices, usage } of stream) {
    const delta = choices[0]?.delta;
    text += delta?.content ?? '';
    reasoning += reasoningOf(delta);
    const more: unknown = delta && Reflect.get(delta, 'reasoning_details');
    if (Array.isArray(more)) details.push(...more);
    for (const { index, id, function: piece } of delta?.tool_calls ?? []) {
      calls[index] ??= {
        id: id ?? '',
        type: 'function',
        function: { name: piece?.name ?? '', arguments: '' },
      };
      calls[index].function.arguments += piece?.arguments ?? '';
    }
    tokens = tokensOf(usage) ?? tokens;
  }
  const message = {
    role: 'assistant' as const,
    content: text === '' ? null : text,
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(reasoning !== '' && { reasoning_content: reasoning }),
    ...(details.length > 0 && { reasoning_details: details }),
  };
  const said: Said = {
    text,
    calls: calls.map((call) => ({ name: call.function.name, input: JSON.parse(call.function.arguments) })),
    reasoning,
    object: parsed(text),
    tokens,
  };
  return { said, message, calls };
}
