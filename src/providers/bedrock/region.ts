// Where a region's calls go and how they are authorised, resolved by the AWS SDK; the SDK sends nothing.
import {
  BedrockRuntimeClient,
  type BedrockRuntimeClientConfig,
  ConverseCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { UpstreamError } from '../../canonical/upstream-error.ts';
import { createSigner } from './signer.ts';

export interface Region {
  /** Scheme, host and port, e.g. `https://bedrock-runtime.eu-west-1.amazonaws.com`. */
  readonly origin: string;
  /** Path of a configured endpoint, without trailing slash; mostly empty. */
  readonly basePath: string;
  /** Request headers with authorisation, names and values in turn. Throws `UpstreamError` of kind `auth`. */
  authorize(path: string, body: Buffer): Promise<string[]>;
  close(): void;
}

export interface RegionOptions {
  region: string;
  config: BedrockRuntimeClientConfig;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/** @throws UpstreamError `auth` if there is no usable identity or the endpoint settings contradict each other */
export async function resolveRegion({ region, config, now }: RegionOptions): Promise<Region> {
  const client = new BedrockRuntimeClient({ ...config, region, maxAttempts: 1 });
  try {
    const endpoint = await probeEndpoint(client);
    const host = new URL(endpoint.origin).host;
    const usesBearer = prefersBearer(await client.config.authSchemePreference());
    const authorize = usesBearer ? bearer(client, host) : sigV4(client, { region, host, now });
    return {
      ...endpoint,
      authorize: (path, body) => asAuth(authorize(path, body)),
      close: () => client.destroy(),
    };
  } catch (error) {
    client.destroy();
    throw authError(error);
  }
}

type Authorize = (path: string, body: Buffer) => Promise<string[]>;

function bearer(client: BedrockRuntimeClient, host: string): Authorize {
  return async () => {
    const identity = await client.config.token?.();
    if (identity === undefined) throw new Error('no bearer token is configured');
    return ['host', host, 'content-type', 'application/json', 'authorization', `Bearer ${identity.token}`];
  };
}

function sigV4(
  client: BedrockRuntimeClient,
  options: { region: string; host: string; now: () => number },
): Authorize {
  const signer = createSigner(options.region);
  return async (path, body) => {
    // Cached by the SDK and renewed by it some minutes before they expire.
    const identity = await client.config.credentials();
    return signer.sign({ host: options.host, path, body, nowMs: options.now() }, identity);
  };
}

/** The SDK takes the first preferred scheme that the service offers, and SigV4 if none is preferred. */
function prefersBearer(preference: readonly string[]): boolean {
  return preference.find((scheme) => scheme === 'sigv4' || scheme === 'httpBearerAuth') === 'httpBearerAuth';
}

const PROBE_ID = 'probe';
const PROBE_PATH = `/model/${PROBE_ID}/converse`;

/**
 * Lets the SDK build a request and stops it before it is signed or sent: the endpoint is then the SDK's own,
 * with AWS_ENDPOINT_URL_BEDROCK_RUNTIME, profile settings, FIPS and dual stack applied.
 */
async function probeEndpoint(client: BedrockRuntimeClient): Promise<{ origin: string; basePath: string }> {
  let built: unknown;
  client.middlewareStack.add(
    () => async (args) => {
      built = args.request;
      return { response: undefined, output: { $metadata: {} } };
    },
    { step: 'build', priority: 'low', name: 'stopBeforeSending' },
  );
  await client.send(new ConverseCommand({ modelId: PROBE_ID, messages: [] }));
  if (!isBuiltRequest(built)) throw new Error('the SDK built no request');
  const { protocol, hostname, port, path } = built;
  const origin = new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`).origin;
  return { origin, basePath: path.slice(0, -PROBE_PATH.length).replace(/\/+$/, '') };
}

interface BuiltRequest {
  protocol: string;
  hostname: string;
  port?: number | undefined;
  path: string;
}

function isBuiltRequest(value: unknown): value is BuiltRequest {
  return (
    typeof value === 'object' &&
    value !== null &&
    'protocol' in value &&
    'hostname' in value &&
    'path' in value &&
    typeof value.path === 'string' &&
    value.path.endsWith(PROBE_PATH)
  );
}

async function asAuth<T>(result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    throw authError(error);
  }
}

/** Neutral for the client; the cause says which source of credentials failed. */
function authError(cause: unknown): UpstreamError {
  return new UpstreamError({
    kind: 'auth',
    message: 'The gateway could not authenticate with the upstream.',
    cause,
  });
}
