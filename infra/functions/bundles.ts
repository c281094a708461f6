import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The SDK's dependencies still `require` Node's own modules, which an ES module has to be given. */
const requireBanner = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

/** What a function is deployed as: a folder with `index.mjs`, and beside it the files that it reads. */
export type Bundle = { name: string; folder: string; bytes: number };

/** The bundles by the entry file of their function. */
export type Bundles = ReadonlyMap<string, Bundle>;

/** The name of a function's bundle: `functions/api/orders.ts` becomes `api-orders`. */
export function bundleName(entry: string): string {
  return entry
    .replace(/^functions\//, '')
    .replace(/\.ts$/, '')
    .replaceAll('/', '-');
}

/**
 * Bundles all functions in one run of esbuild, each into `dist/functions/<name>/index.mjs`.
 *
 * Files are replaced only when they have changed, and then in one step: whoever bundles the same source at the same time
 * never reads a half-written file.
 *
 * @param entries entry files, relative to the root of the repository
 * @param attachments files to lay beside a function's bundle: by entry, then by file name
 * @throws when an entry is missing or does not compile; esbuild has then said where
 */
export async function bundleFunctions(
  entries: readonly string[],
  attachments: Readonly<Record<string, Readonly<Record<string, string | Uint8Array>>>> = {},
): Promise<Bundles> {
  const output = path.join(root, 'dist/functions');
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: entries.map((entry) => ({ in: entry, out: `${bundleName(entry)}/index` })),
    outdir: output,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: false,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    banner: { js: requireBanner },
    // Names stay: a stack trace that reads costs less in loading than source maps do, in synthesis as in a cold start.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'warning',
  });

  const bundles = new Map<string, Bundle>();
  const files = outputFiles.map(({ path: file, contents }) => ({ file, contents }));
  for (const entry of entries) {
    const name = bundleName(entry);
    const folder = path.join(output, name);
    const code = files.find(({ file }) => file === path.join(folder, 'index.mjs'));
    bundles.set(entry, { name, folder, bytes: code?.contents.length ?? 0 });
    for (const [fileName, contents] of Object.entries(attachments[entry] ?? {})) {
      files.push({ file: path.join(folder, fileName), contents: Buffer.from(contents) });
    }
  }
  await Promise.all(files.map(({ file, contents }) => replaceIfChanged(file, contents)));
  return bundles;
}

/** The bundles' sizes as a table, the largest first. */
export function sizeTable(bundles: Bundles): string {
  const bySize = [...bundles.values()].sort((a, b) => b.bytes - a.bytes);
  return bySize.map(({ name, bytes }) => `${(bytes / 1024).toFixed(0).padStart(6)} KB  ${name}`).join('\n');
}

async function replaceIfChanged(file: string, contents: Uint8Array): Promise<void> {
  const current = await readFile(file).catch(() => undefined);
  if (current?.equals(contents)) return;
  await mkdir(path.dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  try {
    await writeFile(unfinished, contents);
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
