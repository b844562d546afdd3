import react from '@vitejs/plugin-react';
import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import { packed } from './packed.ts';

const mantine = (parts: string) => new RegExp(`@mantine[\\\\/]core[\\\\/].*[\\\\/](${parts})[\\\\/]`);

// The server hands these files out below /admin; `npm run dev` asks a running server for the rest.
export default defineConfig({
  base: '/admin/',
  plugins: [react(), packed()],
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
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'first', tags: ['$initial'], priority: 9 },
            { name: 'kit', test: mantine('Alert|Anchor|Avatar|Badge|Card|Center|Divider|Flex|Indicator|List|Loader|NativeSelect|Notification|Paper|Progress|SimpleGrid|Skeleton|Tabs|ThemeIcon|Title'), minShareCount: 2, priority: 8 },
            { name: 'menus', test: /floating-ui|react-remove-scroll|@mantine[\\/]core[\\/].*[\\/](Menu|Popover|FocusTrap|Portal|Tooltip)[\\/]/, minShareCount: 2, priority: 7 },
            { name: 'forms', test: mantine('Accordion|Checkbox|Code|Collapse|Combobox|CopyButton|Drawer|Fieldset|FileButton|Grid|Image|InlineInput|Modal|ModalBase|MultiSelect|NumberInput|Pill|PillsInput|Radio|SegmentedControl|Select|Switch|Table|TagsInput|Textarea'), minShareCount: 2, priority: 6 },
            { name: 'icons', test: /@tabler/, minShareCount: 2, priority: 5 },
            { name: 'draft', test: /src[\\/]shared[\\/](draft|conditions)[\\/]/, minShareCount: 3, priority: 3 },
            { name: 'shared', test: /src[\\/]shared[\\/](?!rows|cards|grid|day-|amount-|countr|confirm|find-member|figure-|explained|door|password-input|address)[^\\/]+$/, minShareCount: 3, priority: 4 },
          ],
        },
      },
    },
  },
  server: { proxy: { '/v1': 'http://127.0.0.1:8000' } },
});
