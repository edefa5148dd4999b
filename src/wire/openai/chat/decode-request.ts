// An OpenAI chat completion request in the words of the house. What cannot be served is refused here, before any
// money is held; nothing is changed in silence.
import { Refusal } from '../../../canonical/refusal.ts';
import { type ChatRequest, PLAIN_REQUEST } from '../../../canonical/request.ts';
import { createDroppedNames } from '../../dropped-names.ts';
import { decodeMessages } from './decode-messages.ts';
import { judgeParameters } from './parameter-rules.ts';
import type { ChatCompletionBody } from './schema.ts';

export interface DecodedRequest {
  request: ChatRequest;
  /** True when the client wants the usage chunk at the end of its stream. */
  includeUsage: boolean;
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
  for (const name of judgeParameters(body)) dropped.add(name);
  const { system, turns } = decodeMessages(body.messages);
  if (body.messages.some(hasCacheBreakpoint)) dropped.add('prompt_cache_breakpoint');
  return {
    request: {
      ...PLAIN_REQUEST,
      model: body.model,
      system,
      turns,
      maxOutputTokens: body.max_completion_tokens ?? body.max_tokens ?? null,
      temperature: body.temperature ?? null,
      topP: body.top_p ?? null,
      stopSequences: decodeStop(body.stop),
      stream,
    },
    includeUsage: body.stream_options?.include_usage ?? false,
    dropped: dropped.list(),
  };
}

/** An empty stop string would stop everything or nothing, and Bedrock refuses it. */
function decodeStop(stop: ChatCompletionBody['stop']): string[] {
  const all = typeof stop === 'string' ? [stop] : (stop ?? []);
  return all.filter((each) => each !== '');
}

function hasCacheBreakpoint({ content }: ChatCompletionBody['messages'][number]): boolean {
  return Array.isArray(content) && content.some((part) => (part.prompt_cache_breakpoint ?? null) !== null);
}
