// Builds the console (`ui/`) into `dist/public`. Everything is bundled: no icon, font or style is fetched from
// elsewhere, and nothing needs an inline style, so the page runs under `default-src 'self'; style-src 'self'`.
import nuxtUi from '@nuxt/ui/vite';
import vue from '@vitejs/plugin-vue';
import tailwindColors from 'tailwindcss/colors';
import { defineConfig, type Plugin } from 'vite';

const COLORS = {
  primary: 'indigo',
  secondary: 'blue',
  success: 'green',
  info: 'blue',
  warning: 'yellow',
  error: 'red',
  neutral: 'zinc',
} as const;
const SHADES = [50, 100, 200, 300, 400, 500, 600, 700, 800, 900, 950] as const;
/** Shade in the light theme. Subtle badges reach a contrast of 4.5 only from 800 on. */
const LIGHT_SHADE = {
  primary: 600,
  secondary: 800,
  success: 800,
  info: 800,
  warning: 800,
  error: 800,
} as const;
const DARK_SHADE = 400;

const COLORS_MODULE = 'virtual:console-colors';
const COLORS_CSS = 'virtual:console-colors.css';

/** Replaces Nuxt UI's run-time `<style>` of colours, which the policy would block, by a style sheet of the build. */
function staticColors(): Plugin {
  return {
    name: 'console-static-colors',
    enforce: 'pre',
    resolveId(id) {
      if (id === COLORS_CSS) return id;
      return /@nuxt\/ui\/dist\/runtime\/plugins\/colors/.test(id) ? COLORS_MODULE : undefined;
    },
    load(id) {
      if (id === COLORS_MODULE) return `import '${COLORS_CSS}'; export default { install() {} }`;
      return id === COLORS_CSS ? colorsCss() : undefined;
    },
  };
}

function colorsCss(): string {
  const shades = Object.entries(COLORS).flatMap(([name, color]) =>
    SHADES.map((shade) => `--ui-color-${name}-${shade}:${tailwindColors[color][shade]};`),
  );
  const names = Object.keys(LIGHT_SHADE) as (keyof typeof LIGHT_SHADE)[];
  const light = names.map((name) => `--ui-${name}:var(--ui-color-${name}-${LIGHT_SHADE[name]});`);
  const dark = names.map((name) => `--ui-${name}:var(--ui-color-${name}-${DARK_SHADE});`);
  return `@layer theme{:root,:host{${shades.join('')}}:root,:host,.light{${light.join('')}}.dark{${dark.join('')}}}`;
}

const GATEWAY = 'http://127.0.0.1:8866';

export default defineConfig({
  root: 'ui',
  plugins: [
    staticColors(),
    vue(),
    nuxtUi({
      components: false,
      autoImport: false,
      dts: false,
      colorMode: false,
      ui: { colors: COLORS },
      icon: { clientBundle: { scan: { globInclude: ['src/**/*.{vue,ts}'] } } },
      experimental: { componentDetection: true },
    }),
  ],
  build: {
    outDir: '../dist/public',
    emptyOutDir: true,
    chunkSizeWarningLimit: 600,
    // A busy machine is no news.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  server: {
    proxy: Object.fromEntries(
      ['/admin', '/user', '/v1', '/console', '/healthz'].map((path) => [path, { target: GATEWAY }]),
    ),
  },
});
