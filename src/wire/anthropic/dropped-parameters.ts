// Parameters of the request that have no effect here. Forwarding them would make Bedrock refuse the request ("Extra
// inputs are not permitted"), so they are left out, and reported unless they ask for what happens anyway.
import type { CountTokensBody } from './schema.ts';

/** Read by the decoders. Exhaustive by type: a field added to the schema without a decision does not compile. */
const READ: Readonly<Record<keyof CountTokensBody, true>> = {
  model: true,
  messages: true,
  max_tokens: true,
  system: true,
  tools: true,
  tool_choice: true,
  thinking: true,
  output_config: true,
  output_format: true,
  cache_control: true,
  stop_sequences: true,
  temperature: true,
  top_p: true,
  top_k: true,
  metadata: true,
  stream: true,
};

/** Values that ask for what happens anyway. */
const HARMLESS: ReadonlyMap<string, ReadonlySet<unknown>> = new Map([
  ['service_tier', new Set<unknown>(['auto', 'standard_only'])],
  ['speed', new Set<unknown>(['standard'])],
]);

export function droppedParameters(body: object): string[] {
  return Object.entries(body).flatMap(([name, value]) =>
    Object.hasOwn(READ, name) || HARMLESS.get(name)?.has(value) || isNothing(value) ? [] : [name],
  );
}

function isNothing(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}
