import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import path from 'node:path';

const sources = new Map<string, string>();

/**
 * A TypeScript file of this folder's neighbourhood as a `data:` address that a worker can load. Its types, and those of the
 * files that it imports, are taken off once for all workers: that takes longer than all else that a worker loads.
 */
export function bareSource(file: string): string {
  const known = sources.get(file);
  if (known !== undefined) {
    return known;
  }
  const source = stripTypeScriptTypes(readFileSync(file, 'utf8')).replace(
    /(\bfrom |\bimport\()'(\.{1,2}\/[^']+\.ts)'/g,
    (_, before: string, imported: string) => `${before}'${bareSource(path.join(path.dirname(file), imported))}'`,
  );
  const address = `data:text/javascript,${encodeURIComponent(source).replaceAll("'", '%27')}`;
  sources.set(file, address);
  return address;
}
