// An OpenAI chat completion request in the words of the house. What cannot be served is refused here, before any
// money is held; nothing is changed in silence.
import { Refusal } from '../../../canonical/refusal.ts';
import {
  type ChatRequest,
  EFFORTS,
  PLAIN_REQUEST,
  type Reasoning,
  type ServiceTier,
} from '../../../canonical/request.ts';
import { createDroppedNames } from '../../dropped-names.ts';
import { notOneOf } from '../../refusals.ts';
import { decodeBedrockOptions } from './decode-bedrock-options.ts';
import { decodeCacheOptions } from './decode-cache.ts';
import { decodeMessages } from './decode-messages.ts';
import { decodeResponseFormat } from './decode-response-format.ts';
import { decodeTools, type ToolStyle } from './decode-tools.ts';
import { judgeParameters } from './parameter-rules.ts';
import type { ChatCompletionBody } from './schema.ts';

export interface DecodedRequest {
  request: ChatRequest;
  /** True when the client wants the usage chunk at the end of its stream. */
  includeUsage: boolean;
  /** How the client wants to read of tool calls. */
  toolStyle: ToolStyle;
  /** Names of parameters that were accepted and have no effect; safe as a header value when joined by commas. */
  dropped: string[];
}

/**
 * @param body validated against `ChatCompletionBody`
 * @throws Refusal of kind `missing_parameter`, `invalid_type`, `invalid_value`, `unsupported_parameter` or
 *   `unsupported_value`, with the path of the field
 */
export function decodeRequest(body: ChatCompletionBody): DecodedRequest {
  const stream = body.stream ?? false;
  if (!stream && body.stream_options !== undefined && body.stream_options !== null) {
    const message = "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
    throw new Refusal('invalid_value', message, { param: 'stream_options' });
  }
  const dropped = createDroppedNames();
  const drop = (name: string): void => dropped.add(name);
  for (const name of judgeParameters(body)) drop(name);
  const cache = decodeCacheOptions(body.prompt_cache_options);
  const { style, ...tools } = decodeTools(body);
  return {
    request: {
      ...PLAIN_REQUEST,
      model: body.model,
      ...decodeMessages(body.messages, { cache, drop }),
      ...tools,
      responseFormat: decodeResponseFormat(body.response_format),
      reasoning: decodeEffort(body.reasoning_effort ?? null),
      ...decodeSampling(body),
      stopSequences: decodeStop(body.stop),
      serviceTier: decodeTier(body.service_tier ?? null),
      ...decodeBedrockOptions(body.bedrock),
      allowsAutomaticCaching: cache.allowsAutomaticCaching,
      stream,
    },
    includeUsage: body.stream_options?.include_usage ?? false,
    toolStyle: style,
    dropped: dropped.list(),
  };
}

type Sampling = Pick<
  ChatRequest,
  'maxOutputTokens' | 'temperature' | 'topP' | 'frequencyPenalty' | 'presencePenalty'
>;

function decodeSampling(body: ChatCompletionBody): Sampling {
  return {
    maxOutputTokens: body.max_completion_tokens ?? body.max_tokens ?? null,
    temperature: body.temperature ?? null,
    topP: body.top_p ?? null,
    // A penalty of 0 is none, so no model needs to take it.
    frequencyPenalty: body.frequency_penalty || null,
    presencePenalty: body.presence_penalty || null,
  };
}

/** An empty stop string would stop everything or nothing, and Bedrock refuses it. */
function decodeStop(stop: ChatCompletionBody['stop']): string[] {
  const all = typeof stop === 'string' ? [stop] : (stop ?? []);
  return all.filter((each) => each !== '');
}

function decodeEffort(word: string | null): Reasoning | null {
  if (word === null) return null;
  if (word === 'none') return { mode: 'off' };
  const effort = EFFORTS.find((each) => each === word);
  if (effort === undefined) throw notOneOf('reasoning_effort', word, ['none', ...EFFORTS]);
  // Claude's newer models hide their thoughts unless told otherwise; these clients read `reasoning_content`.
  return { mode: 'default', effort, display: 'summarized' };
}

const TIERS: readonly ServiceTier[] = ['default', 'flex', 'priority'];

/** What is none of Bedrock's tiers has been judged before. */
function decodeTier(word: string | null): ServiceTier | null {
  return TIERS.find((each) => each === word) ?? null;
}
