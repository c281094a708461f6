import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Log } from './log.ts';
import { Refusal } from './start-error.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** All that the template and the bundles are made from. */
export const inputs: readonly string[] = [
  'infra',
  'functions',
  'use-cases',
  'contract',
  'domain',
  'adapters',
  'package.json',
  'package-lock.json',
  'cdk.json',
  'tsconfig.json',
];

const KEPT_ASSEMBLIES = 3;
const GIVE_UP_AFTER_MS = 120_000;

/**
 * The folder of the synthesised templates and bundles, made anew only when something that they are made from has changed.
 * Several processes may ask at once: one synthesises, the others wait.
 *
 * @param signal stops the synthesis, and removes its unfinished output
 * @throws Refusal when the CDK app fails; what it said is in the message
 */
export async function synthesise(log: Log, signal?: AbortSignal): Promise<string> {
  const all = path.join(root, 'cdk.out.local');
  const folder = path.join(all, await hashOfInputs());
  await mkdir(all, { recursive: true });
  const unlock = await lock(`${folder}.lock`, () => existsSync(folder), signal);
  try {
    if (existsSync(folder)) {
      const now = new Date();
      await utimes(folder, now, now);
      return folder;
    }
    log('Synthesising the templates and bundling the functions, as something has changed ...');
    const unfinished = `${folder}.${randomUUID()}`;
    await synthesiseInto(unfinished, { stage: 'local' }, signal);
    // From here on it is whole: nobody ever reads a half-written assembly.
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
 * @param chosen what the command line would say with `-c`
 */
export async function synthesiseInto(
  outputFolder: string,
  chosen: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<void> {
  const { context }: { context: Record<string, unknown> } = JSON.parse(
    await readFile(path.join(root, 'cdk.json'), 'utf8'),
  );
  const child = spawn(process.execPath, ['infra/app.ts'], {
    cwd: root,
    env: {
      ...process.env,
      // Options of this process, as of a test runner, are not for another.
      NODE_OPTIONS: '',
      CDK_OUTDIR: outputFolder,
      // The checks take longer than all the rest, and are the tests' and the pipeline's to make.
      CDK_VALIDATION: 'false',
      LOCAL_CLOUD: 'true',
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...chosen }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const output of [child.stdout, child.stderr]) {
    output.on('data', (data: Buffer) => {
      said += data.toString();
    });
  }
  const kill = () => child.kill();
  signal?.addEventListener('abort', kill);
  const [code] = await once(child, 'close');
  signal?.removeEventListener('abort', kill);
  if (code !== 0) {
    await rm(outputFolder, { recursive: true, force: true });
    signal?.throwIfAborted();
    throw new Refusal(`The CDK app (infra/app.ts) does not synthesise:\n${said.trim()}`);
  }
}

async function hashOfInputs(): Promise<string> {
  const hash = createHash('sha256').update(process.version);
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

/** Waits for the lock, which whoever was killed left behind is taken over. */
async function lock(file: string, isDone: () => boolean, signal?: AbortSignal): Promise<() => Promise<void>> {
  const giveUp = Date.now() + GIVE_UP_AFTER_MS;
  for (;;) {
    try {
      const handle = await open(file, 'wx');
      await handle.writeFile(String(process.pid));
      await handle.close();
      return () => rm(file, { force: true });
    } catch {
      if (isDone()) {
        return async () => undefined;
      }
    }
    const owner = Number(await readFile(file, 'utf8').catch(() => ''));
    const info = await stat(file).catch(() => undefined);
    const isFresh = info !== undefined && Date.now() - info.mtimeMs < 1000;
    if (info && !isFresh && !isAlive(owner)) {
      await rm(file, { force: true });
    }
    if (Date.now() > giveUp) {
      throw new Refusal(`Another process has been synthesising for two minutes: if there is none, remove ${file}.`);
    }
    await sleep(50, undefined, signal && { signal });
  }
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Running clouds may still load functions from the last few. */
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
    .slice(KEPT_ASSEMBLIES - 1)
    .filter(({ usedAt }) => Date.now() - usedAt > 3_600_000);
  await Promise.all(old.map(({ folder }) => rm(folder, { recursive: true, force: true })));
}
