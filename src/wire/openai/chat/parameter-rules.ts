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
const drop = (): Treatment => 'dropped';

function refuse(_value: unknown, name: Name): Treatment {
  throw unsupportedParameter(name);
}

function refuseUnlessEmpty(value: object, name: Name): Treatment {
  if (Object.keys(value).length === 0) return 'accepted';
  throw unsupportedParameter(name);
}

/** Only what asks for the default is harmless while there are no tools. */
function refuseUnlessUndemanding(value: unknown, name: Name): Treatment {
  if (value === 'none' || value === 'auto') return 'accepted';
  throw unsupportedValue(name, 'asks for a tool call, and tools are not supported by this gateway');
}

function refuseTools(tools: readonly unknown[], name: Name): Treatment {
  if (tools.length === 0) return 'accepted';
  const custom = tools.findIndex(isCustomTool);
  if (custom === -1) throw unsupportedParameter(name);
  throw unsupportedWord(`tools[${custom}].type`, 'custom');
}

function isCustomTool(tool: unknown): boolean {
  return typeof tool === 'object' && tool !== null && 'type' in tool && tool.type === 'custom';
}

const RESPONSE_FORMATS = ['text', 'json_object', 'json_schema'];

function takeTextFormat({ type }: { type: string }): Treatment {
  if (type === 'text') return 'accepted';
  if (RESPONSE_FORMATS.includes(type)) throw unsupportedWord('response_format.type', type);
  throw notOneOf('response_format.type', type, RESPONSE_FORMATS);
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

const acceptZero = (value: number): Treatment => (value === 0 ? 'accepted' : 'dropped');
const acceptDefaultTier = (tier: string): Treatment =>
  tier === 'auto' || tier === 'default' ? 'accepted' : 'dropped';
const acceptTrue = (value: boolean): Treatment => (value ? 'accepted' : 'dropped');

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
  tools: refuseTools,
  tool_choice: refuseUnlessUndemanding,
  parallel_tool_calls: acceptTrue,
  functions: refuseUnlessEmpty,
  function_call: refuseUnlessUndemanding,
  response_format: takeTextFormat,
  // A model that does not reason loses nothing by it; the families that do are not served with it yet.
  reasoning_effort: drop,
  verbosity: accept,
  seed: accept,
  logprobs: refuseUnlessOff,
  top_logprobs: refuseUnlessOff,
  logit_bias: refuseUnlessEmpty,
  frequency_penalty: acceptZero,
  presence_penalty: acceptZero,
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
  prompt_cache_options: drop,
  prompt_cache_retention: accept,
  service_tier: acceptDefaultTier,
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
