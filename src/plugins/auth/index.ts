// Who is asking: virtual keys, the bootstrap key and console sessions. Every route declares its access; one that
// says nothing fails the boot.
import { fastifyCookie } from '@fastify/cookie';
import type { RouteOptions } from 'fastify';
import fp from 'fastify-plugin';
import type { Transaction } from '../../db/client.ts';
import { PepperMismatch } from './errors.ts';
import { type Access, createGuard, type Principal } from './guard.ts';
import { loadPepper, pepperFingerprint } from './pepper.ts';
import { createPrincipals, type KeyPrincipal } from './principals.ts';
import {
  type AuthRepository,
  createAuthRepository,
  GROUP_CHANGED,
  KEY_CHANGED,
  SECRET_EXEMPTED,
} from './repository.ts';
import { authRoutes } from './routes.ts';
import { createSecretDigest, describeSecret, isMistyped, newSecret } from './secret.ts';

export type { Access, Principal } from './guard.ts';
export type { KeyPrincipal } from './principals.ts';

export interface AuthOptions {
  /** The bootstrap key. */
  adminApiKey: string;
  /** Undefined: generated into `dataDir`. */
  keyPepper: string | undefined;
  dataDir: string;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    /** Set by the guard on every route that is not public. */
    principal: Principal;
    /** The key behind the request, on a route whose access is `key` or `inference`. */
    readonly key: KeyPrincipal;
  }
  interface FastifyInstance {
    principals: {
      /** Call after changing a key or a group: other replicas hear of it by NOTIFY, this one must not be behind its own answer. */
      forget(): void;
    };
    secrets: {
      create(): string;
      digest(secret: string): string;
      describe(secret: string): { prefix: string; last4: string };
      /** An imported secret may look like a mistyped one of ours: from this commit on it is not taken for one. */
      welcome(tx: Transaction, secret: string): Promise<void>;
    };
  }
}

export default fp<AuthOptions>(
  async (app, options) => {
    const repository = createAuthRepository({ db: app.database.db });
    const pepper = await loadPepper({ configured: options.keyPepper, dataDir: options.dataDir });
    const fingerprint = pepperFingerprint(pepper);
    if ((await repository.agreeOnPepper(fingerprint)) !== fingerprint) throw new PepperMismatch();

    const digest = createSecretDigest(pepper);
    const exempt = await followExemptSecrets(repository);
    const principals = createPrincipals({ repository });
    const guard = createGuard({
      principals,
      repository,
      digest,
      bootstrapDigest: digest(options.adminApiKey),
      isMistyped: (secret, keyDigest) => isMistyped(secret) && !exempt.has(keyDigest),
      now: () => new Date(),
    });

    // Without its hooks, which would run for every inference request: the two routes that need cookies call it.
    await app.register(fastifyCookie, { hook: false });
    app.decorateRequest('principal');
    app.decorateRequest('key', {
      getter() {
        return keyOf(this.principal);
      },
    });
    app.decorate('principals', { forget: principals.forget });
    app.decorate('secrets', {
      create: newSecret,
      digest,
      describe: describeSecret,
      async welcome(tx, secret) {
        if (!isMistyped(secret)) return;
        exempt.add(digest(secret));
        await repository.addExempt(tx, digest(secret));
      },
    });
    app.addHook('onRoute', (route) => declareAccess(route));
    // Also on reconnecting: a change may have been missed.
    await app.database.listen(KEY_CHANGED, principals.forget, principals.forget);
    await app.database.listen(GROUP_CHANGED, principals.forget, principals.forget);
    app.register(authRoutes, { guard, repository, digest });

    async function followExemptSecrets({ listExempt }: AuthRepository): Promise<Set<string>> {
      const digests = new Set(await listExempt());
      const add = (digest: string) => digests.add(digest);
      const readAgain = () =>
        listExempt().then(
          (all) => all.forEach(add),
          (error) => app.log.error({ err: error }, 'exempt secrets not read'),
        );
      await app.database.listen(SECRET_EXEMPTED, add, () => void readAgain());
      return digests;
    }

    function declareAccess(route: RouteOptions) {
      const access = route.config?.access;
      // CORS preflights carry no credentials and answer nothing but headers.
      if (access === 'public' || route.method === 'OPTIONS') return;
      if (access === undefined) throw new Error(`${route.method} ${route.url} does not declare its access`);
      const existing = route.onRequest ?? [];
      route.onRequest = [
        async (request) => guard.check(request, access),
        ...(Array.isArray(existing) ? existing : [existing]),
      ];
    }
  },
  { name: 'auth', fastify: '5.x', dependencies: ['database'] },
);

function keyOf(principal: Principal): KeyPrincipal {
  if (principal.kind !== 'key') throw new Error('a route that needs a key was reached without one');
  return principal;
}
