// Programs that cannot run in a test, by the requests that their documentation and public sources describe: headers,
// members and order as they send them. Their answers are read as they read them, from the raw stream.
import { createSseParser, type SseEvent } from '../../../src/wire/sse.ts';
import { type Client, type FeatureName, NOTHING, type Said, type Server } from '../ask.ts';
import { bodyOf as messagesBody } from './anthropic.ts';
import { bodyOf as chatBody, parsed } from './openai-chat.ts';

/** What a server answered that is not a 200, or told in a stream. */
class Told extends Error {
  readonly status: number | undefined;
  constructor(text: string, status?: number) {
    super(text);
    this.status = status;
  }
}

const ONE_REQUEST = 'the capture is of one request';
const NOT_ITS_OWN = 'the program does not ask for it';
const ELSEWHERE: Partial<Record<FeatureName, string>> = {
  'a tool loop': ONE_REQUEST,
  'reasoning through a tool loop': ONE_REQUEST,
  'token counting': NOT_ITS_OWN,
  'the list of models': NOT_ITS_OWN,
  embeddings: NOT_ITS_OWN,
  'image generation': NOT_ITS_OWN,
};

async function* events(
  { url, key }: Server,
  path: string,
  body: object,
  headers: Record<string, string>,
): AsyncGenerator<SseEvent> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
    body: JSON.stringify(body),
  });
  if (!response.ok || response.body === null) throw new Told(await response.text(), response.status);
  const parser = createSseParser();
  for await (const chunk of response.body) yield* parser.push(chunk as Uint8Array);
}

// biome-ignore lint/suspicious/noExplicitAny: what a program reads of an answer is up to it
type Json = any;

/** Anthropic's stream, read without its SDK. */
async function readMessages(stream: AsyncIterable<SseEvent>): Promise<Said> {
  const said: Said = { ...NOTHING, calls: [] };
  const inputs: string[] = [];
  let usage: Json = {};
  let isStopped = false;
  for await (const { data } of stream) {
    const event: Json = JSON.parse(data);
    if (event.type === 'error') throw new Told(event.error.message);
    if (event.type === 'message_start') usage = event.message.usage;
    if (event.type === 'message_delta') usage = { ...usage, ...event.usage };
    if (event.type === 'message_stop') isStopped = true;
    if (event.type === 'content_block_start' && event.content_block.type === 'tool_use') {
      said.calls.push({ name: event.content_block.name, input: {} });
      inputs.push('');
    }
    if (event.type !== 'content_block_delta') continue;
    said.text += event.delta.text ?? '';
    said.reasoning += event.delta.thinking ?? '';
    if (event.delta.type === 'input_json_delta') inputs[inputs.length - 1] += event.delta.partial_json;
  }
  if (!isStopped) throw new Told('the stream ended without its stop');
  for (const [index, call] of said.calls.entries()) call.input = JSON.parse(inputs[index] || '{}');
  said.object = parsed(said.text);
  said.tokens = {
    input: usage.input_tokens,
    output: usage.output_tokens,
    cached: usage.cache_read_input_tokens,
  };
  return said;
}

/** OpenAI's stream, read without its SDK. */
async function readChunks(stream: AsyncIterable<SseEvent>): Promise<Said> {
  const said: Said = { ...NOTHING, calls: [] };
  const inputs: string[] = [];
  let isDone = false;
  for await (const { data } of stream) {
    if (data === '[DONE]') {
      isDone = true;
      continue;
    }
    const chunk: Json = JSON.parse(data);
    if (chunk.error) throw new Told(chunk.error.message);
    const delta = chunk.choices[0]?.delta ?? {};
    said.text += delta.content ?? '';
    said.reasoning += delta.reasoning_content ?? '';
    for (const call of delta.tool_calls ?? []) {
      said.calls[call.index] ??= { name: call.function.name, input: {} };
      inputs[call.index] = (inputs[call.index] ?? '') + (call.function.arguments ?? '');
    }
    const { usage } = chunk;
    if (usage)
      said.tokens = {
        input: usage.prompt_tokens,
        output: usage.completion_tokens,
        cached: usage.prompt_tokens_details.cached_tokens,
      };
  }
  if (!isDone) throw new Told('the stream ended without its end');
  for (const [index, call] of said.calls.entries()) call.input = JSON.parse(inputs[index] ?? '');
  said.object = parsed(said.text);
  return said;
}

