// Every way an upstream can fail before its first event, with what each dialect's clients are told, whether another
// target is asked, and what it costs.
import type { Behaviour } from '../../../src/simulator/simulator.ts';

export interface ErrorRow {
  name: string;
  behaviour: Behaviour;
  /** How the attempt is called on the receipt. */
  outcome: string;
  openai: [status: number, type: string, code: string | null, param?: string];
  anthropic: [status: number, type: string];
  /** Header `retry-after` of both dialects; absent: none. */
  retryAfter?: [openai: string, anthropic: string];
  /** `x-should-retry: false` */
  isFinal?: true;
  /** Another target is asked. */
  moves?: true;
  /** The request may have run: our count of its input is charged. */
  isCharged?: true;
  /** What the message must contain. */
  text?: RegExp;
}

const INVALID = 'invalid_request_error';
const SERVER = 'server_error';

function error(exception: string, extra: object = {}): Behaviour {
  return { kind: 'error', exception, ...extra };
}

const rejects = (message: string) => error('ValidationException', { message });
const rejected = (code: string | null, param?: string) =>
  ({
    outcome: 'rejected',
    openai: param === undefined ? [400, INVALID, code] : [400, INVALID, code, param],
    anthropic: [400, INVALID],
  }) satisfies Partial<ErrorRow>;
const tooLong = {
  outcome: 'context_length',
  openai: [400, INVALID, 'context_length_exceeded', 'messages'],
  anthropic: [400, INVALID],
} satisfies Partial<ErrorRow>;
const unknown = {
  outcome: 'not_found',
  openai: [404, INVALID, 'model_not_found', 'model'],
  anthropic: [404, 'not_found_error'],
} satisfies Partial<ErrorRow>;
const ourKeys = {
  outcome: 'auth',
  openai: [500, SERVER, 'upstream_auth_error'],
  anthropic: [500, 'api_error'],
  moves: true,
} satisfies Partial<ErrorRow>;
const broken = {
  openai: [502, SERVER, 'upstream_error'],
  anthropic: [500, 'api_error'],
  isCharged: true,
} satisfies Partial<ErrorRow>;

/** By exception. */
export const EXCEPTIONS: ErrorRow[] = [
  {
    name: 'ThrottlingException',
    behaviour: error('ThrottlingException'),
    outcome: 'throttled',
    openai: [429, 'requests', 'rate_limit_exceeded'],
    anthropic: [429, 'rate_limit_error'],
    retryAfter: ['1', '1'],
    moves: true,
  },
  {
    name: 'ThrottlingException that says when',
    behaviour: error('ThrottlingException', { retryAfterSeconds: 3 }),
    outcome: 'throttled',
    openai: [429, 'requests', 'rate_limit_exceeded'],
    anthropic: [429, 'rate_limit_error'],
    retryAfter: ['3', '3'],
    moves: true,
  },
  {
    name: 'ModelNotReadyException',
    behaviour: error('ModelNotReadyException'),
    outcome: 'not_ready',
    openai: [503, SERVER, 'model_not_ready'],
    anthropic: [529, 'overloaded_error'],
    retryAfter: ['5', '5'],
    moves: true,
  },
  {
    name: 'ServiceQuotaExceededException',
    behaviour: error('ServiceQuotaExceededException'),
    outcome: 'quota',
    openai: [429, 'requests', 'rate_limit_exceeded'],
    anthropic: [429, 'rate_limit_error'],
    isFinal: true,
    moves: true,
  },
  {
    name: 'ServiceUnavailableException',
    behaviour: error('ServiceUnavailableException'),
    outcome: 'unavailable',
    openai: [503, SERVER, 'service_unavailable'],
    anthropic: [529, 'overloaded_error'],
    retryAfter: ['1', '1'],
    moves: true,
  },
  {
    name: 'InternalServerException',
    behaviour: error('InternalServerException'),
    outcome: 'internal',
    ...broken,
  },
  {
    name: 'ModelTimeoutException',
    behaviour: error('ModelTimeoutException'),
    outcome: 'timeout',
    openai: [504, SERVER, 'upstream_timeout'],
    anthropic: [504, 'timeout_error'],
    isCharged: true,
  },
  { name: 'ModelErrorException', behaviour: error('ModelErrorException'), outcome: 'model_error', ...broken },
  {
    name: 'ModelErrorException of a model that broke',
    behaviour: error('ModelErrorException', { members: { originalStatusCode: 500 } }),
    outcome: 'model_error',
    ...broken,
  },
  {
    name: 'ModelErrorException of a model that refused',
    behaviour: error('ModelErrorException', { members: { originalStatusCode: 422 } }),
    ...rejected(null),
  },
  { name: 'ValidationException', behaviour: error('ValidationException'), ...rejected(null) },
  {
    name: 'AccessDeniedException about the model',
    behaviour: error('AccessDeniedException'),
    outcome: 'model_access',
    openai: [403, 'permission_error', 'model_access_denied', 'model'],
    anthropic: [403, 'permission_error'],
    moves: true,
  },
  {
    name: 'AccessDeniedException about us',
    behaviour: error('AccessDeniedException', { message: 'Authentication failed' }),
    ...ourKeys,
  },
  ...[
    'UnrecognizedClientException',
    'ExpiredTokenException',
    'InvalidSignatureException',
    'MissingAuthenticationTokenException',
    'IncompleteSignatureException',
  ].map((name): ErrorRow => ({ name, behaviour: error(name), ...ourKeys })),
  { name: 'ResourceNotFoundException', behaviour: error('ResourceNotFoundException'), ...unknown },
  {
    name: 'ConflictException',
    behaviour: error('ConflictException'),
    outcome: 'conflict',
    openai: [409, INVALID, 'conflict'],
    anthropic: [409, 'conflict_error'],
  },
  {
    name: "a proxy's page",
    behaviour: { kind: 'raw', status: 502, body: '<html>secret page</html>' },
    outcome: 'internal',
    ...broken,
  },
  {
    name: 'a reset after the request was sent',
    behaviour: { kind: 'cut', how: 'reset' },
    outcome: 'reset',
    openai: [502, SERVER, 'upstream_connection_error'],
    anthropic: [500, 'api_error'],
    isCharged: true,
  },
];

