// AWS Signature Version 4 for the one request shape this room sends: POST, no query, five fixed headers and one that may be there.
// It exists because the general signer costs several times more per request; a test proves both equal.
import { createHmac, hash } from 'node:crypto';
import { createKeyedHash, type KeyedHash } from '../../lib/keyed-hash.ts';

/** The service name in the credential scope; the host says `bedrock-runtime`, the scope does not. */
const SERVICE = 'bedrock';
const ALGORITHM = 'AWS4-HMAC-SHA256';
const SIGNED = 'content-type;host;x-amz-content-sha256;x-amz-date';
const SIGNED_WITH_TOKEN = `${SIGNED};x-amz-security-token`;
/** Sorts behind all the others. */
export const METADATA_HEADER = 'x-amzn-bedrock-request-metadata';

/** The long-lived or session credentials a request is signed with. */
export interface SigningIdentity {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}

export interface SignableRequest {
  /** As it stands in the `host` header: with the port unless it is the scheme's own. */
  host: string;
  /** As it goes on the request line, already percent-encoded once. */
  path: string;
  body: Uint8Array;
  /** Value of `METADATA_HEADER`: printable ASCII without two spaces in a row. */
  metadata?: string | undefined;
  nowMs: number;
}

export interface Signer {
  /** The headers to send, names and values in turn, `host` and `content-type` included. */
  sign(request: SignableRequest, identity: SigningIdentity): string[];
}

/** Percent-encodes one path segment as AWS does: everything but letters, digits and `-._~`. */
export function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Signs for one region; keeps the key of the day and the text of the second. */
export function createSigner(region: string): Signer {
  let key: { secret: string; day: string; hmac: KeyedHash } | null = null;
  let clock = { second: Number.NaN, text: '' };
  let latestPath = { path: '', canonical: '' };

  function timestamp(nowMs: number): string {
    const second = Math.floor(nowMs / 1000);
    if (second !== clock.second) {
      const iso = new Date(second * 1000).toISOString();
      clock = { second, text: `${iso.slice(0, 19).replace(/[-:]/g, '')}Z` };
    }
    return clock.text;
  }

  function keyOfTheDay(secret: string, day: string): KeyedHash {
    if (key === null || key.secret !== secret || key.day !== day) {
      key = { secret, day, hmac: createKeyedHash(deriveKey(secret, day, region)) };
    }
    return key.hmac;
  }

  /** SigV4 wants every path segment encoded a second time, for every service but S3. */
  function canonicalPath(path: string): string {
    if (latestPath.path !== path)
      latestPath = { path, canonical: path.split('/').map(encodeSegment).join('/') };
    return latestPath.canonical;
  }

  return {
    sign(request, identity) {
      const { secretAccessKey, sessionToken } = identity;
      const time = timestamp(request.nowMs);
      const day = time.slice(0, 8);
      const scope = `${day}/${region}/${SERVICE}/aws4_request`;
      const payloadHash = hash('sha256', request.body, 'hex');
      const { metadata } = request;
      const names = sessionToken === undefined ? SIGNED : SIGNED_WITH_TOKEN;
      const signedNames = metadata === undefined ? names : `${names};${METADATA_HEADER}`;
      const canonical = canonicalRequest(
        { host: request.host, path: canonicalPath(request.path) },
        { time, payloadHash, signedNames, sessionToken, metadata },
      );
      const toSign = `${ALGORITHM}\n${time}\n${scope}\n${hash('sha256', canonical, 'hex')}`;
      const signature = keyOfTheDay(secretAccessKey, day)(toSign, 'hex');
      const credential = `Credential=${identity.accessKeyId}/${scope}`;
      const authorization = `${ALGORITHM} ${credential}, SignedHeaders=${signedNames}, Signature=${signature}`;
      const headers = ['host', request.host, 'content-type', 'application/json'];
      headers.push('x-amz-content-sha256', payloadHash, 'x-amz-date', time, 'authorization', authorization);
      if (sessionToken !== undefined) headers.push('x-amz-security-token', sessionToken);
      if (metadata !== undefined) headers.push(METADATA_HEADER, metadata);
      return headers;
    },
  };
}

function canonicalRequest(
  { host, path }: { host: string; path: string },
  facts: {
    time: string;
    payloadHash: string;
    signedNames: string;
    sessionToken: string | undefined;
    metadata: string | undefined;
  },
): string {
  const { time, payloadHash, signedNames, sessionToken, metadata } = facts;
  const tokenLine = sessionToken === undefined ? '' : `x-amz-security-token:${sessionToken}\n`;
  const metadataLine = metadata === undefined ? '' : `${METADATA_HEADER}:${metadata}\n`;
  return (
    `POST\n${path}\n\ncontent-type:application/json\nhost:${host}\n` +
    `x-amz-content-sha256:${payloadHash}\nx-amz-date:${time}\n${tokenLine}${metadataLine}\n${signedNames}\n${payloadHash}`
  );
}

function deriveKey(secret: string, day: string, region: string): Buffer {
  const parts = [day, region, SERVICE, 'aws4_request'];
  return parts.reduce<Buffer>(
    (key, part) => createHmac('sha256', key).update(part).digest(),
    Buffer.from(`AWS4${secret}`),
  );
}
