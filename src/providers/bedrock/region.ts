// Where a region's calls go and how they are authorised, resolved by the AWS SDK; the SDK sends nothing.
import {
  BedrockRuntimeClient,
  type BedrockRuntimeClientConfig,
  ConverseCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { UpstreamError } from '../../canonical/upstream-error.ts';
import { createSigner, METADATA_HEADER } from './signer.ts';

export interface Region {
  /** Scheme, host and port, e.g. `https://bedrock-runtime.eu-west-1.amazonaws.com`. */
  readonly origin: string;
  /** Path of a configured endpoint, without trailing slash; mostly empty. */
  readonly basePath: string;
  /**
   * Request headers with authorisation, names and values in turn. A promise only while credentials are fetched or
   * renewed; it rejects with an `UpstreamError` of kind `auth`. `metadata`: see `prepareJson`.
   */
  authorize(path: string, body: Buffer, metadata?: string): string[] | Promise<string[]>;
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
      authorize,
      close: () => client.destroy(),
    };
  } catch (error) {
    client.destroy();
    throw authError(error);
  }
}

type Authorize = Region['authorize'];

function bearer(client: BedrockRuntimeClient, host: string): Authorize {
  const headers = ({ token }: { token: string }, metadata: string | undefined) => [
    ...['host', host, 'content-type', 'application/json'],
    ...['authorization', `Bearer ${token}`],
    ...(metadata === undefined ? [] : [METADATA_HEADER, metadata]),
  ];
  const identity = keepIdentity(async () => {
    const token = await client.config.token?.();
    if (token === undefined) throw new Error('no bearer token is configured');
    return token;
  }, Date.now);
  return (_path, _body, metadata) => after(identity(), (known) => headers(known, metadata));
}

function sigV4(
  client: BedrockRuntimeClient,
  { region, host, now }: { region: string; host: string; now: () => number },
): Authorize {
  const signer = createSigner(region);
  const identity = keepIdentity(() => client.config.credentials(), now);
  return (path, body, metadata) =>
    after(identity(), (known) => signer.sign({ host, path, body, metadata, nowMs: now() }, known));
}

/** The SDK renews five minutes before the end; whoever asks it later than that gets new ones. */
const RENEW_BEFORE_MS = 5 * 60_000;

/** Asks the SDK, whose answer is a promise even when it knows, only when what it said last may be outdated. */
function keepIdentity<T extends { expiration?: Date }>(
  fetch: () => Promise<T>,
  now: () => number,
): () => T | Promise<T> {
  let kept: T | undefined;
  return () => {
    if (kept !== undefined && isFresh(kept, now())) return kept;
    return asAuth(
      fetch().then((identity) => {
        kept = identity;
        return identity;
      }),
    );
  };
}

function isFresh({ expiration }: { expiration?: Date }, nowMs: number): boolean {
  return expiration === undefined || expiration.getTime() - RENEW_BEFORE_MS > nowMs;
}

/** `use` now if the value is there, later if it is on its way. */
function after<T, R>(value: T | Promise<T>, use: (value: T) => R): R | Promise<R> {
  return value instanceof Promise ? value.then(use) : use(value);
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
export function authError(cause: unknown): UpstreamError {
  return new UpstreamError({
    kind: 'auth',
    message: 'The gateway could not authenticate with the upstream.',
    cause,
  });
}
