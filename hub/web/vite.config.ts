import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';
import { VitePWA } from 'vite-plugin-pwa';
import { defineConfig } from 'vitest/config';
import { stubHub } from './e2e/stub-plugin.ts';

const realHub = process.env['STS_HUB'];

export default defineConfig({
  plugins: [
    react(),
    tailwindcss(),
    installable(),
    ...(realHub === undefined && !process.env['VITEST'] ? [stubHub()] : []),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: { host: '127.0.0.1', ...(realHub === undefined ? {} : { proxy: { '/api': realHub } }) },
  // no file is folded into another: the content policy allows 'self' only, not data:
  build: {
    target: 'baseline-widely-available',
    assetsInlineLimit: 0,
    // each browser of that target preloads by itself; a table of what each lazy part needs would be a kilobyte of the first paint
    modulePreload: {
      polyfill: false,
      resolveDependencies: (_file, needed, { hostType }) => (hostType === 'html' ? needed : []),
    },
    // the libraries of the first paint in one file: it compresses better, and most new versions of the app leave it as it is
    rolldownOptions: {
      output: {
        codeSplitting: { groups: [{ name: 'libraries', test: /node_modules/, tags: ['$initial'] }] },
      },
    },
  },
  test: {
    environment: 'happy-dom',
    // one document for all files: making it costs more than all tests; each test cleans up after itself
    isolate: false,
    fileParallelism: false,
    // only a test that fails takes so long, however busy the machine is
    testTimeout: 120_000,
    hookTimeout: 120_000,
    include: ['src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'],
    setupFiles: ['src/testing/set-up.ts'],
    restoreMocks: true,
    unstubGlobals: true,
  },
});

/** The app itself is kept on the device; what the hub says never is, by the service worker at least. */
function installable() {
  return VitePWA({
    registerType: 'prompt',
    injectRegister: false,
    workbox: {
      globPatterns: ['**/*.{js,css,html,svg,png}'],
      // the same as in the hub's own web.py: everything else is a page of the app
      navigateFallbackDenylist: [/^\/(?:api\/|healthz|readyz|metrics)/],
      dontCacheBustURLsMatching: /^assets\//,
      inlineWorkboxRuntime: true,
    },
    manifest: {
      id: '/',
      name: 'Smart Training System',
      short_name: 'Training',
      description: 'Live heart rates, sessions and load of a team.',
      start_url: '/',
      display: 'standalone',
      background_color: '#0b1120',
      theme_color: '#0b5cad',
      icons: [
        { src: '/icon-192.png', sizes: '192x192', type: 'image/png' },
        { src: '/icon-512.png', sizes: '512x512', type: 'image/png' },
        { src: '/icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
      ],
    },
  });
}
