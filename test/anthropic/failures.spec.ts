// Whatever goes wrong, the SDK raises the class and the type that its users expect.
import Anthropic from '@anthropic-ai/sdk';
import t from 'tap';
import { startTestGateway } from '../helpers/gateway.ts';
import { limitKey } from '../plugins/limits/limited.ts';
import { ask, clientOf, rejectionOf } from './sdk.ts';

t.test('upstream failures before the first event are honest statuses', async (t) => {
  const gateway = await startTestGateway(t);
  const client = clientOf(gateway, await gateway.createKey());
  const long = 'prompt is too long: 210000 tokens > 200000 maximum';
  const rows: [exception: string, status: number, type: string, message?: string][] = [
    ['ThrottlingException', 429, 'rate_limit_error'],
    ['ModelNotReadyException', 529, 'overloaded_error'],
    ['ServiceUnavailableException', 529, 'overloaded_error'],
    ['InternalServerException', 500, 'api_error'],
    ['ModelTimeoutException', 504, 'timeout_error'],
    ['AccessDeniedException', 403, 'permission_error'],
    ['ExpiredTokenException', 500, 'api_error'],
    ['ResourceNotFoundException', 404, 'not_found_error'],
    ['ValidationException', 400, 'invalid_request_error', long],
  ];
  for (const [exception, status, type, message] of rows)
    for (const stream of [false, true]) {
      const told = message && `The model returned the following errors: ${message}`;
      gateway.simulator.script({
        times: 1,
        behaviour: { kind: 'error', exception, ...(told && { message: told }) },
      });
      const error = await rejectionOf(client.messages.create({ ...ask('ping'), stream }));
      if (!(error instanceof Anthropic.APIError)) throw error;
      t.match(error, { status, type }, exception);
      t.match(error.requestID, /^[\w-]+$/);
      if (message !== undefined) t.equal(error.apiMessage, message, 'unmodified: clients read it');
    }
});

t.test('a stream that breaks, or just ends, raises in raw reading and in the helper', async (t) => {
  const gateway = await startTestGateway(t);
  const client = clientOf(gateway, await gateway.createKey());
  const rows = [
    {
      fault: { kind: 'exception', name: 'ServiceUnavailableException', afterDeltas: 1 },
      type: 'overloaded_error',
    },
    { fault: { kind: 'clean-end' }, type: 'api_error' },
  ] as const;
  for (const { fault, type } of rows) {
    gateway.simulator.script({ times: 2, behaviour: { kind: 'answer', deltas: ['one ', 'two '], fault } });
    const raw = await client.messages.create({ ...ask('ping'), stream: true });
    const broken = (async () => {
      for await (const _event of raw);
    })();
    t.match(await rejectionOf(broken), { type, status: undefined });
    t.match(await rejectionOf(client.messages.stream(ask('ping')).finalMessage()), { type });
  }
});

t.test('what the gateway refuses has its class, and nothing is sent', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const client = clientOf(gateway, key);
  const poor = clientOf(gateway, await gateway.createKey({ month_quota: '0' }));
  const stranger = clientOf(gateway, { id: 0, secret: 'br-nobody' });
  const limited = await gateway.createKey();
  await limitKey(gateway, limited, { requests: 1 });
  t.match(await rejectionOf(stranger.messages.create(ask('ping'))), {
    constructor: Anthropic.AuthenticationError,
    type: 'authentication_error',
  });
  t.match(await rejectionOf(poor.messages.create(ask('ping'))), { status: 402, type: 'billing_error' });
  t.match(await rejectionOf(client.messages.create({ ...ask('ping'), model: 'nobody' })), {
    constructor: Anthropic.NotFoundError,
    type: 'not_found_error',
  });
  const wrong = { ...ask('ping'), messages: [{ role: 'user', content: [{ type: 'image' }] }] };
  // A request that the types forbid.
  const error = await rejectionOf(client.messages.create(wrong as never));
  t.match(error, { constructor: Anthropic.BadRequestError, type: 'invalid_request_error' });
  t.match(error, { message: /messages\.0\.content\.0\.source/ });
  t.equal(gateway.simulator.journal.entries().length, 0);

  const first = await clientOf(gateway, limited).messages.create(ask('ping')).asResponse();
  t.equal(first.headers.get('anthropic-ratelimit-requests-limit'), '1');
  t.equal(first.headers.get('anthropic-ratelimit-requests-remaining'), '0');
  t.match(first.headers.get('anthropic-ratelimit-requests-reset'), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  const over = await rejectionOf(clientOf(gateway, limited).messages.create(ask('ping')));
  if (!(over instanceof Anthropic.RateLimitError)) throw over;
  t.equal(over.type, 'rate_limit_error');
  t.ok(Number(over.headers.get('retry-after')) <= 60);
});
