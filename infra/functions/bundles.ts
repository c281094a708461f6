import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Some dependencies still `require` Node's own modules, which an ES module has to be given. */
const requireBanner = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

/**
 * What the SDK loads on demand, and nothing here demands: credentials from anywhere but the environment, which is where
 * Lambda puts them; event streams; a browser's user agent. In one file, all that they import of Node's own modules would
 * be loaded at the start, and the start takes half as long again.
 */
const unusedPackages = [
  '@aws-sdk/credential-provider-http',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@smithy/core/event-streams',
  '@smithy/credential-provider-imds',
  'bowser',
];

/** How everything that runs on Lambda is bundled. */
export const bundleOptions = {
  absWorkingDir: root,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: false,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  external: unusedPackages,
  banner: { js: requireBanner },
  // Names stay: a stack trace that reads costs less in loading than source maps do, in synthesis as in a cold start.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
} satisfies BuildOptions;

/**
 * What a function is deployed as: a folder with `index.mjs`, and beside it the files that it reads. `inputs` are the
 * source files that something of is in it, relative to the root of the repository.
 */
export type Bundle = { name: string; folder: string; bytes: number; inputs: readonly string[] };

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
  const { outputFiles, metafile } = await build({
    ...bundleOptions,
    entryPoints: entries.map((entry) => ({ in: entry, out: `${bundleName(entry)}/index` })),
    outdir: output,
    write: false,
    metafile: true,
  });

  const bundles = new Map<string, Bundle>();
  const files = outputFiles.map(({ path: file, contents }) => ({ file, contents }));
  for (const entry of entries) {
    const name = bundleName(entry);
    const folder = path.join(output, name);
    const { bytes = 0, inputs = {} } = metafile.outputs[`dist/functions/${name}/index.mjs`] ?? {};
    const used = Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
    bundles.set(entry, { name, folder, bytes, inputs: used.map(([file]) => file) });
    for (const [fileName, contents] of Object.entries(attachments[entry] ?? {})) {
      files.push({ file: path.join(folder, fileName), contents: Buffer.from(contents) });
    }
  }
  await Promise.all(files.map(({ file, contents }) => replaceIfChanged(file, contents)));
  return bundles;
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
