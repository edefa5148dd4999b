import { randomBytes } from 'node:crypto';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { Failure, succeed, success } from '../../lib/envelope.ts';
import { NotSignedIn } from './errors.ts';
import { type Guard, type Principal, readSessionToken, SESSION_COOKIE } from './guard.ts';
import type { AuthRepository } from './repository.ts';
import { ConsoleIdentity, SignInBody } from './schemas.ts';

const SESSION_MS = 12 * 60 * 60 * 1000;

export interface AuthRoutesOptions {
  guard: Guard;
  repository: AuthRepository;
  digest(secret: string): string;
}

export const authRoutes: FastifyPluginAsyncTypebox<AuthRoutesOptions> = async (
  app,
  { guard, repository, digest },
) => {
  const identity = success(ConsoleIdentity);
  const sessionCookie = (token: string, { protocol, expires }: { protocol: string; expires: Date }) =>
    app.serializeCookie(SESSION_COOKIE, token, {
      path: '/',
      httpOnly: true,
      sameSite: 'strict',
      secure: protocol === 'https',
      expires,
    });

  app.post(
    '/console/session',
    {
      config: { access: 'public' },
      schema: { body: SignInBody, response: { 200: identity, 401: Failure, 403: Failure } },
    },
    async ({ body, protocol, ip }, reply) => {
      const { principal, keyDigest } = await guard.bySecret(body.api_key.trim(), ip);
      const token = randomBytes(32).toString('base64url');
      const expiresAt = new Date(Date.now() + SESSION_MS);
      const keyId = principal.kind === 'key' ? principal.id : null;
      await repository.addSession(digest(token), { keyId, keyDigest, expiresAt });
      reply.header('set-cookie', sessionCookie(token, { protocol, expires: expiresAt }));
      return succeed(describe(principal, expiresAt));
    },
  );

  app.get(
    '/console/session',
    { config: { access: 'public' }, schema: { response: { 200: identity, 401: Failure, 403: Failure } } },
    async (request) => {
      const token = readSessionToken(request);
      const session = token === undefined ? undefined : await repository.findSession(digest(token));
      if (session === undefined) throw new NotSignedIn();
      return succeed(describe(await guard.bySession(session, request.ip), session.expiresAt));
    },
  );

  app.delete(
    '/console/session',
    { config: { access: 'public' }, schema: { response: { 200: success(Type.Null()) } } },
    async (request, reply) => {
      const token = readSessionToken(request);
      if (token !== undefined) await repository.removeSession(digest(token));
      reply.header('set-cookie', sessionCookie('', { protocol: request.protocol, expires: new Date(0) }));
      return succeed(null);
    },
  );
};

function describe(principal: Principal, expiresAt: Date): ConsoleIdentity {
  const expires_at = expiresAt.toISOString();
  return principal.kind === 'bootstrap'
    ? { id: null, name: 'bootstrap', role: 'bootstrap', expires_at }
    : { id: principal.id, name: principal.name, role: principal.role, expires_at };
}
