import { spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** Which curl the shell has: the machine's own, or a stand-in that takes nothing but Node. */
export type Curl = 'own' | 'stand-in';

export const hasCurl = spawnSync('curl', ['--version']).status === 0;

export type Session = {
  curl: Curl;
  /** Variables that are set before. */
  variables: Readonly<Record<string, string>>;
  /** Files of the folder that it runs in, by path. */
  files?: Readonly<Record<string, string>>;
};

const LONGEST_MS = 120_000;
/** Between what two scripts print; none prints it. */
const SEPARATOR = '--- and then';

/**
 * Runs scripts one after the other in one shell: what one sets, the next has.
 *
 * @returns what each printed
 * @throws when one of them ends the shell
 */
export async function runInShell(
  scripts: readonly string[],
  { curl, variables, files = {} }: Session,
): Promise<string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'documents-'));
  try {
    const bin = path.join(folder, 'bin');
    await mkdir(bin);
    if (curl === 'stand-in') {
      const standIn = fileURLToPath(new URL('curl.js', import.meta.url));
      await writeFile(path.join(bin, 'curl'), `#!/bin/sh\nexec '${process.execPath}' '${standIn}' "$@"\n`, {
        mode: 0o755,
      });
    }
    for (const [name, content] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), content);
    }
    const script = ['', ...scripts].join(`\necho '${SEPARATOR}'\n`);
    const shell = spawn('sh', ['-euc', script], {
      cwd: folder,
      env: { ...process.env, ...variables, PATH: `${bin}${path.delimiter}${process.env.PATH}` },
      stdio: ['ignore', 'pipe', 'pipe'],
      // Some wait for what may never come.
      timeout: LONGEST_MS,
    });
    const ended = new Promise<number | null>((resolve) => {
      shell.on('close', resolve);
    });
    const [printed, complaints, status] = await Promise.all([text(shell.stdout), text(shell.stderr), ended]);
    if (status !== 0) {
      throw new Error(`The shell ended with ${status}: ${complaints}${printed.slice(-2000)}`);
    }
    return printed.split(`${SEPARATOR}\n`).slice(1);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
