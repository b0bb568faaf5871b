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
  build: { target: 'baseline-widely-available', assetsInlineLimit: 0 },
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
