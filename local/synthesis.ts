import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { lockFile } from './lock-file.ts';
import type { Log } from './log.ts';
import { StartError } from './start-error.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The sources of the templates and bundles. */
export const inputs: readonly string[] = [
  'infra',
  'functions',
  'use-cases',
  'contract',
  'domain',
  'adapters',
  'console/configuration.ts',
  'console/response-headers.ts',
  'package.json',
  'package-lock.json',
  'cdk.json',
  'tsconfig.json',
];

const MAX_ASSEMBLIES = 3;

/**
 * Returns the folder of the synthesised templates and bundles; synthesises again only when a source has changed. Of several concurrent
 * processes, one synthesises and the others wait.
 *
 * @param signal aborts the synthesis and removes its unfinished output
 * @param context the context values, as with `-c` on the command line
 * @throws StartError when the CDK app fails; the message contains its output
 */
export async function synthesise(
  log: Log,
  signal?: AbortSignal,
  context: Readonly<Record<string, string>> = {},
): Promise<string> {
  const all = path.join(root, 'cdk.out.local');
  const folder = path.join(all, await hashOfInputs(context));
  await mkdir(all, { recursive: true });
  const unlock = await lockFile(`${folder}.lock`, () => existsSync(folder), signal);
  try {
    if (existsSync(folder)) {
      const now = new Date();
      await utimes(folder, now, now);
      return folder;
    }
    log('Synthesising templates and bundling functions, because sources have changed ...');
    const unfinished = `${folder}.${randomUUID()}`;
    await synthesiseInto(unfinished, { ...context, stage: 'local' }, signal);
    // Rename the complete assembly, so that no process reads a partial one.
    await rename(unfinished, folder);
    await removeOld(all, folder);
    return folder;
  } finally {
    await unlock();
  }
}

/**
 * Synthesises the templates of a stage, and bundles the functions, into a folder.
 *
 * @param context the context values, as with `-c` on the command line
 */
export async function synthesiseInto(
  outputFolder: string,
  context: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<void> {
  const { context: defaultContext }: { context: Record<string, unknown> } = JSON.parse(
    await readFile(path.join(root, 'cdk.json'), 'utf8'),
  );
  const child = spawn(process.execPath, ['infra/app.ts'], {
    cwd: root,
    env: {
      ...process.env,
      // Do not pass on options of this process, for example of a test runner.
      NODE_OPTIONS: '',
      CDK_OUTDIR: outputFolder,
      // The checks take longer than everything else; tests and the pipeline run them.
      CDK_VALIDATION: 'false',
      LOCAL_CLOUD: 'true',
      CDK_CONTEXT_JSON: JSON.stringify({ ...defaultContext, ...context }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      output += data.toString();
    });
  }
  const kill = () => child.kill();
  signal?.addEventListener('abort', kill);
  const [code] = await once(child, 'close');
  signal?.removeEventListener('abort', kill);
  if (code !== 0) {
    await rm(outputFolder, { recursive: true, force: true });
    signal?.throwIfAborted();
    throw new StartError(`Synthesis of the CDK app (infra/app.ts) failed:\n${output.trim()}`);
  }
}

async function hashOfInputs(context: Readonly<Record<string, string>>): Promise<string> {
  const hash = createHash('sha256').update(process.version).update(JSON.stringify(context));
  for (const input of inputs) {
    const absolute = path.join(root, input);
    const info = await stat(absolute).catch(() => undefined);
    const files = !info
      ? []
      : info.isDirectory()
        ? (await readdir(absolute, { recursive: true, withFileTypes: true }))
            .filter((entry) => entry.isFile())
            .map((entry) => path.join(entry.parentPath, entry.name))
            .sort()
        : [absolute];
    for (const file of files) {
      hash.update(`\0${path.relative(root, file)}\0`).update(await readFile(file));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

/** Removes old assemblies, except the most recent ones, from which running clouds may still load functions. */
async function removeOld(all: string, current: string): Promise<void> {
  const names = await readdir(all);
  const folders = await Promise.all(
    names
      .filter((name) => /^[0-9a-f]{16}(\.|$)/.test(name) && !name.endsWith('.lock'))
      .map(async (name) => {
        const folder = path.join(all, name);
        return { folder, usedAt: (await stat(folder).catch(() => undefined))?.mtimeMs ?? 0 };
      }),
  );
  const old = folders
    .filter(({ folder }) => folder !== current)
    .sort((a, b) => b.usedAt - a.usedAt)
    .slice(MAX_ASSEMBLIES - 1)
    .filter(({ usedAt }) => Date.now() - usedAt > 3_600_000);
  await Promise.all(old.map(({ folder }) => rm(folder, { recursive: true, force: true })));
}
