import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** `npm start` on a free port, with these settings: the cloud, and the console as it is built on demand. */
export async function startLocalConsole(
  settings: Readonly<Record<string, string>> = {},
): Promise<{ url: string; stop(): Promise<void> }> {
  const child = spawn(process.execPath, ['--import', './local/require-node.js', 'local/main.ts'], {
    cwd: root,
    // Without the options of the test runner.
    env: { ...process.env, NODE_OPTIONS: '', PORT: '0', DAY_MS: '500', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (data: Buffer) => {
    log += data.toString();
  });
  const stop = async () => {
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  };
  for await (const line of createInterface({ input: child.stdout })) {
    const [, url] = /^ready (http:\S+)$/.exec(line) ?? [];
    if (url !== undefined) {
      return { url, stop };
    }
  }
  throw new Error(`The local cloud did not start:\n${log}`);
}
