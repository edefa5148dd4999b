// OpenAI's own SDK on POST /v1/responses, raw and streamed.
import OpenAI from 'openai';
import type {
  Response,
  ResponseCreateParamsNonStreaming,
  ResponseInputContent,
  ResponseInputItem,
} from 'openai/resources/responses/responses';
import type { Ask, Client, Said, Server } from '../ask.ts';
import { parsed } from './openai-chat.ts';

const SET_UP = {
  language: 'ts',
  code: `import OpenAI from 'openai';

const client = new OpenAI({ baseURL: 'BASE_URL/v1', apiKey: 'KEY' });
const response = await client.responses.create({ model: 'MODEL', input: 'Hello', store: false });`,
};
const SAME = 'see the OpenAI SDK column: the same method';
const CANNOT = {
  'token counting': 'not served: the route is not part of the stateless subset',
  'prompt caching': 'the API has no breakpoints; automatic caching is a setting of the model',
  embeddings: SAME,
  'image generation': SAME,
  'the list of models': SAME,
} as const;

type Body = ResponseCreateParamsNonStreaming & { input: ResponseInputItem[] };

export const responsesRaw: Client = {
  name: 'OpenAI SDK, Responses',
  description: '`openai` 6, `responses.create`',
  setUp: SET_UP,
  cannot: CANNOT,
  ask: async (server, ask) => read(await clientOf(server).responses.create(bodyOf(ask))),
  loop: (server, ask) => loop(ask, (body) => clientOf(server).responses.create(body)),
};

export const responsesStreamed: Client = {
  name: 'OpenAI SDK, Responses .stream()',
  description: '`openai` 6, `responses.stream`',
  setUp: SET_UP,
  cannot: CANNOT,
  ask: async (server, ask) => read(await stream(server, bodyOf(ask))),
  loop: (server, ask) => loop(ask, (body) => stream(server, body)),
};

function clientOf({ url, key }: Server): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
}

/** The helper's result has parsed members beside the plain ones. */
async function stream(server: Server, body: Body): Promise<Response> {
  return clientOf(server)
    .responses.stream({ ...body, stream: true })
    .finalResponse();
}

function bodyOf(ask: Ask): Body {
  return {
    model: ask.model,
    store: false,
    input: [{ role: 'user', content: partsOf(ask) }],
    ...(ask.system !== undefined && { instructions: ask.system }),
    ...(ask.tools !== undefined && {
      tools: ask.tools.map(({ name, description, parameters }) => ({
        type: 'function' as const,
        name,
        description,
        parameters,
        strict: false,
      })),
    }),
    ...(ask.forced !== undefined && { tool_choice: { type: 'function' as const, name: ask.forced } }),
    ...(ask.schema !== undefined && {
      text: { format: { type: 'json_schema' as const, ...ask.schema, strict: true } },
    }),
    ...(ask.effort !== undefined && {
      reasoning: { effort: ask.effort, summary: 'auto' as const },
      include: ['reasoning.encrypted_content' as const],
    }),
  };
}

function partsOf({ prompt, image, document }: Ask): ResponseInputContent[] {
  const parts: ResponseInputContent[] = [{ type: 'input_text', text: prompt }];
  if (image !== undefined)
    parts.push({ type: 'input_image', detail: 'auto', image_url: `data:image/png;base64,${image}` });
  if (document !== undefined)
    parts.push({
      type: 'input_file',
      filename: 'empty.pdf',
      file_data: `data:application/pdf;base64,${document}`,
    });
  return parts;
}

async function loop(ask: Ask, say: (body: Body) => Promise<Response>): Promise<Said> {
  const body = bodyOf(ask);
  for (;;) {
    const response = await say(body);
    const calls = response.output.filter((item) => item.type === 'function_call');
    if (calls.length === 0) return read(response);
    // Every item goes back as it came: the reasoning carries its signature in `encrypted_content`.
    body.input.push(...(response.output as ResponseInputItem[]));
    for (const { call_id, name, arguments: input } of calls)
      body.input.push({
        type: 'function_call_output',
        call_id,
        output: ask.tools?.find((tool) => tool.name === name)?.answer(JSON.parse(input)) ?? '',
      });
  }
}

function read({ output, usage, output_text: text }: Response): Said {
  return {
    text,
    calls: output.flatMap((item) =>
      item.type === 'function_call' ? [{ name: item.name, input: JSON.parse(item.arguments) }] : [],
    ),
    reasoning: output
      .flatMap((item) => (item.type === 'reasoning' ? item.summary.map((part) => part.text) : []))
      .join(''),
    object: parsed(text),
    tokens:
      usage === undefined || usage === null
        ? null
        : {
            input: usage.input_tokens,
            output: usage.output_tokens,
            cached: usage.input_tokens_details.cached_tokens,
          },
  };
}
