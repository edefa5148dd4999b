// The official client, as it comes but without repeating what fails.
import Anthropic from '@anthropic-ai/sdk';
import type { NewKey, TestGateway } from '../helpers/gateway.ts';

export const MODEL = 'claude-3-haiku';

export function clientOf({ url }: TestGateway, { secret }: NewKey): Anthropic {
  return new Anthropic({ baseURL: url, apiKey: secret, maxRetries: 0 });
}

export function ask(text: string) {
  return { model: MODEL, max_tokens: 64, messages: [{ role: 'user' as const, content: text }] };
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** What the promise is rejected with. */
export async function rejectionOf(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it was not rejected');
}
