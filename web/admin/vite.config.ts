import react from '@vitejs/plugin-react';
import { resolve } from 'node:path';
import { defineConfig } from 'vite';

// The server hands these files out below /admin; `npm run dev` asks a running server for the rest.
export default defineConfig({
  base: '/admin/',
  plugins: [react()],
  html: { cspNonce: '%NONCE%' },
  resolve: {
    alias: {
      '@app': resolve(import.meta.dirname, 'src/app'),
      '@shared': resolve(import.meta.dirname, 'src/shared'),
      '@api': resolve(import.meta.dirname, '../api-client/index.ts'),
    },
    dedupe: ['react', 'react-dom', 'openapi-fetch', 'openapi-react-query'],
  },
  build: {
    outDir: resolve(import.meta.dirname, '../../src/puntal/static/admin'),
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: false,
    manifest: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { '/v1': 'http://127.0.0.1:8000' } },
});
