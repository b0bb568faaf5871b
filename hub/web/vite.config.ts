import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { stubHub } from './e2e/stub-plugin.ts';

const realHub = process.env['STS_HUB'];

export default defineConfig({
  plugins: [react(), tailwindcss(), ...(realHub === undefined && !process.env['VITEST'] ? [stubHub()] : [])],
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
    include: ['src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'],
    setupFiles: ['src/testing/set-up.ts'],
    restoreMocks: true,
    unstubGlobals: true,
  },
});
