import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

/** Where `make demo` listens. `npm run dev` hands calls of the API through to it. */
const server = process.env.LOGSIEVE ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [svelte()],
  // Relative, so that the page works behind a proxy that adds a path.
  base: './',
  build: {
    target: 'es2022',
    // What is embedded in a Go binary is served from next door: a polyfill for browsers
    // that cannot preload modules would cost more than it saves.
    modulePreload: { polyfill: false },
    // An inlined asset would be a data: URL, which the content security policy refuses.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
  },
  server: { proxy: { '/logs': { target: server, ws: true, changeOrigin: true, rewriteWsOrigin: true } } },
  test: { include: ['test/**/*.test.ts'], environment: 'node' },
});
