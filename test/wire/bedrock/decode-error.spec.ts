import t from 'tap';
import type { UpstreamErrorKind } from '../../../src/canonical/upstream-error.ts';
import { decodeError, decodeException } from '../../../src/wire/bedrock/decode-error.ts';

type Row = [name: string, status: number, kind: UpstreamErrorKind, message?: string, members?: object];

const say = (message: string, members: object = {}) => JSON.stringify({ message, ...members });

const EXCEPTIONS: Row[] = [
  ['ThrottlingException', 429, 'throttled'],
  ['ModelNotReadyException', 429, 'not_ready'],
  ['ServiceQuotaExceededException', 400, 'quota'],
  ['ServiceUnavailableException', 503, 'unavailable'],
  ['InternalServerException', 500, 'internal'],
  ['ModelTimeoutException', 408, 'timeout'],
  ['ModelErrorException', 424, 'model_error'],
  ['ModelErrorException', 424, 'model_error', 'it broke', { originalStatusCode: 500 }],
  ['ModelErrorException', 424, 'rejected', 'bad field', { originalStatusCode: 400 }],
  ['ModelStreamErrorException', 424, 'model_error'],
  ['ModelStreamErrorException', 424, 'model_error', 'it broke', { originalStatusCode: 400 }],
  ['ValidationException', 400, 'rejected', 'anything else'],
  ['ConflictException', 400, 'rejected'],
  ['ResourceNotFoundException', 404, 'not_found'],
  ['ResourceNotFoundException', 404, 'not_found', 'This model version has reached the end of its life.'],
  ['AccessDeniedException', 403, 'auth', 'Authentication failed'],
  [
    'AccessDeniedException',
    403,
    'model_access',
    "You don't have access to the model with the specified model ID.",
  ],
  ['UnrecognizedClientException', 403, 'auth'],
  ['ExpiredTokenException', 403, 'auth'],
  ['InvalidSignatureException', 403, 'auth'],
  ['MissingAuthenticationTokenException', 403, 'auth'],
  ['IncompleteSignatureException', 400, 'auth'],
];

t.test('every exception of Bedrock has its kind and keeps status, name and request id', async (t) => {
  for (const [name, status, kind, message = 'text', members] of EXCEPTIONS) {
    const error = decodeError({ status, errorType: name, body: say(message, members), requestId: 'r-1' });
    t.match(error, { kind, status, code: name, upstreamRequestId: 'r-1' }, `${name}: ${message}`);
  }
});

const VALIDATIONS: [message: string, kind: UpstreamErrorKind][] = [
  ['Input is too long for requested model.', 'context_length'],
  ['The model returned the following errors: prompt is too long: 9 tokens > 8 maximum', 'context_length'],
  ['Too many input tokens. Max input tokens: 8192', 'context_length'],
  ["This model's maximum context length is 10 tokens", 'context_length'],
  ["The request exceeds the model's maximum of 8", 'context_length'],
  ['input length and `max_tokens` exceed context limit', 'context_length'],
  ["Invocation of model ID x with on-demand throughput isn't supported.", 'not_found'],
  ['The provided model identifier is invalid.', 'not_found'],
  ["This model doesn't support tool use in streaming mode.", 'rejected'],
  ["This model doesn't support system messages.", 'rejected'],
  ['foo: Extra inputs are not permitted', 'rejected'],
  ['temperature and top_p cannot both be specified', 'rejected'],
  ['The maximum tokens you requested exceeds the model limit of 10000.', 'rejected'],
];

t.test('a refused request says what was wrong, with the upstream text kept', async (t) => {
  for (const [message, kind] of VALIDATIONS) {
    const error = decodeError({ status: 400, errorType: 'ValidationException', body: say(message) });
    t.match(error, { kind, message }, message);
  }
});

t.test('the name is found in the header, with suffix or namespace, or in the body', async (t) => {
  const name = (errorType: string | undefined, body: string) =>
    decodeError({ status: 400, errorType, body }).code;
  t.equal(name('ThrottlingException:http://internal.amazon.com/x', '{}'), 'ThrottlingException');
  t.equal(name('com.amazon.coral.service#ThrottlingException', '{}'), 'ThrottlingException');
  t.equal(name(undefined, '{"__type":"com.amazon#ThrottlingException"}'), 'ThrottlingException');
  t.equal(name('', '{}'), undefined);
});

