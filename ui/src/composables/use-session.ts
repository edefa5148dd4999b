// Who is signed in. The key itself is only ever a parameter here: the browser keeps an HttpOnly cookie, nothing else.
import { computed, type InjectionKey, inject, shallowRef } from 'vue';
import type { ConsoleIdentity } from '../../../src/plugins/auth/schemas.ts';
import { ApiError } from '../api/client.ts';
import type { Api } from '../api/index.ts';

/** `unknown`: not asked yet. `away`: asked, and nobody answered; who was signed in before stays so. */
type Standing = 'unknown' | 'in' | 'out' | 'away';

export function createSession(api: Pick<Api, 'session'>) {
  const identity = shallowRef<ConsoleIdentity | null>(null);
  const standing = shallowRef<Standing>('unknown');

  const enter = (who: ConsoleIdentity) => {
    identity.value = who;
    standing.value = 'in';
  };
  const expire = () => {
    identity.value = null;
    standing.value = 'out';
  };

  return {
    identity,
    standing,
    isAdmin: computed(() => identity.value !== null && identity.value.role !== 'user'),
    /** The bootstrap key administers only: it has no numbers of its own. */
    isHolder: computed(() => identity.value !== null && identity.value.role !== 'bootstrap'),
    expire,
    /** Asks the gateway whether the cookie still stands. Never throws. */
    async check() {
      try {
        enter(await api.session.current());
      } catch (error) {
        if (error instanceof ApiError && error.status === 401) expire();
        else if (!identity.value) standing.value = 'away';
      }
    },
    async signIn(apiKey: string) {
      enter(await api.session.open(apiKey));
    },
    async signOut() {
      await api.session.close();
      expire();
    },
  };
}

export type Session = ReturnType<typeof createSession>;

export const sessionKey: InjectionKey<Session> = Symbol('session');

export function useSession(): Session {
  const session = inject(sessionKey);
  if (!session) throw new Error('main.ts provides the session before any component asks for it');
  return session;
}