/** The stream of Responses, read without an SDK. */
async function readResponses(stream: AsyncIterable<SseEvent>): Promise<Said> {
  for await (const { data } of stream) {
    const event: Json = JSON.parse(data);
    if (event.type === 'error') throw new Told(event.message);
    if (event.type === 'response.failed') throw new Told(event.response.error.message);
    if (event.type !== 'response.completed') continue;
    const items: Json[] = event.response.output;
    const text = items
      .flatMap(({ content }) => content ?? [])
      .map((part) => part.text ?? '')
      .join('');
    return {
      text,
      calls: items
        .filter(({ type }) => type === 'function_call')
        .map(({ name, arguments: input }) => ({ name, input: JSON.parse(input) })),
      reasoning: items
        .filter(({ type }) => type === 'reasoning')
        .flatMap(({ summary }) => summary)
        .map((part) => part.text)
        .join(''),
      object: parsed(text),
      tokens: {
        input: event.response.usage.input_tokens,
        output: event.response.usage.output_tokens,
        cached: event.response.usage.input_tokens_details.cached_tokens,
      },
    };
  }
  throw new Told('the stream ended without its end');
}

export const claudeCode: Client = {
  name: 'Claude Code',
  description: 'raw capture: `POST /v1/messages?beta=true`, instructions in cached blocks, tools with extras',
  setUp: {
    language: 'sh',
    code: `export ANTHROPIC_BASE_URL=BASE_URL
export ANTHROPIC_AUTH_TOKEN=KEY
export ANTHROPIC_MODEL=MODEL
claude`,
  },
  cannot: ELSEWHERE,
  ask(server, ask) {
    const { system, tools, ...body } = messagesBody(ask);
    const instructions = [
      { type: 'text', text: 'You are Claude Code.', cache_control: { type: 'ephemeral' } },
      ...(Array.isArray(system) ? system : []),
    ];
    const capture = {
      ...body,
      system: instructions,
      tools: (tools ?? []).map((tool) => ({ ...tool, eager_input_streaming: true })),
      metadata: {
        user_id:
          'user_8f1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e_account_0b6e8c58-6f0f-4c3a-9f43-1f5f3b7f7d11_session_2c7b1a54-97a1-4c5e-8a70-7b1f6c1d2e3f',
      },
      context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
      stream: true,
    };
    return readMessages(
      events(server, '/v1/messages?beta=true', capture, {
        'anthropic-version': '2023-06-01',
        'anthropic-beta':
          'claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27,a-flag-of-next-year',
        'x-app': 'cli',
        'user-agent': 'claude-cli/2.1.0 (external, cli)',
        'x-stainless-retry-count': '0',
      }),
    );
  },
};

