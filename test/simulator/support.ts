// What the specs of the simulator share: a simulator that ends with its test, real AWS clients, bare calls.
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  type ConverseStreamOutput,
} from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { createSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/simulator.ts';

export const MODEL = 'anthropic.claude-sonnet-5-5';

export type Protocol = 'HTTP/1.1' | 'HTTP/2';
export const PROTOCOLS: readonly Protocol[] = ['HTTP/1.1', 'HTTP/2'];

interface Test {
  teardown(end: () => unknown): unknown;
}

export async function start(t: Test, options?: SimulatorOptions): Promise<Simulator> {
  const simulator = await createSimulator(options);
  t.teardown(() => simulator.close());
  return simulator;
}

/** The SDK as it comes (HTTP/2), or with its HTTP/1.1 handler; it retries nothing. */
export function awsClient(
  t: Test,
  simulator: Simulator,
  protocol: Protocol = 'HTTP/1.1',
): BedrockRuntimeClient {
  const client = new BedrockRuntimeClient({
    region: 'us-east-1',
    endpoint: simulator.url,
    maxAttempts: 1,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example' },
    ...(protocol === 'HTTP/1.1' && { requestHandler: new NodeHttpHandler() }),
  });
  t.teardown(() => client.destroy());
  return client;
}

export function ask(text: string) {
  return { modelId: MODEL, messages: [{ role: 'user' as const, content: [{ text }] }] };
}

/** The text of a Converse answer and all else of it. */
export async function converse(client: BedrockRuntimeClient, text: string) {
  const answer = await client.send(new ConverseCommand(ask(text)));
  const content = answer.output?.message?.content ?? [];
  return { ...answer, content, text: content.map((block) => block.text ?? '').join('') };
}

export interface Heard {
  events: ConverseStreamOutput[];
  text: string;
  /** What the iteration threw, if it did. */
  error: Error | null;
}

/** Reads a ConverseStream answer to its end, whichever end that is. */
export async function listenTo(client: BedrockRuntimeClient, text: string): Promise<Heard> {
  const heard: Heard = { events: [], text: '', error: null };
  try {
    // The SDK looks at the first frame before it hands out the stream: an exception there rejects `send`.
    const answer = await client.send(new ConverseStreamCommand(ask(text)));
    for await (const event of answer.stream ?? []) {
      heard.events.push(event);
      heard.text += event.contentBlockDelta?.delta?.text ?? '';
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    heard.error = error;
  }
  return heard;
}

/** A call without an SDK: what is refused must be refused by the simulator, not by the SDK. */
export async function post(
  simulator: Simulator,
  path: string,
  body: unknown,
  headers?: Record<string, string>,
) {
  const response = await fetch(simulator.url + path, {
    method: 'POST',
    headers: { authorization: 'Bearer example', 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { response, body: await response.text() };
}
