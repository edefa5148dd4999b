// Failures in the names of this API.
import t from 'tap';
import { Refusal } from '../../../../src/canonical/refusal.ts';
import { UpstreamError } from '../../../../src/canonical/upstream-error.ts';
import { encodeError, failureCode, mapParam } from '../../../../src/wire/openai/responses/encode-error.ts';

const NAMES: [string, string][] = [
  ['messages', 'input'],
  ['messages[2].content[0]', 'input[2].content[0]'],
  ['response_format', 'text.format'],
  ['response_format.type', 'text.format.type'],
  ['response_format.json_schema.schema', 'text.format.schema'],
  ['reasoning_effort', 'reasoning.effort'],
  ['max_tokens', 'max_output_tokens'],
  ['max_completion_tokens', 'max_output_tokens'],
  ['tools[3].function.name', 'tools[3].name'],
  ['tools', 'tools'],
  ['tool_choice.function.name', 'tool_choice.name'],
  ['tool_choice', 'tool_choice'],
  ['input[0].content', 'input[0].content'],
  ['metadata.messages', 'metadata.messages'],
  ['messages_x', 'messages_x'],
];

t.test('fields of chat completions are named as they are here', async (t) => {
  for (const [theirs, ours] of NAMES) t.equal(mapParam(theirs), ours, theirs);
});

t.test('the message names the same field', async (t) => {
  const refusal = new Refusal(
    'unsupported_value',
    "Unsupported value: 'reasoning_effort' is not for this model.",
    {
      param: 'reasoning_effort',
    },
  );
  t.match(encodeError(refusal), {
    status: 400,
    body: {
      error: {
        message: "Unsupported value: 'reasoning.effort' is not for this model.",
        param: 'reasoning.effort',
        code: 'unsupported_value',
      },
    },
  });
});

t.test('what is too long is the input, whoever says so', async (t) => {
  const message = 'too long';
  for (const error of [
    new Refusal('context_length', message),
    new UpstreamError({ kind: 'context_length', message }),
  ])
    t.match(encodeError(error).body.error, { param: 'input', code: 'context_length_exceeded', message });
});

t.test('what would fit is told by the name of the limit here', async (t) => {
  const refusal = new Refusal('insufficient_quota', 'what is left would cover 5: lower max_tokens.');
  t.equal(encodeError(refusal).body.error.message, 'what is left would cover 5: lower max_output_tokens.');
});

t.test('failures of a response have the codes of the closed list', async (t) => {
  const message = 'm';
  t.equal(failureCode(new UpstreamError({ kind: 'throttled', message })), 'rate_limit_exceeded');
  t.equal(failureCode(new UpstreamError({ kind: 'reset', message })), 'server_error');
  t.equal(failureCode(new UpstreamError({ kind: 'rejected', message })), 'invalid_prompt');
});