export const codex: Client = {
  name: 'Codex CLI',
  description: 'raw capture: `POST /v1/responses`, stateless, with its own tools beside the asked ones',
  setUp: {
    language: 'toml',
    code: `# ~/.codex/config.toml
model = "MODEL"
model_provider = "brconnector"

[model_providers.brconnector]
name = "BRConnector"
base_url = "BASE_URL/v1"
env_key = "BR_API_KEY"
wire_api = "responses"`,
  },
  cannot: {
    ...ELSEWHERE,
    'a forced tool': NOT_ITS_OWN,
    documents: NOT_ITS_OWN,
    'prompt caching': 'the API has no breakpoints; automatic caching is a setting of the model',
  },
  ask(server, ask) {
    const content: object[] = [{ type: 'input_text', text: ask.prompt }];
    if (ask.image !== undefined)
      content.push({ type: 'input_image', image_url: `data:image/png;base64,${ask.image}` });
    const capture = {
      model: ask.model,
      instructions: ask.system ?? 'You are a coding agent.',
      input: [
        {
          type: 'message',
          role: 'user',
          content: [
            { type: 'input_text', text: '<environment_context><cwd>/work</cwd></environment_context>' },
          ],
        },
        { type: 'message', role: 'user', content },
      ],
      tools: [
        {
          type: 'function',
          name: 'shell',
          description: 'Runs a command.',
          strict: false,
          parameters: {
            type: 'object',
            properties: { command: { type: 'array', items: { type: 'string' } } },
            required: ['command'],
            additionalProperties: false,
          },
        },
        ...(ask.tools ?? []).map(({ name, description, parameters }) => ({
          type: 'function',
          name,
          description,
          strict: false,
          parameters,
        })),
      ],
      tool_choice: 'auto',
      parallel_tool_calls: true,
      reasoning: ask.effort === undefined ? null : { effort: ask.effort, summary: 'auto' },
      store: false,
      stream: true,
      include: ask.effort === undefined ? [] : ['reasoning.encrypted_content'],
      prompt_cache_key: '0199a213-81c0-7800-8aa1-bbab2a035a53',
      ...(ask.schema !== undefined && {
        text: { format: { type: 'json_schema', strict: true, ...ask.schema } },
      }),
    };
    return readResponses(
      events(server, '/v1/responses', capture, {
        accept: 'text/event-stream',
        originator: 'codex_cli_rs',
        session_id: '0199a213-81c0-7800-8aa1-bbab2a035a53',
        'user-agent': 'codex_cli_rs/0.50.0',
      }),
    );
  },
};

export const cursor: Client = {
  name: 'Cursor',
  description: 'raw capture: `POST /v1/chat/completions`, streamed, with `stream_options` and `user`',
  setUp: {
    language: 'text',
    code: `Settings > Models > OpenAI API Key: KEY
Override OpenAI Base URL: BASE_URL/v1
Add the model: MODEL`,
  },
  cannot: { ...ELSEWHERE, 'prompt caching': NOT_ITS_OWN, documents: NOT_ITS_OWN },
  ask(server, ask) {
    const capture = {
      ...chatBody(ask),
      temperature: ask.effort === undefined ? 0 : undefined,
      stream: true,
      stream_options: { include_usage: true },
      user: 'auth0|user_01EXAMPLE',
    };
    return readChunks(
      events(server, '/v1/chat/completions', capture, { 'user-agent': 'Go-http-client/2.0' }),
    );
  },
};

export const brClient: Client = {
  name: 'BRClient',
  description: 'raw capture: `POST /v1/chat/completions` from a browser, with `Session-Id`',
  setUp: {
    language: 'text',
    code: `Settings > Enable BRConnector: on
Host: BASE_URL
API key: KEY`,
  },
  cannot: {
    ...ELSEWHERE,
    'one tool call': NOT_ITS_OWN,
    'parallel tool calls': NOT_ITS_OWN,
    'a tool without arguments': NOT_ITS_OWN,
    'a forced tool': NOT_ITS_OWN,
    'structured output': NOT_ITS_OWN,
    reasoning: NOT_ITS_OWN,
    'prompt caching': NOT_ITS_OWN,
    documents: NOT_ITS_OWN,
    usage: 'it does not ask for the usage chunk',
  },
  ask(server, ask) {
    const { messages, model } = chatBody(ask);
    const capture = {
      messages,
      stream: true,
      model,
      temperature: 0.5,
      presence_penalty: 0,
      frequency_penalty: 0,
      top_p: ask.model.includes('claude') ? undefined : 1,
    };
    return readChunks(
      events(server, '/v1/chat/completions', capture, {
        'session-id': 'pTqX8mQG0pHs2nRkYw1cB',
        origin: 'https://brclient.example',
      }),
    );
  },
};
