import type { Plugin } from 'vite';

const INLINE_FONT = /url\(["']?data:font\/woff2;base64,([A-Za-z0-9+/=]+)["']?\)/g;

/**
 * Moves fonts that a style sheet contains as data: URLs into files. Browsers then load only the fonts that they use, and the content
 * security policy admits no data: fonts.
 */
export function extractFonts(): Plugin {
  return {
    name: 'extract-fonts',
    apply: 'build',
    enforce: 'pre',
    transform(code, id) {
      if (!id.endsWith('.css') || !code.includes('data:font/woff2')) {
        return undefined;
      }
      return code.replaceAll(INLINE_FONT, (_url, base64: string) => {
        const reference = this.emitFile({ type: 'asset', name: 'font.woff2', source: Buffer.from(base64, 'base64') });
        // Vite's own placeholder for the URL of an emitted file.
        return `url(__VITE_ASSET__${reference}__)`;
      });
    },
  };
}
