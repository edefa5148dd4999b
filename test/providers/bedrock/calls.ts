// Calls as chat-proxy would make them, and what came of them.
import type { Admission, CredentialSource } from '../../../src/canonical/admission.ts';
import type { ModelCapabilities } from '../../../src/canonical/capabilities.ts';
import type { ChatEvent } from '../../../src/canonical/event.ts';
import type { ChatRequest } from '../../../src/canonical/request.ts';
import { PLAIN_REQUEST } from '../../../src/canonical/request.ts';
import { UpstreamError } from '../../../src/canonical/upstream-error.ts';
import { type BedrockProviderOptions, createBedrockProvider } from '../../../src/providers/bedrock/index.ts';
import type { Provider, ProviderCall, ProviderOptions } from '../../../src/providers/provider.ts';

export const MODEL = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';
export const REGION = 'us-east-1';
export const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example/secret' };

/** A provider that knows one endpoint and one identity, closed when the test ends. */
export function providerFor(
  t: { teardown(action: () => unknown): unknown },
  endpoint: string,
  options: BedrockProviderOptions = {},
) {
  const env = {
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: endpoint,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    ...options.env,
  };
  const provider = createBedrockProvider({ ...options, env });
  t.teardown(() => provider.close());
  return asking(provider);
}

/** The provider with its two steps, preparing and sending, in one. */
export function asking(provider: Provider) {
  const prepare = ({ request, capabilities }: TestCall) =>
    provider.prepareChat(
      request,
      { baseId: MODEL, capabilities, contextTokens: 200_000, maxOutputTokens: 8_192 },
      { defaultMaxOutputTokens: MAX_OUTPUT_TOKENS },
    );
  return {
    ...provider,
    complete: (call: TestCall, how: ProviderOptions) => prepare(call).complete(call, how),
    stream: (call: TestCall, how: ProviderOptions) => prepare(call).stream(call, how),
  };
}

export type TestProvider = ReturnType<typeof providerFor>;

/** A call with what is to be prepared for it. */
export interface TestCall extends ProviderCall {
  request: ChatRequest;
  capabilities: ModelCapabilities;
}

const MAX_OUTPUT_TOKENS = 64;

export function call(
  text = 'Hi',
  {
    modelId = MODEL,
    region = REGION,
    capabilities = {},
    credentials,
    ...changes
  }: Partial<ChatRequest> & {
    modelId?: string;
    region?: string;
    capabilities?: ModelCapabilities;
    credentials?: CredentialSource;
  } = {},
): TestCall {
  const target = { modelId, region, credentials };
  const admission = { exchangeId: '01932c07-0000-7000-8000-000000000001', keyId: 7, targets: [target] };
  return {
    target,
    capabilities,
    // Only chat-proxy can make a real one; the brand exists for the compiler alone.
    admission: admission as unknown as Admission,
    request: {
      ...PLAIN_REQUEST,
      model: 'alias',
      turns: [{ role: 'user', content: [{ kind: 'text', text }] }],
      ...changes,
    },
  };
}

export const NEVER = new AbortController().signal;

/** All events of a stream up to its end or its error. */
export async function readAll(groups: AsyncIterable<readonly ChatEvent[]>) {
  const events: ChatEvent[] = [];
  let groupCount = 0;
  let error: unknown;
  try {
    for await (const group of groups) {
      groupCount += 1;
      events.push(...group);
    }
  } catch (thrown) {
    error = thrown;
  }
  return { events, groupCount, error, text: textOf(events) };
}

export function textOf(events: readonly ChatEvent[]): string {
  return events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');
}

export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => new Error('the promise was expected to reject'),
    (error: unknown) => error,
  );
}

/** The error's kind; anything else is not what a provider may throw. */
export function kindOf(error: unknown): string {
  return error instanceof UpstreamError ? error.kind : `not an UpstreamError: ${String(error)}`;
}
