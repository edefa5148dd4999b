// Light, dark, or as the system has it. `public/theme.js` applies the same choice before the first paint.
import { useColorMode } from '@vueuse/core';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export function useTheme() {
  // `disableTransition` would inject a style element, which the policy forbids.
  const { store } = useColorMode({ storageKey: 'brconnector-theme', disableTransition: false });
  return store;
}
