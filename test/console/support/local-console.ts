import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Kills a cloud that has not stopped after this time: a run of tests ends, and reports it. */
const STOP_WITHIN_MS = 60_000;

/** A cloud that has started or will: `stop` ends it in any case. */
export type LocalConsole = { url: Promise<string>; stop(): Promise<void> };

/** `npm start` on a free port, with these settings: the cloud, and the console as it is built on demand. */
export function startLocalConsole(settings: Readonly<Record<string, string>> = {}): LocalConsole {
  const child = spawn(process.execPath, ['--import', './local/require-node.js', 'local/main.ts'], {
    cwd: root,
    // Without the options of the test runner. As under `npm start`, the cloud ends when its parent process has ended.
    env: { ...process.env, NODE_OPTIONS: '', PORT: '0', DAY_MS: '500', ...settings, npm_lifecycle_event: 'start' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (data: Buffer) => {
    log += data.toString();
  });

  async function start(): Promise<string> {
    for await (const line of createInterface({ input: child.stdout })) {
      const [, url] = /^ready (http:\S+)$/.exec(line) ?? [];
      if (url !== undefined) {
        return url;
      }
    }
    throw new Error(`The local cloud did not start:\n${log}`);
  }

  return {
    url: start(),
    async stop() {
      const end = await endOf(child);
      if (end !== 0) {
        throw new Error(`The local cloud ended with ${end}:\n${log}`);
      }
    },
  };
}

/** Stops a process. @returns its exit code, or the signal that has killed it */
async function endOf(child: ChildProcess): Promise<number | string | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    const killTimer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    child.kill('SIGTERM');
    await exited;
    clearTimeout(killTimer);
  }
  return child.exitCode ?? child.signalCode;
}
