// Who is asking, and may they? The guard hangs on the route, never on the text of the URL.
import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import {
  AddressNotAllowed,
  AdminOnly,
  BootstrapMayOnlyAdminister,
  ForeignOrigin,
  KeyExpired,
  KeyInvalid,
  KeyMissing,
  NotSignedIn,
} from './errors.ts';
import type { KeyPrincipal, Principals } from './principals.ts';
import type { AuthRepository, ConsoleSession } from './repository.ts';

/**
 * - `public`: anybody
 * - `inference`: a virtual key in a header (`/v1`); never a cookie, because these routes answer any origin
 * - `key`: a virtual key, in a header or by the console's cookie
 * - `admin`: a key with the role admin, or the bootstrap key
 */
export type Access = 'public' | 'inference' | 'key' | 'admin';

export type Principal = BootstrapPrincipal | KeyPrincipal;

export interface BootstrapPrincipal {
  kind: 'bootstrap';
  actor: 'bootstrap';
}

const BOOTSTRAP: BootstrapPrincipal = { kind: 'bootstrap', actor: 'bootstrap' };

export const SESSION_COOKIE = 'brconnector_session';
const READ_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

export interface GuardOptions {
  principals: Principals;
  repository: Pick<AuthRepository, 'findSession'>;
  digest(secret: string): string;
  bootstrapDigest: string;
  /** Certainly nobody's secret: not worth a look-up. */
  isMistyped(secret: string, digest: string): boolean;
  now(): Date;
}

export interface Authenticated {
  principal: Principal;
  /** Digest of the secret that proved it. */
  keyDigest: string;
}

export function createGuard(options: GuardOptions) {
  const { principals, repository, digest, bootstrapDigest, now } = options;

  async function bySecret(secret: string, address: string): Promise<Authenticated> {
    const keyDigest = digest(secret);
    const known = principals.known(keyDigest);
    if (known === undefined && isSame(keyDigest, bootstrapDigest)) return { principal: BOOTSTRAP, keyDigest };
    const found = known ?? (await lookUp(secret, keyDigest));
    if (found === undefined) throw new KeyInvalid();
    if (hasExpired(found)) throw new KeyExpired();
    return { principal: admitFrom(address, found), keyDigest };
  }

  async function bySession(session: ConsoleSession | undefined, address: string): Promise<Principal> {
    if (session === undefined) throw new NotSignedIn();
    if (session.keyId === null && isSame(session.keyDigest, bootstrapDigest)) return BOOTSTRAP;
    const principal = await principals.find(session.keyDigest);
    // A rotated, expired, disabled or deleted key ends the sessions it opened.
    if (principal === undefined || principal.id !== session.keyId || hasExpired(principal))
      throw new NotSignedIn();
    return admitFrom(address, principal);
  }

  async function lookUp(secret: string, keyDigest: string): Promise<KeyPrincipal | undefined> {
    return options.isMistyped(secret, keyDigest) ? undefined : principals.find(keyDigest);
  }

  /** Asked each time: what is remembered of a key does not stop its clock. */
  function hasExpired({ goodUntil }: KeyPrincipal): boolean {
    return goodUntil !== null && goodUntil <= now();
  }

  async function authenticate(request: FastifyRequest, access: Access): Promise<Principal> {
    const secret = readSecret(request);
    if (secret !== undefined) return (await bySecret(secret, request.ip)).principal;
    const token = access === 'inference' ? undefined : readSessionToken(request);
    if (token === undefined || token === '') throw new KeyMissing();
    if (!READ_METHODS.has(request.method) && !isSameOrigin(request)) throw new ForeignOrigin();
    return bySession(await repository.findSession(digest(token)), request.ip);
  }

  return {
    bySecret,
    bySession,
    /** Sets `request.principal`, or throws 401 or 403. */
    async check(request: FastifyRequest, access: Exclude<Access, 'public'>): Promise<void> {
      const principal = await authenticate(request, access);
      if (access === 'admin') {
        if (principal.kind === 'key' && principal.role !== 'admin') throw new AdminOnly();
      } else if (principal.kind === 'bootstrap') throw new BootstrapMayOnlyAdminister();
      request.principal = principal;
    },
  };
}

export type Guard = ReturnType<typeof createGuard>;

/** @param address of the client, as TRUST_PROXY lets us see it */
function admitFrom(address: string, principal: KeyPrincipal): KeyPrincipal {
  if (principal.allowedFrom !== null && !principal.allowedFrom.has(address)) throw new AddressNotAllowed();
  return principal;
}

/** `Authorization: Bearer <key>` or `x-api-key: <key>`; OpenAI and Anthropic clients use either. */
function readSecret(request: FastifyRequest): string | undefined {
  const { authorization } = request.headers;
  const apiKey = request.headers['x-api-key'];
  if (typeof apiKey === 'string' && apiKey !== '') return apiKey;
  if (authorization === undefined) return undefined;
  const [, secret] = /^Bearer +(\S+) *$/i.exec(authorization) ?? [];
  if (secret === undefined) throw new KeyInvalid();
  return secret;
}

/** The console's cookie. */
export function readSessionToken({ headers, server }: FastifyRequest): string | undefined {
  return headers.cookie === undefined ? undefined : server.parseCookie(headers.cookie)[SESSION_COOKIE];
}

/** Beside SameSite=Strict: browsers send Origin with every write. */
function isSameOrigin(request: FastifyRequest): boolean {
  const { origin } = request.headers;
  if (origin === undefined) return request.headers['sec-fetch-site'] === 'same-origin';
  return URL.canParse(origin) && new URL(origin).host === request.host;
}

function isSame(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
