import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { extractFonts } from './build/extract-fonts.ts';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [extractFonts(), react()],
  build: {
    target: 'es2023',
    // For the budget, which follows the imports of each page.
    manifest: true,
    // A data: URL would need a weaker content security policy.
    assetsInlineLimit: 0,
    // The budget of each page limits what it loads.
    chunkSizeWarningLimit: 2000,
    emptyOutDir: true,
  },
});
