import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import path from 'node:path';

const sources = new Map<string, string>();

/**
 * Returns a TypeScript file as a `data:` URL that a worker can load. Strips the types of the file and of its imports once for all
 * workers, because that takes longer than everything else that a worker loads.
 */
export function strippedSourceUrl(file: string): string {
  const cached = sources.get(file);
  if (cached !== undefined) {
    return cached;
  }
  const source = stripTypeScriptTypes(readFileSync(file, 'utf8')).replace(
    /(\bfrom |\bimport\()'(\.{1,2}\/[^']+\.ts)'/g,
    (_, before: string, imported: string) => `${before}'${strippedSourceUrl(path.join(path.dirname(file), imported))}'`,
  );
  const url = `data:text/javascript,${encodeURIComponent(source).replaceAll("'", '%27')}`;
  sources.set(file, url);
  return url;
}
