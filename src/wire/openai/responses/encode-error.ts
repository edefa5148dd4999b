// A failure as this API tells it: OpenAI's envelope, but with the names that its fields have here. What comes after the
// dialect (the model's own limits, the upstream) blames fields by the names of chat completions.
import { Refusal } from '../../../canonical/refusal.ts';
import type { UpstreamError } from '../../../canonical/upstream-error.ts';
import { type EncodedError, encodeError as encodeOpenAiError } from '../encode-error.ts';

/** Longest first where one name begins another. */
const FIELDS: readonly (readonly [string, string])[] = [
  ['messages', 'input'],
  ['response_format.json_schema', 'text.format'],
  ['response_format', 'text.format'],
  ['reasoning_effort', 'reasoning.effort'],
  ['max_completion_tokens', 'max_output_tokens'],
  ['max_tokens', 'max_output_tokens'],
];

export function encodeError(error: Refusal | UpstreamError): EncodedError {
  const encoded = encodeOpenAiError(error);
  const { message, param } = encoded.body.error;
  // A limit's hint names its field in passing.
  const hinted =
    error instanceof Refusal && error.kind === 'insufficient_quota'
      ? message.replace('lower max_tokens', 'lower max_output_tokens')
      : message;
  const named = param === null ? null : mapParam(param);
  const said = param === null || named === null ? hinted : hinted.replaceAll(`'${param}'`, `'${named}'`);
  return { ...encoded, body: { error: { ...encoded.body.error, message: said, param: named } } };
}

/** `messages[0].content` -> `input[0].content`, `tools[0].function.name` -> `tools[0].name`. */
export function mapParam(param: string): string {
  for (const [theirs, ours] of FIELDS) {
    if (param === theirs || param.startsWith(`${theirs}.`) || param.startsWith(`${theirs}[`))
      return ours + param.slice(theirs.length);
  }
  return param
    .replace(/^(tools(?:\[\d+\])?)\.function\b/, '$1')
    .replace(/^tool_choice\.function\b/, 'tool_choice');
}

type FailureCode = 'server_error' | 'rate_limit_exceeded' | 'invalid_prompt';

/** The code of a failed response: of OpenAI's closed list, those that can be true here. */
export function failureCode(error: Refusal | UpstreamError): FailureCode {
  const { status } = encodeOpenAiError(error);
  if (status === 429) return 'rate_limit_exceeded';
  return status >= 500 ? 'server_error' : 'invalid_prompt';
}
