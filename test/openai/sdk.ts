// The official client, as it comes but without repeating what fails.
import OpenAI from 'openai';
import type { NewKey, TestGateway } from '../helpers/gateway.ts';

/** Takes tools, pictures, and thinks on request. */
export const MODEL = 'global.anthropic.claude-sonnet-4-6';

export function clientOf({ url }: TestGateway, { secret }: NewKey): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: secret, maxRetries: 0 });
}

export function ask(content: string) {
  return { model: MODEL, messages: [{ role: 'user' as const, content }] };
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export async function rejectionOf(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it was not rejected');
}

/** The Converse bodies that went upstream, oldest first. */
export function sentBy({ simulator }: TestGateway) {
  // Tests look into bodies of every shape.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  return simulator.journal.entries().map(({ request }) => request as any);
}
