import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Defines `require` in ES modules: some dependencies use it for Node's own modules. */
const requireBanner = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

/**
 * Packages that the SDK loads on demand and that functions never need: credential providers other than the environment, which
 * Lambda uses; event streams; the user agent of browsers. In the bundle, the Node modules that they import would be loaded at
 * start, which would increase the load time by half.
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

/** The options with which all functions are bundled. */
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
  // Names stay, for readable stack traces: source maps would take longer to load, in synthesis and in a cold start.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
} satisfies BuildOptions;

/**
 * The bundle of a function: a folder with `index.mjs` and the files that it reads. `bytes` is the size of `index.mjs`; `inputs` are the
 * source files that contribute code to it, relative to the root of the repository.
 */
export type Bundle = { name: string; folder: string; bytes: number; inputs: readonly string[] };

/** Bundles by the entry file of their function. */
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
 * Changed files are replaced atomically, and others stay untouched, so that concurrent builds of the same source never read
 * incomplete files.
 *
 * @param entries entry files, relative to the root of the repository
 * @param attachments additional files for the folder of a bundle: by entry, then by file name
 * @throws Error when an entry is missing or does not compile; esbuild has then reported where
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
