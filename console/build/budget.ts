import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

/** The maximum of JavaScript that a page transfers when it is the first one that a user opens, gzipped. */
export function budgetOf(page: string): number {
  return (page === 'home' ? 350 : 550) * 1024;
}

/** The relevant parts of Vite's manifest: each chunk with the chunks that it imports. */
export type Manifest = Readonly<Record<string, { file: string; imports?: readonly string[]; isEntry?: boolean }>>;

/** The files that a page loads first: those of the entry and of the page, with everything that they import. */
export function filesOfPage(manifest: Manifest, page: string): string[] {
  const files = new Set<string>();
  const add = (key: string): void => {
    const chunk = manifest[key];
    if (!chunk) {
      throw new Error(`The manifest has no ${key}.`);
    }
    if (!files.has(chunk.file)) {
      files.add(chunk.file);
      for (const imported of chunk.imports ?? []) {
        add(imported);
      }
    }
  };
  add('index.html');
  add(page);
  return [...files];
}

/** The pages of the console, by the names of their chunks in the manifest. */
export function pagesIn(manifest: Manifest): string[] {
  return Object.keys(manifest).filter((key) => /^src\/pages\/[^/]+\/page\.tsx$/.test(key));
}

/** The gzipped size of what each page loads first, in bytes. */
export function pageSizes(dist: string): Map<string, number> {
  const manifest: Manifest = JSON.parse(readFileSync(path.join(dist, '.vite/manifest.json'), 'utf8'));
  const sizeOf = (file: string) => gzipSync(readFileSync(path.join(dist, file))).length;
  return new Map(
    pagesIn(manifest).map((page) => [
      page.split('/')[2] ?? page,
      filesOfPage(manifest, page).reduce((sum, file) => sum + sizeOf(file), 0),
    ]),
  );
}
