// What the signed-in person may open, grouped as the side bar and the palette show it.
import { computed, type InjectionKey, inject } from 'vue';
import type { PlainKey } from '../i18n/messages.ts';
import type { NavigationEntry } from '../modules/module.ts';
import { useSession } from './use-session.ts';

export interface NavigationGroup {
  label: PlainKey;
  entries: NavigationEntry[];
}

export const navigationKey: InjectionKey<readonly NavigationEntry[]> = Symbol('navigation');

export function useNavigation() {
  const session = useSession();
  const entries = inject(navigationKey, []);
  const groups = computed(() => {
    const made: NavigationGroup[] = [];
    if (session.isHolder.value) {
      made.push({ label: 'nav.own', entries: entries.filter(({ access }) => access === 'own') });
    }
    if (session.isAdmin.value) {
      made.push({ label: 'nav.admin', entries: entries.filter(({ access }) => access === 'admin') });
    }
    return made;
  });
  return { groups };
}
