import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The folder of the built console. */
export const dist = path.join(root, 'console/dist');

/** The file in the built console that names its sources. */
const MARK = '.sources';

/** The sources of the console: its own, and the declarations of the API from which its types are generated. */
const folders = ['console', 'contract', 'domain', 'functions'];
const ignored = new Set(['dist', 'generated', 'node_modules']);

/** Whether the built console is that of the current sources. */
export async function isBuilt(): Promise<boolean> {
  const built = await readFile(path.join(dist, MARK), 'utf8').catch(() => undefined);
  return built !== undefined && built === (await hashOfSources());
}

/** The mark of a build of the current sources. */
export async function sourcesMark(): Promise<{ file: string; hash: string }> {
  return { file: MARK, hash: await hashOfSources() };
}

async function hashOfSources(): Promise<string> {
  const hash = createHash('sha256').update(await readFile(path.join(root, 'package-lock.json')));
  for (const folder of folders) {
    for (const file of await filesIn(path.join(root, folder))) {
      hash.update(`\0${path.relative(root, file)}\0`).update(await readFile(file));
    }
  }
  return hash.digest('hex');
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const nested = await Promise.all(
    entries
      .filter(({ name }) => !ignored.has(name) && !/\.test\.ts$/.test(name))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((entry) => {
        const full = path.join(folder, entry.name);
        return entry.isDirectory() ? filesIn(full) : [full];
      }),
  );
  return nested.flat();
}
