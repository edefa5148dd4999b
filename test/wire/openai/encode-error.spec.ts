import t from 'tap';
import { Refusal, type RefusalKind } from '../../../src/canonical/refusal.ts';
import { UpstreamError, type UpstreamErrorKind } from '../../../src/canonical/upstream-error.ts';
import { encodeError } from '../../../src/wire/openai/encode-error.ts';

type Row = [
  status: number,
  type: string,
  code: string | null,
  param: string | null,
  headers: Record<string, string>,
];
const INVALID = 'invalid_request_error';

const REFUSALS: Record<RefusalKind, Row> = {
  no_key: [401, INVALID, null, null, {}],
  bad_key: [401, INVALID, 'invalid_api_key', null, {}],
  forbidden: [403, INVALID, 'forbidden', null, {}],
  model_not_found: [404, INVALID, 'model_not_found', 'model', {}],
  model_not_allowed: [403, INVALID, 'model_not_allowed', 'model', {}],
  invalid_json: [400, INVALID, null, null, {}],
  missing_parameter: [400, INVALID, 'missing_required_parameter', null, {}],
  invalid_type: [400, INVALID, 'invalid_type', null, {}],
  invalid_value: [400, INVALID, 'invalid_value', null, {}],
  unsupported_parameter: [400, INVALID, 'unsupported_parameter', null, {}],
  unsupported_value: [400, INVALID, 'unsupported_value', null, {}],
  context_length: [400, INVALID, 'context_length_exceeded', 'messages', {}],
  insufficient_quota: [429, 'insufficient_quota', 'insufficient_quota', null, { 'x-should-retry': 'false' }],
  requests_limit: [429, 'requests', 'rate_limit_exceeded', null, { 'retry-after': '1' }],
  tokens_limit: [429, 'tokens', 'rate_limit_exceeded', null, { 'retry-after': '1' }],
  tokens_beyond_limit: [429, 'tokens', 'rate_limit_exceeded', null, { 'x-should-retry': 'false' }],
  parallel_limit: [429, 'requests', 'rate_limit_exceeded', null, { 'retry-after': '1' }],
  too_large: [413, INVALID, 'request_too_large', null, {}],
  unsupported_media_type: [415, INVALID, 'unsupported_media_type', null, {}],
  unknown_route: [404, INVALID, 'unknown_url', null, {}],
  method_not_allowed: [405, INVALID, 'method_not_allowed', null, {}],
  service_unavailable: [503, 'server_error', 'service_unavailable', null, { 'retry-after': '1' }],
  internal: [500, 'server_error', 'internal_error', null, {}],
};

const UPSTREAM: Record<UpstreamErrorKind, Row> = {
  rejected: [400, INVALID, null, null, {}],
  context_length: [400, INVALID, 'context_length_exceeded', 'messages', {}],
  conflict: [409, INVALID, 'conflict', null, {}],
  model_access: [403, 'permission_error', 'model_access_denied', 'model', {}],
  not_found: [404, INVALID, 'model_not_found', 'model', {}],
  auth: [500, 'server_error', 'upstream_auth_error', null, {}],
  throttled: [429, 'requests', 'rate_limit_exceeded', null, { 'retry-after': '1' }],
  not_ready: [503, 'server_error', 'model_not_ready', null, { 'retry-after': '5' }],
  quota: [429, 'requests', 'rate_limit_exceeded', null, { 'x-should-retry': 'false' }],
  unavailable: [503, 'server_error', 'service_unavailable', null, { 'retry-after': '1' }],
  connect_failed: [502, 'server_error', 'upstream_connection_error', null, {}],
  internal: [502, 'server_error', 'upstream_error', null, {}],
  model_error: [502, 'server_error', 'upstream_error', null, {}],
  timeout: [504, 'server_error', 'upstream_timeout', null, {}],
  reset: [502, 'server_error', 'upstream_connection_error', null, {}],
  incomplete: [502, 'server_error', 'upstream_incomplete_stream', null, {}],
  malformed: [502, 'server_error', 'upstream_error', null, {}],
};

