import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { inputs } from '../../local/synthesis.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The files that the files of a folder import. */
function filesImportedBy(folder: string): string[] {
  const files = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.join(root, folder, name));
  return files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/(?:from|import\() ?'(\.[^']+)'/g)].map(([, imported = '']) =>
      path.relative(root, path.resolve(path.dirname(file), imported)),
    ),
  );
}

test('templates and bundles are synthesised again when a source file changes', () => {
  const folders = inputs.filter((name) => statSync(path.join(root, name)).isDirectory());
  const imported = [...new Set(folders.flatMap(filesImportedBy))].filter((name) => !name.endsWith('.json'));
  const isInput = (name: string) =>
    inputs.includes(name) || folders.some((folder) => name.startsWith(folder + path.sep));
  expect(imported.filter((name) => !isInput(name))).toEqual([]);
});