/** By the text of a ValidationException. */
export const REJECTIONS: ErrorRow[] = [
  ...[
    'Input is too long for requested model.',
    'The model returned the following errors: prompt is too long: 210000 tokens > 200000 maximum',
    'Too many input tokens. Max input tokens: 8192, request input token count: 9000',
    "This model's maximum context length is 131072 tokens. Please reduce the length",
    "The request exceeds the model's maximum of 8192 tokens",
    'input length and `max_tokens` exceed context limit: 199000 + 4096 > 200000',
  ].map(
    (message): ErrorRow => ({
      name: message,
      behaviour: rejects(message),
      ...tooLong,
      text: /\d|too long/,
    }),
  ),
  ...[
    "Invocation of model ID x with on-demand throughput isn't supported. Retry with an inference profile.",
    'The provided model identifier is invalid.',
  ].map(
    (message): ErrorRow => ({
      name: message,
      behaviour: rejects(message),
      ...unknown,
      text: /administrator/,
    }),
  ),
  {
    name: 'a model at the end of its life',
    behaviour: error('ResourceNotFoundException', {
      message: 'This model version has reached the end of its life.',
    }),
    ...unknown,
    text: /end of its life\. An administrator/,
  },
  {
    name: 'tools in a stream',
    behaviour: rejects("This model doesn't support tool use in streaming mode."),
    ...rejected('unsupported_value', 'tools'),
  },
  {
    name: 'a kind of content',
    behaviour: rejects("This model doesn't support the image content block that you provided."),
    ...rejected('unsupported_value', 'messages'),
  },
  {
    name: 'system messages',
    behaviour: rejects("This model doesn't support system messages."),
    ...rejected('unsupported_value', 'messages'),
  },
  {
    name: 'tools',
    behaviour: rejects("This model doesn't support tool use."),
    ...rejected('unsupported_value', 'tools'),
  },
  {
    name: 'a field it does not know',
    behaviour: rejects('The model returned the following errors: top_k: Extra inputs are not permitted'),
    ...rejected('unsupported_parameter', 'top_k'),
  },
  {
    name: 'temperature and top_p',
    behaviour: rejects('`temperature` and `top_p` cannot both be specified for this model.'),
    ...rejected('unsupported_value', 'top_p'),
  },
  {
    name: 'a deprecated field',
    behaviour: rejects(
      'The model returned the following errors: `temperature` is deprecated for this model.',
    ),
    ...rejected('unsupported_parameter', 'temperature'),
  },
  {
    name: 'more output than the model has',
    behaviour: rejects('The maximum tokens you requested exceeds the model limit of 10000.'),
    ...rejected('invalid_value', 'max_tokens'),
  },
  {
    name: 'a mistake of our own',
    behaviour: rejects('The toolConfig field must be defined when using toolUse blocks.'),
    ...rejected(null),
  },
  {
    name: 'anything else, without account and ARN',
    behaviour: rejects('arn:aws:bedrock:us-east-1:123456789012:x of 123456789012 is odd'),
    ...rejected(null),
    text: /\[arn\] of \[account\] is odd/,
  },
];

export interface StreamErrorRow {
  /** As it stands in the exception frame. */
  name: string;
  outcome: string;
  openai: [type: string, code: string | null];
  anthropic: string;
}

/** In a stream, after its first event: the status has gone, the error is an event. */
export const IN_STREAM: StreamErrorRow[] = [
  {
    name: 'ThrottlingException',
    outcome: 'throttled',
    openai: ['requests', 'rate_limit_exceeded'],
    anthropic: 'rate_limit_error',
  },
  {
    name: 'ModelStreamErrorException',
    outcome: 'model_error',
    openai: [SERVER, 'upstream_error'],
    anthropic: 'api_error',
  },
  {
    name: 'InternalServerException',
    outcome: 'internal',
    openai: [SERVER, 'upstream_error'],
    anthropic: 'api_error',
  },
  { name: 'ValidationException', outcome: 'rejected', openai: [INVALID, null], anthropic: INVALID },
  {
    name: 'ServiceUnavailableException',
    outcome: 'unavailable',
    openai: [SERVER, 'service_unavailable'],
    anthropic: 'overloaded_error',
  },
  // Not in the union of the stream's exceptions, and sent all the same.
  {
    name: 'ModelTimeoutException',
    outcome: 'timeout',
    openai: [SERVER, 'upstream_timeout'],
    anthropic: 'timeout_error',
  },
];
