// Looks at the shape of `authorization` only: the simulator has no secrets to check a signature with.
import type { IncomingHttpHeaders } from 'node:http';
import { ServiceError } from './errors.ts';

const SIGV4 =
  /^AWS4-HMAC-SHA256 Credential=[^/,\s]+\/\d{8}\/[a-z0-9-]+\/([a-z0-9-]+)\/aws4_request, ?SignedHeaders=([a-z0-9;:-]+), ?Signature=[0-9a-f]{64}$/;
const BEARER = /^Bearer \S+$/;

/** Throws a 403 `ServiceError` unless the call carries a SigV4 signature for `bedrock` or a bearer token. */
export function requireAuthorization(headers: IncomingHttpHeaders): void {
  const authorization = headers.authorization;
  if (authorization === undefined || authorization === '') {
    throw new ServiceError('MissingAuthenticationTokenException');
  }
  if (BEARER.test(authorization)) return;
  const [, service, signedHeaders] = SIGV4.exec(authorization) ?? [];
  if (service === undefined || signedHeaders === undefined) {
    throw new ServiceError('IncompleteSignatureException');
  }
  if (service !== 'bedrock') {
    throw new ServiceError('InvalidSignatureException', {
      message: "Credential should be scoped to correct service: 'bedrock'.",
    });
  }
  const signed = signedHeaders.split(';');
  // Over HTTP/2 the host is signed under the name it has there.
  const hasHost = signed.includes('host') || signed.includes(':authority');
  if (headers['x-amz-date'] === undefined || !signed.includes('x-amz-date') || !hasHost) {
    throw new ServiceError('IncompleteSignatureException', {
      message: "Authorization header requires existence of 'X-Amz-Date' and signed 'Host' headers.",
    });
  }
}

/** `Bearer`, `AWS4-HMAC-SHA256` or null: all that may be kept of an authorization. */
export function authorizationScheme(authorization: string | undefined): string | null {
  return authorization === undefined ? null : (authorization.split(' ', 1)[0] ?? null);
}
