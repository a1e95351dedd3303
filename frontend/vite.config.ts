// Build, development server and tests of the client. The service worker is made by Workbox from `src/sw/`.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { VitePWA } from 'vite-plugin-pwa';
import { defineConfig } from 'vitest/config';

import { pwa } from './src/sw/pwa-options.ts';

export default defineConfig({
  plugins: [svelte(), VitePWA(pwa)],
  build: { outDir: 'dist', target: 'es2022', sourcemap: false },
  worker: { format: 'es' },
  // The package names a build for browsers without classes; the modern one is smaller and the same.
  resolve: { alias: { dexie: 'dexie/dist/modern/dexie.min.mjs' } },
  server: {
    proxy: { '/api': { target: process.env['SUIXING_DEV_API'] ?? 'http://127.0.0.1:8000' } },
  },
  test: {
    environment: 'node',
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
    setupFiles: ['tests/setup.ts'],
    restoreMocks: true,
  },
  // Vitest must take the browser build of Svelte, or runes modules would be compiled for the server.
  ...(process.env['VITEST'] ? { resolve: { conditions: ['browser'] } } : {}),
});
