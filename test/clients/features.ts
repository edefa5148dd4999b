// The rows of the matrix: what the upstream is scripted to answer, what is asked, and what must have arrived on both
// sides.
import type { Test } from 'tap';
import type { JournalEntry } from '../../src/simulator/journal.ts';
import type { AnswerBehaviour, ScriptedBlock } from '../../src/simulator/script.ts';
import type { NewKey, TestGateway } from '../helpers/gateway.ts';
import type { Ask, AskTool, Client, FeatureName, Server } from './ask.ts';
import { PDF, PNG } from './media.ts';
import { statusOf, wordsOf } from './status-of.ts';

export interface Scene {
  t: Test;
  gateway: TestGateway;
  client: Client;
  server: Server;
  key: NewKey;
}

/** Takes images, documents, tools and schemas, thinks when asked, and caches. */
const MODEL = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const PROMPT = 'What is the weather in Paris?';
/** What a careless gateway breaks: quotes, line separators, characters of four bytes. */
const TEXT = 'It is "fine":\n\u2028 18 °C, 晴れ 🌤️ – data: [DONE]';
const USAGE = { inputTokens: 11, outputTokens: 7, totalTokens: 18 };
const ask: Ask = { model: MODEL, prompt: PROMPT };

const weather: AskTool = {
  name: 'get_weather',
  description: 'The weather in a city.',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
  answer: (input) => `18 degrees in ${JSON.stringify(input)}`,
};
const clock: AskTool = {
  name: 'get_time',
  description: 'The time now.',
  parameters: { type: 'object', properties: {}, additionalProperties: false },
  answer: () => '12:00',
};

const call = (id: string, name: string, ...input: string[]): ScriptedBlock => ({
  toolUse: { toolUseId: id, name, input },
});
const PARIS = call('tooluse_paris', 'get_weather', '', '{"ci', 'ty":"Pa', 'ris"}');
const ROME = call('tooluse_rome', 'get_weather', '{"city":"Rome"}');
const THOUGHT: ScriptedBlock = { reasoning: { text: ['The user ', 'asks.'], signature: 'c2lnbmF0dXJl' } };

function script({ gateway }: Scene, ...answers: Partial<AnswerBehaviour>[]): void {
  for (const answer of answers)
    gateway.simulator.script({ times: 1, behaviour: { kind: 'answer', usage: USAGE, ...answer } });
}

/** The bodies that the upstream got. */
function sent({ gateway }: Scene): Sent[] {
  return gateway.simulator.journal.entries().map(({ request }: JournalEntry) => request as Sent);
}

interface Sent {
  system?: { text?: string; cachePoint?: object }[];
  messages: { role: string; content: Record<string, never>[] }[];
  toolConfig?: { tools: object[]; toolChoice?: object };
  outputConfig?: object;
  additionalModelRequestFields?: Record<string, unknown>;
}

const blocksOf = (body: Sent | undefined, kind: string) =>
  (body?.messages ?? []).flatMap(({ content }) =>
    content.filter((block) => kind in block).map((block) => block[kind]),
  );

async function failure(scene: Scene, question: Ask): Promise<unknown> {
  try {
    await scene.client.ask(scene.server, question);
  } catch (error) {
    return error;
  }
  scene.t.fail('it was to raise');
  return undefined;
}

