// What the service worker caches and what the installed app is called. Nothing under /api is ever answered by it.
import type { VitePWAOptions } from 'vite-plugin-pwa';

import { SOUND_FILES } from '../kernel/sound-files';

export const pwa: Partial<VitePWAOptions> = {
  registerType: 'prompt',
  injectRegister: false,
  filename: 'sw.js',
  manifestFilename: 'manifest.webmanifest',
  includeAssets: ['favicon.svg', 'apple-touch-icon.png'],
  workbox: {
    globPatterns: ['**/*.{html,js,css,svg,png,woff2}'],
    // The shell must be precached under this very name, or a start without network finds nothing.
    navigateFallback: 'index.html',
    navigateFallbackDenylist: [/^\/api\//],
    cleanupOutdatedCaches: true,
    // The first visit is controlled at once; an update still waits until the user agrees.
    clientsClaim: true,
    inlineWorkboxRuntime: true,
    // What other apps share is taken in before the app opens.
    importScripts: ['share-target.js'],
    globIgnores: ['share-target.js'],
  },
  manifest: {
    id: '/',
    name: '随行 Suixing',
    short_name: '随行',
    description: '调研随行记录 Field notes for research trips',
    lang: 'zh-CN',
    start_url: '/',
    scope: '/',
    display: 'standalone',
    orientation: 'any',
    background_color: '#FCFBF8',
    theme_color: '#FCFBF8',
    categories: ['productivity', 'business'],
    share_target: {
      action: '/share',
      method: 'POST',
      enctype: 'multipart/form-data',
      params: {
        title: 'title',
        text: 'text',
        url: 'url',
        files: [
          { name: 'files', accept: [...SOUND_FILES.split(','), 'image/*', 'video/*', 'application/pdf'] },
        ],
      },
    },
    icons: [
      { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
      { src: 'icon-512.png', sizes: '512x512', type: 'image/png' },
      { src: 'icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
    ],
  },
};