const HIDDEN = 'The gateway failed while it handled the request.';
const NEUTRAL = 'The gateway could not authenticate with its model provider.';
const THROTTLED = 'Upstream throttling: said.';
const MESSAGES: Record<string, string> = { internal: HIDDEN };
const UPSTREAM_MESSAGES: Record<string, string> = { auth: NEUTRAL, throttled: THROTTLED };

t.test('every refusal has its status, type, code, field and headers', async (t) => {
  for (const [kind, [status, type, code, param, headers]] of Object.entries(REFUSALS)) {
    // Object.entries forgets that the keys are the kinds.
    const encoded = encodeError(new Refusal(kind as RefusalKind, 'said.'));
    const message = MESSAGES[kind] ?? 'said.';
    t.strictSame(encoded, { status, headers, body: { error: { message, type, param, code } } }, kind);
  }
});

t.test('every upstream failure has its status, type, code, field and headers', async (t) => {
  for (const [kind, [status, type, code, param, headers]] of Object.entries(UPSTREAM)) {
    // As above.
    const encoded = encodeError(
      new UpstreamError({ kind: kind as UpstreamErrorKind, message: 'said.', status: 418 }),
    );
    const message = UPSTREAM_MESSAGES[kind] ?? 'said.';
    t.strictSame(encoded, { status, headers, body: { error: { message, type, param, code } } }, kind);
  }
});

t.test('the field a refusal names wins over the usual one', async (t) => {
  const refusal = new Refusal('invalid_type', 'x', { param: 'messages[0].content' });
  t.equal(encodeError(refusal).body.error.param, 'messages[0].content');
  t.equal(
    encodeError(new Refusal('model_not_found', 'x', { param: 'model_id' })).body.error.param,
    'model_id',
  );
});

t.test('all four members survive JSON', async (t) => {
  const { body } = encodeError(new Refusal('no_key', 'x'));
  t.equal(
    JSON.stringify(body),
    '{"error":{"message":"x","type":"invalid_request_error","param":null,"code":null}}',
  );
});

t.test('the wait is whole seconds within the bounds of its kind', async (t) => {
  const wait = (kind: UpstreamErrorKind, retryAfterMs: number) =>
    encodeError(new UpstreamError({ kind, message: 'x', retryAfterMs })).headers['retry-after'];
  t.equal(wait('throttled', 0), '1');
  t.equal(wait('throttled', 1001), '2');
  t.equal(wait('throttled', 90_000), '5');
  t.equal(wait('unavailable', 90_000), '60');
  t.equal(wait('not_ready', 1), '5');
  t.equal(wait('not_ready', 6000), '6');
  t.equal(wait('rejected', 6000), undefined);
  const refusal = new Refusal('service_unavailable', 'x', { retryAfterSeconds: 3 });
  t.equal(encodeError(refusal).headers['retry-after'], '3');
});

t.test('what went wrong inside, or with our credentials, is not told', async (t) => {
  const cause = new Error('password=secret');
  const bug = encodeError(new Refusal('internal', 'secret at file.ts:1', { cause }));
  const auth = encodeError(new UpstreamError({ kind: 'auth', message: 'secret AKIA123', cause }));
  t.notMatch(JSON.stringify([bug, auth]), /secret|AKIA/);
});

t.test('a refused request names its field and how it was wrong, where the upstream says so', async (t) => {
  const blame = { kind: 'invalid_value', field: 'max_tokens' } as const;
  const { status, body } = encodeError(new UpstreamError({ kind: 'rejected', message: 'too many', blame }));
  t.equal(status, 400);
  t.strictSame(body.error, {
    message: 'too many',
    type: INVALID,
    param: 'max_tokens',
    code: 'invalid_value',
  });
});

t.test('a model that cannot be had is answered with what an administrator can do about it', async (t) => {
  const hint = 'An administrator can help.';
  const { body } = encodeError(new UpstreamError({ kind: 'not_found', message: 'gone.', hint }));
  t.equal(body.error.message, 'gone. An administrator can help.');
});