/** A row: throws, or fails its test, where the client and the gateway do not understand each other. */
export const FEATURES: Record<FeatureName, (scene: Scene) => Promise<void>> = {
  async text(scene) {
    script(scene, { text: TEXT });
    const said = await scene.client.ask(scene.server, ask);
    scene.t.equal(said.text, TEXT);
    scene.t.same(said.calls, []);
  },

  async instructions(scene) {
    script(scene, { text: 'Oui.' });
    await scene.client.ask(scene.server, { ...ask, system: 'Answer in French.' });
    const [body] = sent(scene);
    scene.t.ok(
      (body?.system ?? []).some(({ text }) => text?.includes('Answer in French.')),
      'they are the system text',
    );
  },

  async usage(scene) {
    script(scene, { text: 'Fine.' });
    const { tokens } = await scene.client.ask(scene.server, ask);
    scene.t.match(tokens, { input: 11, output: 7 });
  },

  async 'one tool call'(scene) {
    script(scene, { blocks: [{ text: 'Let me look.' }, PARIS], stopReason: 'tool_use' });
    const said = await scene.client.ask(scene.server, { ...ask, tools: [weather] });
    scene.t.same(said.calls, [{ name: 'get_weather', input: { city: 'Paris' } }]);
    scene.t.equal(said.text, 'Let me look.');
  },

  async 'parallel tool calls'(scene) {
    script(scene, { blocks: [PARIS, ROME], stopReason: 'tool_use' });
    const said = await scene.client.ask(scene.server, { ...ask, tools: [weather, clock] });
    scene.t.same(said.calls, [
      { name: 'get_weather', input: { city: 'Paris' } },
      { name: 'get_weather', input: { city: 'Rome' } },
    ]);
  },

  async 'a tool without arguments'(scene) {
    script(scene, { blocks: [call('tooluse_time', 'get_time')], stopReason: 'tool_use' });
    const said = await scene.client.ask(scene.server, { ...ask, tools: [weather, clock] });
    scene.t.same(said.calls, [{ name: 'get_time', input: {} }]);
  },

  async 'a forced tool'(scene) {
    script(scene, { blocks: [PARIS], stopReason: 'tool_use' });
    await scene.client.ask(scene.server, { ...ask, tools: [weather, clock], forced: 'get_weather' });
    scene.t.match(sent(scene)[0]?.toolConfig?.toolChoice, { tool: { name: 'get_weather' } });
  },

  async 'a tool loop'(scene) {
    script(scene, { blocks: [PARIS, ROME], stopReason: 'tool_use' }, { text: TEXT });
    const said = await loop(scene, { ...ask, tools: [weather] });
    scene.t.equal(said.text, TEXT);
    const [first, second] = sent(scene);
    scene.t.equal(blocksOf(first, 'toolResult').length, 0);
    scene.t.match(blocksOf(second, 'toolUse'), [
      { toolUseId: 'tooluse_paris', input: { city: 'Paris' } },
      { toolUseId: 'tooluse_rome', input: { city: 'Rome' } },
    ]);
    scene.t.match(blocksOf(second, 'toolResult'), [
      { toolUseId: 'tooluse_paris', content: [{ text: /Paris/ }] },
      { toolUseId: 'tooluse_rome', content: [{ text: /Rome/ }] },
    ]);
  },

  async images(scene) {
    script(scene, { text: 'A dot.' });
    await scene.client.ask(scene.server, { ...ask, image: PNG });
    scene.t.match(blocksOf(sent(scene)[0], 'image'), [{ format: 'png', source: { bytes: PNG } }]);
  },

  async documents(scene) {
    script(scene, { text: 'Empty.' });
    await scene.client.ask(scene.server, { ...ask, document: PDF });
    scene.t.match(blocksOf(sent(scene)[0], 'document'), [{ format: 'pdf', source: { bytes: PDF } }]);
  },

  async 'structured output'(scene) {
    const schema = {
      type: 'object',
      properties: { degrees: { type: 'number' } },
      required: ['degrees'],
      additionalProperties: false,
    };
    script(scene, { text: '{"degrees": 18}' });
    const said = await scene.client.ask(scene.server, { ...ask, schema: { name: 'weather', schema } });
    scene.t.same(said.object, { degrees: 18 });
    scene.t.match(sent(scene)[0]?.outputConfig, {
      textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: /degrees/ } } },
    });
  },

  async reasoning(scene) {
    script(scene, { blocks: [THOUGHT, { text: TEXT }] });
    const said = await scene.client.ask(scene.server, { ...ask, effort: 'low' });
    scene.t.equal(said.text, TEXT);
    scene.t.equal(said.reasoning, 'The user asks.');
    scene.t.match(sent(scene)[0]?.additionalModelRequestFields, { thinking: { type: 'enabled' } });
  },

  async 'reasoning through a tool loop'(scene) {
    script(scene, { blocks: [THOUGHT, PARIS], stopReason: 'tool_use' }, { text: TEXT });
    const said = await loop(scene, { ...ask, effort: 'low', tools: [weather] });
    scene.t.equal(said.text, TEXT);
    scene.t.match(
      blocksOf(sent(scene)[1], 'reasoningContent'),
      [{ reasoningText: { text: 'The user asks.', signature: 'c2lnbmF0dXJl' } }],
      'the signed thought came back unchanged',
    );
  },

  async 'prompt caching'(scene) {
    const usage = {
      inputTokens: 11,
      outputTokens: 7,
      totalTokens: 1042,
      cacheReadInputTokens: 1024,
      cacheWriteInputTokens: 0,
    };
    script(scene, { text: 'Fine.', usage });
    const { tokens } = await scene.client.ask(scene.server, {
      ...ask,
      system: 'Be kind. '.repeat(500),
      isCached: true,
    });
    scene.t.ok(
      sent(scene)[0]?.system?.some((block) => 'cachePoint' in block),
      'a cache point stands after the instructions',
    );
    scene.t.equal(tokens?.cached, 1024);
  },

  async 'a refused request raises'(scene) {
    scene.gateway.simulator.script({
      times: 1,
      behaviour: { kind: 'error', exception: 'ValidationException', message: 'The request is odd.' },
    });
    const error = await failure(scene, ask);
    scene.t.equal(statusOf(error), 400);
    scene.t.match(wordsOf(error), /The request is odd/);
  },

  async 'throttling raises'(scene) {
    scene.gateway.simulator.script({ behaviour: { kind: 'error', exception: 'ThrottlingException' } });
    scene.t.equal(statusOf(await failure(scene, ask)), 429);
  },

  async 'an unknown model raises'(scene) {
    scene.t.equal(statusOf(await failure(scene, { ...ask, model: 'nobody-knows-me' })), 404);
    scene.t.equal(sent(scene).length, 0);
  },

  async 'an empty purse raises'(scene) {
    const poor = await scene.gateway.createKey({ name: 'poor', month_quota: '0' });
    const server = { ...scene.server, key: poor.secret };
    const status = statusOf(await failure({ ...scene, server }, ask));
    scene.t.ok(status === 429 || status === 402, `${status}`);
    scene.t.equal(sent(scene).length, 0);
  },

  async 'a failure in mid-answer raises'(scene) {
    script(scene, {
      deltas: ['It ', 'is ', 'fi'],
      fault: { kind: 'exception', name: 'ModelStreamErrorException', message: 'It broke.', afterDeltas: 2 },
    });
    scene.t.match(wordsOf(await failure(scene, ask)), /It broke/);
  },

  async 'token counting'(scene) {
    const count = await scene.client.count?.(scene.server, ask);
    scene.t.ok(count !== undefined && count > 0, `${count}`);
  },

  async 'the list of models'(scene) {
    scene.t.ok((await scene.client.list?.(scene.server))?.includes(MODEL));
  },

  async embeddings(scene) {
    const vectors = await scene.client.embed?.(scene.server, {
      model: 'amazon.titan-embed-text-v2:0',
      texts: ['one', 'two'],
    });
    scene.t.equal(vectors?.length, 2);
    for (const vector of vectors ?? []) scene.t.equal(vector.length, 1024);
    scene.t.notSame(vectors?.[0], vectors?.[1]);
  },

  async 'image generation'(scene) {
    const pictures = await scene.client.draw?.(scene.server, {
      model: 'amazon.nova-canvas-v1:0',
      prompt: 'A dot.',
    });
    scene.t.equal(pictures?.length, 1);
    scene.t.match(pictures?.[0], /^iVBOR/, 'a PNG');
  },
};

function loop({ client, server }: Scene, question: Ask) {
  if (client.loop === undefined) throw new Error(`${client.name} has no loop`);
  return client.loop(server, question);
}

/** Is there anything to try, or has the client no word for it? */
export function isTried(client: Client, feature: FeatureName): boolean {
  return client.cannot[feature] === undefined;
}
