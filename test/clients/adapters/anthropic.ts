// Anthropic's own SDK on POST /v1/messages: raw, streamed, and its tool runner.
import Anthropic from '@anthropic-ai/sdk';
import type {
  ContentBlockParam,
  Message,
  MessageCreateParamsNonStreaming,
  MessageParam,
} from '@anthropic-ai/sdk/resources/messages';
import type { Ask, Client, Said, Server } from '../ask.ts';
import { parsed } from './openai-chat.ts';

const SET_UP = {
  language: 'ts',
  code: `import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic({ baseURL: 'BASE_URL', apiKey: 'KEY' });`,
};
const CANNOT = {
  embeddings: 'the API has no such route',
  'image generation': 'the API has no such route',
} as const;
const SAME = 'see the first Anthropic column: the same method';

export const anthropicRaw: Client = {
  name: 'Anthropic SDK',
  description: '`@anthropic-ai/sdk` 1, `messages.create`',
  setUp: SET_UP,
  cannot: CANNOT,
  ask: async (server, ask) => read(await clientOf(server).messages.create(bodyOf(ask))),
  loop: (server, ask) => loop(ask, (body) => clientOf(server).messages.create(body)),
  count: async (server, ask) => {
    const { max_tokens: _, ...body } = bodyOf(ask);
    return (await clientOf(server).messages.countTokens(body)).input_tokens;
  },
  async list(server) {
    const names: string[] = [];
    for await (const { id } of clientOf(server).models.list()) names.push(id);
    return names;
  },
};

export const anthropicStreamed: Client = {
  name: 'Anthropic SDK, .stream()',
  description: '`@anthropic-ai/sdk` 1, `messages.stream`',
  setUp: SET_UP,
  cannot: { ...CANNOT, 'token counting': SAME, 'the list of models': SAME },
  ask: async (server, ask) => read(await clientOf(server).messages.stream(bodyOf(ask)).finalMessage()),
  loop: (server, ask) => loop(ask, (body) => clientOf(server).messages.stream(body).finalMessage()),
};

export const anthropicRunner: Client = {
  name: 'Anthropic SDK, tool runner',
  description: '`@anthropic-ai/sdk` 1, `beta.messages.toolRunner` and `beta.messages`',
  setUp: SET_UP,
  cannot: { ...CANNOT, 'token counting': SAME, 'the list of models': SAME },
  async ask(server, ask) {
    // The beta's shapes are those of the stable API, with more members.
    return read((await clientOf(server).beta.messages.create(bodyOf(ask) as never)) as unknown as Message);
  },
  async loop(server, ask) {
    // The beta's types are those of the stable API under other names; the two meet here and nowhere else.
    const runner = clientOf(server).beta.messages.toolRunner({
      ...(bodyOf(ask) as unknown as { model: string; max_tokens: number; messages: never[] }),
      tools: (ask.tools ?? []).map((tool) => ({
        name: tool.name,
        description: tool.description,
        input_schema: tool.parameters as { type: 'object' },
        run: async (input: unknown) => tool.answer(input),
        parse: (input: unknown) => input,
      })),
    });
    return read((await runner.runUntilDone()) as unknown as Message);
  },
};

function clientOf({ url, key }: Server): Anthropic {
  return new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0 });
}

export function bodyOf(ask: Ask): MessageCreateParamsNonStreaming {
  return {
    model: ask.model,
    max_tokens: 8_192,
    messages: [{ role: 'user', content: partsOf(ask) }],
    ...(ask.system !== undefined && {
      system: [
        {
          type: 'text' as const,
          text: ask.system,
          ...(ask.isCached && { cache_control: { type: 'ephemeral' as const } }),
        },
      ],
    }),
    ...(ask.tools !== undefined && {
      tools: ask.tools.map(({ name, description, parameters }) => ({
        name,
        description,
        input_schema: parameters as { type: 'object' },
      })),
    }),
    ...(ask.forced !== undefined && { tool_choice: { type: 'tool' as const, name: ask.forced } }),
    ...(ask.schema !== undefined && {
      output_config: { format: { type: 'json_schema' as const, schema: ask.schema.schema } },
    }),
    ...(ask.effort !== undefined && { thinking: { type: 'enabled' as const, budget_tokens: 2_048 } }),
  };
}

function partsOf({ prompt, image, document }: Ask): ContentBlockParam[] {
  const parts: ContentBlockParam[] = [{ type: 'text', text: prompt }];
  if (image !== undefined)
    parts.push({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: image } });
  if (document !== undefined)
    parts.push({
      type: 'document',
      title: 'empty',
      source: { type: 'base64', media_type: 'application/pdf', data: document },
    });
  return parts;
}

async function loop(
  ask: Ask,
  say: (body: MessageCreateParamsNonStreaming) => Promise<Message>,
): Promise<Said> {
  const body = bodyOf(ask);
  const messages: MessageParam[] = [...body.messages];
  for (;;) {
    const message = await say({ ...body, messages });
    if (message.stop_reason !== 'tool_use') return read(message);
    const results = message.content.flatMap((block) =>
      block.type === 'tool_use'
        ? [
            {
              type: 'tool_result' as const,
              tool_use_id: block.id,
              content: ask.tools?.find(({ name }) => name === block.name)?.answer(block.input) ?? '',
            },
          ]
        : [],
    );
    messages.push({ role: 'assistant', content: message.content }, { role: 'user', content: results });
  }
}

export function read({ content, usage }: Message): Said {
  const text = content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  const cached = usage.cache_read_input_tokens ?? 0;
  return {
    text,
    calls: content.flatMap((block) =>
      block.type === 'tool_use' ? [{ name: block.name, input: block.input }] : [],
    ),
    reasoning: content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join(''),
    object: parsed(text),
    tokens: { input: usage.input_tokens, output: usage.output_tokens, cached },
  };
}
