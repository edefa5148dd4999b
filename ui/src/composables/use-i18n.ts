// The reader's language: chosen once, remembered, switched without a reload. English is built in, Chinese is fetched
// (from our own origin) when wanted.
import type { Locale, Messages as WidgetMessages } from '@nuxt/ui';
import enWidgets from '@nuxt/ui/runtime/locale/en.js';
import { type InjectionKey, inject, type ShallowRef, shallowRef } from 'vue';
import { en } from '../i18n/en.ts';
import { chooseLanguage, type Language } from '../i18n/language.ts';
import { fill, type Messages, type Translate } from '../i18n/messages.ts';
import { recall, remember } from './storage.ts';

interface Loaded {
  language: Language;
  messages: Messages;
  /** The texts of Nuxt UI's own widgets. */
  widgets: Locale<WidgetMessages>;
}

const STORAGE_KEY = 'brconnector-language';
const ENGLISH: Loaded = { language: 'en', messages: en, widgets: enWidgets };

export interface I18n {
  t: Translate;
  current: Readonly<ShallowRef<Loaded>>;
  /** Switches at once, or after the language has been fetched; keeps the old one if that fails. */
  use(language: Language): Promise<void>;
}

export const i18nKey: InjectionKey<I18n> = Symbol('i18n');

export async function createI18n(): Promise<I18n> {
  const current = shallowRef(ENGLISH);
  const show = async (language: Language) => {
    current.value = await load(language);
    document.documentElement.lang = language;
  };
  await show(chooseLanguage(recall(STORAGE_KEY), navigator.languages)).catch(() => undefined);
  return {
    t: (key, ...[parameters]) => fill(current.value.messages[key], parameters),
    current,
    async use(language) {
      await show(language);
      remember(STORAGE_KEY, language);
    },
  };
}

async function load(language: Language): Promise<Loaded> {
  if (language === 'en') return ENGLISH;
  const [{ zhCn }, { default: widgets }] = await Promise.all([
    import('../i18n/zh-cn.ts'),
    import('@nuxt/ui/runtime/locale/zh_cn.js'),
  ]);
  return { language, messages: zhCn, widgets };
}

export function useI18n(): I18n {
  const i18n = inject(i18nKey);
  if (!i18n) throw new Error('main.ts provides the language before any component asks for it');
  return i18n;
}
