// What becomes of each request parameter that is not simply translated: one table, so that what the gateway takes,
// ignores, drops and refuses is read in one place. Source: OpenAI's API reference against Bedrock Converse; the gateway
// keeps no responses, so whatever refers to a kept one is refused.
import { notOneOf, unsupportedParameter, unsupportedWord } from '../../refusals.ts';
import type { ResponseBody } from './schema.ts';

/** `accepted`: translated elsewhere, or without effect by nature. `dropped`: without effect, and the client is told. */
export type Treatment = 'accepted' | 'dropped';

type Name = keyof ResponseBody;
type Given = { [K in Name]-?: NonNullable<ResponseBody[K]> };
/** Sees only values that are neither absent nor null. Throws Refusal for what cannot be served. */
type Rule<Value> = (value: Value, name: Name) => Treatment;

const accept = (): Treatment => 'accepted';
const drop = (): Treatment => 'dropped';

function refuse(_value: unknown, name: Name): Treatment {
  throw unsupportedParameter(name);
}

function refuseUnlessOff(value: boolean | number, name: Name): Treatment {
  if (value === false || value === 0) return 'accepted';
  throw unsupportedParameter(name);
}

const TRUNCATIONS = ['auto', 'disabled'];

/** `auto` would leave out the middle of what is too long; here that is refused instead. */
function takeTruncation(word: string, name: Name): Treatment {
  if (!TRUNCATIONS.includes(word)) throw notOneOf(name, word, TRUNCATIONS);
  return word === 'auto' ? 'dropped' : 'accepted';
}

const TIERS = ['auto', 'default', 'flex', 'priority', 'scale', 'fast'];

function takeTier(word: string, name: Name): Treatment {
  if (!TIERS.includes(word)) throw notOneOf(name, word, TIERS);
  return word === 'scale' || word === 'fast' ? 'dropped' : 'accepted';
}

/** These ask for more of what hosted tools and stored items would bring: there is none, so nothing is missing. */
const EMPTY_HERE = [
  'file_search_call.results',
  'web_search_call.results',
  'web_search_call.action.sources',
  'message.input_image.image_url',
  'computer_call_output.output.image_url',
  'code_interpreter_call.outputs',
];
export const ENCRYPTED_REASONING = 'reasoning.encrypted_content';
const LOGPROBS = 'message.output_text.logprobs';
const INCLUDABLE = [ENCRYPTED_REASONING, ...EMPTY_HERE, LOGPROBS];

function takeInclude(words: readonly string[], name: Name): Treatment {
  for (const [index, word] of words.entries()) {
    const path = `${name}[${index}]`;
    if (!INCLUDABLE.includes(word)) throw notOneOf(path, word, INCLUDABLE);
    if (word === LOGPROBS) throw unsupportedWord(path, word);
  }
  return 'accepted';
}

const VERBOSITIES = ['low', 'medium', 'high'];

/** Verbosity is a wish about style that no other model has a switch for. */
function takeText({ verbosity }: Given['text']): Treatment {
  if (typeof verbosity === 'string' && !VERBOSITIES.includes(verbosity))
    throw notOneOf('text.verbosity', verbosity, VERBOSITIES);
  return 'accepted';
}

const CACHE_MODES = ['implicit', 'explicit'];

/** Breakpoints last for the shorter of Bedrock's lifetimes, which costs less: any other wish is named. */
function takeCacheOptions({ mode, ttl }: Given['prompt_cache_options']): Treatment {
  if (typeof mode === 'string' && !CACHE_MODES.includes(mode))
    throw notOneOf('prompt_cache_options.mode', mode, CACHE_MODES);
  return typeof ttl === 'string' && ttl !== '5m' ? 'dropped' : 'accepted';
}

/** Exhaustive by type: a field added to the schema without a rule does not compile. */
const RULES: { readonly [K in Name]: Rule<Given[K]> } = {
  model: accept,
  input: accept,
  instructions: accept,
  max_output_tokens: accept,
  temperature: accept,
  top_p: accept,
  tools: accept,
  tool_choice: accept,
  parallel_tool_calls: accept,
  text: takeText,
  reasoning: accept,
  include: takeInclude,
  stream: accept,
  stream_options: accept,
  // True is OpenAI's default, so nearly every client means nothing by it; the answer says that nothing was stored.
  store: accept,
  background: refuseUnlessOff,
  previous_response_id: refuse,
  conversation: refuse,
  prompt: refuse,
  truncation: takeTruncation,
  top_logprobs: refuseUnlessOff,
  service_tier: takeTier,
  metadata: accept,
  user: accept,
  safety_identifier: accept,
  prompt_cache_key: accept,
  prompt_cache_options: takeCacheOptions,
  prompt_cache_retention: accept,
  context_management: drop,
  // A limit on hosted tools, of which there are none.
  max_tool_calls: drop,
  moderation: refuse,
};

/**
 * Judges every parameter of the body and returns the names of those without effect.
 *
 * @throws Refusal `unsupported_parameter`, `unsupported_value` or `invalid_value`
 */
export function judgeParameters(body: ResponseBody): string[] {
  return Object.keys(body).filter((name) => judge(body, name) === 'dropped');
}

function judge(body: ResponseBody, name: string): Treatment {
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
