// Parameters of the request that have no effect here. Forwarding them would make Bedrock refuse the request ("Extra
// inputs are not permitted"), so they are left out, and reported unless they ask for what happens anyway.
import { unsupportedParameter } from '../refusals.ts';
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

/**
 * Without these the request means something else: a `thread` leaves out what the server is to remember, `compaction`
 * asks for a summary and not for an answer. SDKs go on without a thread when it is refused.
 */
const REFUSED: ReadonlySet<string> = new Set(['thread', 'compaction']);

/** @throws Refusal for what cannot be left out */
export function droppedParameters(body: object): string[] {
  for (const [name, value] of Object.entries(body))
    if (REFUSED.has(name) && value !== null) throw unsupportedParameter(name);
  return Object.entries(body).flatMap(([name, value]) =>
    Object.hasOwn(READ, name) || HARMLESS.get(name)?.has(value) || isNothing(value) ? [] : [name],
  );
}

function isNothing(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}
