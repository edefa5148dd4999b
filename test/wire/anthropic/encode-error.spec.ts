import t from 'tap';
import { Refusal, type RefusalKind } from '../../../src/canonical/refusal.ts';
import { UpstreamError, type UpstreamErrorKind } from '../../../src/canonical/upstream-error.ts';
import { encodeError } from '../../../src/wire/anthropic/encode-error.ts';

const NOW = new Date('2026-11-25T10:00:00Z');
const CONTEXT = { requestId: 'r1', now: NOW };

type Row = [status: number, type: string, headers?: Record<string, string>];

const INVALID: Row = [400, 'invalid_request_error'];
const API: Row = [500, 'api_error'];
const AGAIN = { 'retry-after': '1' };
const NEVER = { 'x-should-retry': 'false' };

const REFUSALS: Record<RefusalKind, Row> = {
  no_key: [401, 'authentication_error'],
  bad_key: [401, 'authentication_error'],
  forbidden: [403, 'permission_error'],
  model_not_found: [404, 'not_found_error'],
  model_not_allowed: [403, 'permission_error'],
  invalid_json: INVALID,
  missing_parameter: INVALID,
  invalid_type: INVALID,
  invalid_value: INVALID,
  unsupported_parameter: INVALID,
  unsupported_value: INVALID,
  context_length: INVALID,
  insufficient_quota: [402, 'billing_error'],
  requests_limit: [429, 'rate_limit_error', AGAIN],
  tokens_limit: [429, 'rate_limit_error', AGAIN],
  tokens_beyond_limit: [429, 'rate_limit_error', NEVER],
  parallel_limit: [429, 'rate_limit_error', AGAIN],
  too_large: [413, 'request_too_large'],
  unsupported_media_type: [415, 'invalid_request_error'],
  unknown_route: [404, 'not_found_error'],
  method_not_allowed: [405, 'invalid_request_error'],
  service_unavailable: [503, 'overloaded_error', AGAIN],
  internal: API,
};

const UPSTREAM: Record<UpstreamErrorKind, Row> = {
  rejected: INVALID,
  context_length: INVALID,
  model_access: [403, 'permission_error'],
  conflict: [409, 'conflict_error'],
  not_found: [404, 'not_found_error'],
  auth: API,
  throttled: [429, 'rate_limit_error', AGAIN],
  not_ready: [529, 'overloaded_error', { 'retry-after': '5' }],
  quota: [429, 'rate_limit_error', NEVER],
  unavailable: [529, 'overloaded_error', AGAIN],
  connect_failed: API,
  internal: API,
  model_error: API,
  timeout: [504, 'timeout_error'],
  reset: API,
  incomplete: API,
  malformed: API,
};

t.test('every refusal has a status, a type and its words', async (t) => {
  for (const [kind, [status, type, headers = {}]] of Object.entries(REFUSALS)) {
    const told = encodeError(new Refusal(kind as RefusalKind, 'text'), CONTEXT);
    const message = kind === 'internal' ? 'The gateway failed while it handled the request.' : 'text';
    t.same(
      told,
      { status, headers, body: { type: 'error', error: { type, message }, request_id: 'r1' } },
      kind,
    );
  }
});

t.test('every failure of an upstream has a status and a type', async (t) => {
  for (const [kind, [status, type, headers = {}]] of Object.entries(UPSTREAM)) {
    const told = encodeError(
      new UpstreamError({ kind: kind as UpstreamErrorKind, message: 'text' }),
      CONTEXT,
    );
    const message = kind === 'auth' ? 'The gateway could not authenticate with its model provider.' : 'text';
    t.same(
      told,
      { status, headers, body: { type: 'error', error: { type, message }, request_id: 'r1' } },
      kind,
    );
  }
});

t.test('a model’s own words come unmodified: clients read them', async (t) => {
  const words = 'prompt is too long: 210000 tokens > 200000 maximum';
  const message = `The model returned the following errors: ${words}`;
  const told = encodeError(new UpstreamError({ kind: 'context_length', message }), CONTEXT);
  t.equal(told.body.error.message, words);
});

t.test('the message names the field, once, as Anthropic spells it', async (t) => {
  const say = (message: string, param: string) =>
    encodeError(new Refusal('invalid_value', message, { param }), CONTEXT).body.error.message;
  t.equal(
    say("Invalid 'messages[0].content': no.", 'messages[0].content'),
    "Invalid 'messages.0.content': no.",
  );
  t.equal(say('Not so.', 'tools[2].name'), 'tools.2.name: Not so.');
  t.equal(
    say("Invalid 'tools[0].function.parameters': no.", 'tools[0].function.parameters'),
    "Invalid 'tools.0.input_schema': no.",
  );
  t.equal(
    say("Unsupported value: 'response_format' x.", 'response_format'),
    "Unsupported value: 'output_config.format' x.",
  );
});

t.test('waiting is short, whatever an upstream says', async (t) => {
  const wait = (kind: UpstreamErrorKind, retryAfterMs: number) =>
    encodeError(new UpstreamError({ kind, message: '', retryAfterMs }), CONTEXT).headers['retry-after'];
  t.equal(wait('throttled', 2_100), '3');
  t.equal(wait('throttled', 900_000), '5');
  t.equal(wait('unavailable', 900_000), '10');
  const limited = new Refusal('requests_limit', '', { retryAfterSeconds: 41.2 });
  t.equal(encodeError(limited, CONTEXT).headers['retry-after'], '42');
});

t.test('a limit’s refusal says what is left', async (t) => {
  const requests = { limit: 3, remaining: 0, resetMs: 20_000 };
  const refusal = new Refusal('requests_limit', 'x', { rateLimits: { requests, tokens: undefined } });
  t.match(encodeError(refusal, CONTEXT).headers, {
    'anthropic-ratelimit-requests-limit': '3',
    'anthropic-ratelimit-requests-remaining': '0',
    'anthropic-ratelimit-requests-reset': '2026-11-25T10:00:20Z',
  });
});

t.test('a refused thread says so in the words by which SDKs go on without one', async (t) => {
  const refusal = new Refusal('unsupported_parameter', 'x', { param: 'thread' });
  t.same(encodeError(refusal, CONTEXT).body.error.details, {
    error_code: 'thread_unsupported_request',
    unsupported: ['thread'],
  });
});
