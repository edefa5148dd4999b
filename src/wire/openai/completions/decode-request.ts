// A prompt to go on from, as a chat of one user turn: Bedrock's chat models have no other form of it.
import { Refusal } from '../../../canonical/refusal.ts';
import { type ChatRequest, PLAIN_REQUEST } from '../../../canonical/request.ts';
import { createDroppedNames } from '../../dropped-names.ts';
import {
  invalidType,
  invalidValue,
  missingParameter,
  unsupportedParameter,
  unsupportedValue,
} from '../../refusals.ts';
import { CompletionBody } from './schema.ts';

export interface DecodedCompletion {
  request: ChatRequest;
  /** True when the client wants the usage chunk at the end of its stream. */
  includeUsage: boolean;
  /** Names of parameters without effect; safe as a header value when joined by commas. */
  dropped: string[];
}

/** OpenAI's own default of this route. */
const DEFAULT_MAX_TOKENS = 16;

/** @throws Refusal with the path of what cannot be served */
export function decodeCompletion(body: CompletionBody): DecodedCompletion {
  const stream = body.stream ?? false;
  if (!stream && body.stream_options !== undefined && body.stream_options !== null) {
    const message = "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
    throw new Refusal('invalid_value', message, { param: 'stream_options' });
  }
  refuseUnserved(body);
  const dropped = createDroppedNames();
  for (const name of Object.keys(body))
    if (!Object.hasOwn(CompletionBody.properties, name)) dropped.add(name);
  const text = decodePrompt(body.prompt ?? null);
  return {
    request: {
      ...PLAIN_REQUEST,
      model: body.model,
      turns: [{ role: 'user', content: [{ kind: 'text', text }] }],
      maxOutputTokens: body.max_tokens ?? DEFAULT_MAX_TOKENS,
      temperature: body.temperature ?? null,
      topP: body.top_p ?? null,
      frequencyPenalty: body.frequency_penalty || null,
      presencePenalty: body.presence_penalty || null,
      stopSequences: [body.stop ?? []].flat().filter((each) => each !== ''),
      stream,
    },
    includeUsage: body.stream_options?.include_usage ?? false,
    dropped: dropped.list(),
  };
}

/** What would need the model's own probabilities, or a second text, is not to be had. */
function refuseUnserved(body: CompletionBody): void {
  const oneOnly = 'must be 1: this gateway answers with one choice';
  if ((body.n ?? 1) > 1) throw unsupportedValue('n', oneOnly);
  if ((body.best_of ?? 1) > 1) throw unsupportedValue('best_of', oneOnly);
  if (body.echo === true) throw unsupportedParameter('echo');
  if (body.logprobs !== undefined && body.logprobs !== null) throw unsupportedParameter('logprobs');
  if (Object.keys(body.logit_bias ?? {}).length > 0) throw unsupportedParameter('logit_bias');
  if ((body.suffix ?? '') !== '') throw unsupportedParameter('suffix');
}

function decodePrompt(prompt: NonNullable<CompletionBody['prompt']> | null): string {
  if (prompt === null) throw missingParameter('prompt');
  const prompts: readonly unknown[] = typeof prompt === 'string' ? [prompt] : prompt;
  if (prompts.some((each) => typeof each === 'number' || Array.isArray(each)))
    throw unsupportedValue('prompt', 'must be text: tokens are those of another model');
  if (prompts.length > 1) throw unsupportedValue('prompt', 'must be one text: this gateway answers one');
  const [text] = prompts;
  if (text === undefined || text === '') throw invalidValue('prompt', 'expected a text that is not empty');
  if (typeof text !== 'string') throw invalidType('prompt[0]', 'a string', describe(text));
  return text;
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'boolean' ? 'a boolean' : 'an object';
}
