// What a module tells the console about itself.
import type { RouteRecordRaw } from 'vue-router';
import type { PlainKey } from '../i18n/messages.ts';

/** `own`: needs a key of one's own (user, admin). `admin`: needs the right to administer (admin, bootstrap). */
export type Access = 'public' | 'own' | 'admin';

declare module 'vue-router' {
  interface RouteMeta {
    access?: Access;
    title?: PlainKey;
  }
}

export interface NavigationEntry {
  to: string;
  icon: string;
  label: PlainKey;
  access: Exclude<Access, 'public'>;
}

export interface ConsoleModule {
  routes: RouteRecordRaw[];
  navigation: NavigationEntry[];
}
