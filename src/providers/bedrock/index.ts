// Amazon Bedrock Runtime as a provider: Converse, ConverseStream and InvokeModel over pooled HTTP/1.1, with the AWS SDK's
// idea of endpoints and credentials but not its transport, which costs several times more.
import type { BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';
import type { Provider } from '../provider.ts';
import { prepareEmbedding } from './embedding.ts';
import { prepareImages } from './images.ts';
import { createInvoker } from './invoke.ts';
import { createLessons } from './lessons.ts';
import { createPools } from './pools.ts';
import type { Operation } from './prepare-call.ts';
import { type PrepareChatDeps, prepareChat } from './prepare-chat.ts';
import { createRegions } from './regions.ts';
import { type Environment, sdkConfig } from './sdk-config.ts';

/** Milliseconds. */
export interface BedrockTimeouts {
  /** TCP and TLS; default 5 s. Nothing was sent when it passes. */
  connectMs?: number | undefined;
  /** From the dispatch to the first event of a stream; default 300 s. */
  firstEventMs?: number | undefined;
  /** Between two reads of an answer; default 120 s. */
  betweenEventsMs?: number | undefined;
  /** From the dispatch to a whole answer, which comes at once when it is finished; default 600 s. */
  wholeAnswerMs?: number | undefined;
}

export interface BedrockProviderOptions {
  /** See `sdkConfig`: stands in for the process's AWS variables. */
  env?: Environment | undefined;
  /** Instead of the SDK's default chain; the SDK caches what it returns and renews it before it expires. */
  credentials?: BedrockRuntimeClientConfig['credentials'];
  timeouts?: BedrockTimeouts | undefined;
  /** Sockets per endpoint; default 1024. Calls beyond it wait, so it exceeds the calls a process can carry. */
  connections?: number | undefined;
  /** Milliseconds since the epoch, for signatures and for what is remembered; default the system clock. */
  now?: (() => number) | undefined;
}

/**
 * Reads, through the AWS SDK: credentials (environment, profiles, SSO, web identity, container, instance),
 * AWS_BEARER_TOKEN_BEDROCK, AWS_ENDPOINT_URL_BEDROCK_RUNTIME and its relatives, FIPS and dual-stack settings;
 * each region's on its first call. Targets with credentials of their own are called under those. The region itself comes
 * with each call. Certificates are verified; cleartext only if the endpoint's URL says so. `close` ends whatever is
 * still open.
 */
export function createBedrockProvider(options: BedrockProviderOptions = {}): Provider {
  const { connections = 1024, timeouts = {}, now = Date.now } = options;
  const credentials = options.credentials && { credentials: options.credentials };
  const pools = createPools({ connections, connectMs: timeouts.connectMs ?? 5_000 });
  const regions = createRegions({
    config: { ...sdkConfig(options.env), ...credentials },
    env: options.env ?? process.env,
    now,
  });
  const calls = { pools, regions };
  const { invoke, ...chats } = operations(timeouts);
  const deps: PrepareChatDeps = { calls, operations: chats, lessons: createLessons(now) };
  const send = createInvoker(calls, invoke);

  return {
    prepareChat: (request, model, options) => prepareChat(deps, { request, model, options }),
    prepareEmbedding: (request, { capabilities }) => prepareEmbedding(send, request, capabilities),
    prepareImages: (request, { capabilities }) => prepareImages(send, request, capabilities),
    async close() {
      await Promise.all([pools.close(), regions.close()]);
    },
  };
}

/** Counting runs no model. */
const COUNT_MS = 15_000;

function operations(
  timeouts: BedrockTimeouts,
): Record<'converse' | 'converseStream' | 'countTokens' | 'invoke', Operation> {
  const idleMs = timeouts.betweenEventsMs ?? 120_000;
  const whole = {
    contentType: 'application/json',
    firstByteMs: timeouts.wholeAnswerMs ?? 600_000,
    idleMs,
  };
  return {
    converse: { name: 'converse', ...whole },
    countTokens: { name: 'count-tokens', ...whole, firstByteMs: COUNT_MS },
    invoke: { name: 'invoke', ...whole },
    converseStream: {
      name: 'converse-stream',
      contentType: 'application/vnd.amazon.eventstream',
      firstByteMs: timeouts.firstEventMs ?? 300_000,
      idleMs,
    },
  };
}
