// What becomes of each request parameter that is not simply translated: one table, so that what the gateway takes,
// ignores, drops and refuses is read in one place. Source: OpenAI's API reference against Bedrock Converse.
import { notOneOf, unsupportedParameter, unsupportedValue, unsupportedWord } from '../../refusals.ts';
import type { ChatCompletionBody } from './schema.ts';

/** `accepted`: translated elsewhere, or without effect by nature. `dropped`: without effect, and the client is told. */
export type Treatment = 'accepted' | 'dropped';

type Name = keyof ChatCompletionBody;
type Given = { [K in Name]-?: NonNullable<ChatCompletionBody[K]> };
/** Sees only values that are neither absent nor null. Throws Refusal for what cannot be served. */
type Rule<Value> = (value: Value, name: Name) => Treatment;

const accept = (): Treatment => 'accepted';

function refuse(_value: unknown, name: Name): Treatment {
  throw unsupportedParameter(name);
}

function refuseUnlessEmpty(value: object, name: Name): Treatment {
  if (Object.keys(value).length === 0) return 'accepted';
  throw unsupportedParameter(name);
}

const MODALITIES = ['text', 'audio'];

function takeTextOnly(modalities: readonly string[], name: Name): Treatment {
  for (const modality of modalities) {
    if (!MODALITIES.includes(modality)) throw notOneOf(name, modality, MODALITIES);
    if (modality !== 'text') throw unsupportedWord(name, modality);
  }
  return 'accepted';
}

function takeOneChoice(n: number, name: Name): Treatment {
  if (n === 1) return 'accepted';
  throw unsupportedValue(name, 'must be 1: this gateway answers with one choice');
}

const TIERS = ['auto', 'default', 'flex', 'priority', 'scale', 'fast'];
const UNSERVED_TIERS = ['scale', 'fast'];

function takeTier(tier: string, name: Name): Treatment {
  if (!TIERS.includes(tier)) throw notOneOf(name, tier, TIERS);
  return UNSERVED_TIERS.includes(tier) ? 'dropped' : 'accepted';
}

function refuseUnlessOff(value: boolean | number, name: Name): Treatment {
  if (value === false || value === 0) return 'accepted';
  throw unsupportedParameter(name);
}

/** Exhaustive by type: a field added to the schema without a rule does not compile. */
const RULES: { readonly [K in Name]: Rule<Given[K]> } = {
  model: accept,
  messages: accept,
  max_completion_tokens: accept,
  max_tokens: accept,
  temperature: accept,
  top_p: accept,
  stop: accept,
  n: takeOneChoice,
  stream: accept,
  stream_options: accept,
  tools: accept,
  tool_choice: accept,
  parallel_tool_calls: accept,
  functions: accept,
  function_call: accept,
  response_format: accept,
  reasoning_effort: accept,
  verbosity: accept,
  seed: accept,
  logprobs: refuseUnlessOff,
  top_logprobs: refuseUnlessOff,
  logit_bias: refuseUnlessEmpty,
  frequency_penalty: accept,
  presence_penalty: accept,
  modalities: takeTextOnly,
  audio: refuse,
  // A hint about latency: the answer is the same without it.
  prediction: accept,
  web_search_options: refuse,
  moderation: refuse,
  metadata: accept,
  store: accept,
  user: accept,
  safety_identifier: accept,
  prompt_cache_key: accept,
  prompt_cache_options: accept,
  prompt_cache_retention: accept,
  service_tier: takeTier,
  bedrock: accept,
};

/**
 * Judges every parameter of the body and returns the names of those without effect.
 *
 * @throws Refusal `unsupported_parameter`, `unsupported_value` or `invalid_value`
 */
export function judgeParameters(body: ChatCompletionBody): string[] {
  return Object.keys(body).filter((name) => judge(body, name) === 'dropped');
}

function judge(body: ChatCompletionBody, name: string): Treatment {
  if (!isKnown(name)) return 'dropped';
  const value = body[name];
  return value === undefined || value === null ? 'accepted' : applyRule(name, value);
}

function applyRule<K extends Name>(name: K, value: Given[K]): Treatment {
  return RULES[name](value, name);
}

function isKnown(name: string): name is Name {
  return Object.hasOwn(RULES, name);
}