t.test('an answer without a known name is judged by its status, and HTML is never shown', async (t) => {
  const kinds: [number, UpstreamErrorKind][] = [
    [400, 'rejected'],
    [401, 'auth'],
    [403, 'auth'],
    [404, 'not_found'],
    [407, 'auth'],
    [408, 'timeout'],
    [413, 'rejected'],
    [424, 'model_error'],
    [429, 'throttled'],
    [500, 'internal'],
    [502, 'internal'],
    [503, 'unavailable'],
    [504, 'timeout'],
    [302, 'internal'],
  ];
  for (const [status, kind] of kinds) {
    const error = decodeError({ status, body: '<html>secret page</html>' });
    t.equal(error.kind, kind, String(status));
    t.notMatch(error.message, /html|secret/);
    t.match(error.message, /\w+ .*\.$/, 'a sentence all the same');
  }
  t.equal(decodeError({ status: 503, errorType: 'SomethingNewException', body: '' }).kind, 'unavailable');
});

t.test('both spellings of the message are read', async (t) => {
  t.equal(decodeError({ status: 400, body: '{"Message":"upper"}' }).message, 'upper');
  t.equal(decodeError({ status: 400, body: '{"message":"lower"}' }).message, 'lower');
});

t.test('no text tells account ids, ARNs, credentials or our own policies', async (t) => {
  const arn = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc';
  const shown = decodeError({
    status: 400,
    errorType: 'ValidationException',
    body: say(`Model ${arn}, account 123456789012, key AKIAIOSFODNN7EXAMPLE, 131072 tokens`),
  }).message;
  t.equal(shown, 'Model [arn], account [account], key [credential], 131072 tokens');

  const iam = `User: arn:aws:iam::123456789012:user/x is not authorized to perform: bedrock:InvokeModel on resource: ${arn}`;
  const refused = decodeError({ status: 403, errorType: 'AccessDeniedException', body: say(iam) });
  t.equal(refused.kind, 'model_access');
  t.equal(refused.message, 'This model is not available to the gateway.');

  const signature = "The Canonical String for this request should have been 'POST /model/x'";
  const auth = decodeError({ status: 403, errorType: 'InvalidSignatureException', body: say(signature) });
  t.equal(auth.message, 'The gateway could not authenticate with the upstream.');
});

t.test('a message is bounded', async (t) => {
  t.ok(decodeError({ status: 400, body: say('x'.repeat(100_000)) }).message.length < 3_000);
});

t.test('the wish to be left alone for a while is read from either header', async (t) => {
  const delay = (headers: { retryAfter?: string; retryAfterMs?: string }) =>
    decodeError({ status: 429, body: '', ...headers }).retryAfterMs;
  t.equal(delay({ retryAfter: '3' }), 3000);
  t.equal(delay({ retryAfter: '3', retryAfterMs: '250' }), 250);
  t.equal(delay({ retryAfter: '0' }), 0);
  for (const odd of ['', '-1', 'soon', 'Wed, 21 Oct 2026 07:28:00 GMT', 'Infinity']) {
    t.equal(delay({ retryAfter: odd }), undefined, odd);
  }
});

t.test('an exception in a stream has the same kinds, without a status', async (t) => {
  const kinds: [string, UpstreamErrorKind][] = [
    ['throttlingException', 'throttled'],
    ['modelStreamErrorException', 'model_error'],
    ['internalServerException', 'internal'],
    ['validationException', 'rejected'],
    ['serviceUnavailableException', 'unavailable'],
    ['modelTimeoutException', 'timeout'],
    ['somethingNewException', 'internal'],
    ['', 'internal'],
  ];
  for (const [type, kind] of kinds) {
    const error = decodeException({ type, body: say('text'), requestId: 'r-2' });
    t.match(error, { kind, message: 'text', upstreamRequestId: 'r-2' }, type);
    t.equal(error.status, undefined);
  }
  t.equal(decodeException({ type: 'throttlingException', body: 'no json' }).code, 'ThrottlingException');
  t.equal(
    decodeException({ type: 'validationException', body: say('prompt is too long: 3 tokens > 2 maximum') })
      .kind,
    'context_length',
  );
});
