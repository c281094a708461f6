import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A program that ends when this process does, even when this one is killed and can tell it nothing. */
export type TiedProcess = {
  process: ChildProcess;
  /** All that it has said so far, the last 8 KB. */
  said(): string;
  hasEnded(): boolean;
  end(): Promise<void>;
};

/** The shell ends the program when its standard input closes, which the system does for a process that is gone. */
const tie =
  'exec 3<&0; "$@" 3<&- & pid=$!; (cat <&3 >/dev/null; kill $pid 2>/dev/null) >/dev/null 2>&1 & exec 3<&-; wait $pid';

export function startTied(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): TiedProcess {
  const [program, programArgs] =
    process.platform === 'win32' ? [command, [...args]] : ['/bin/sh', ['-c', tie, 'sh', command, ...args]];
  const child = spawn(program, programArgs, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  let ended = false;
  for (const output of [child.stdout, child.stderr]) {
    output.on('data', (data: Buffer) => {
      said = (said + data.toString()).slice(-8192);
    });
  }
  child.stdin.on('error', () => undefined);
  child.once('error', (error) => {
    ended = true;
    said += error.message;
  });
  child.once('exit', () => {
    ended = true;
    child.stdin.destroy();
  });
  return {
    process: child,
    said: () => said,
    hasEnded: () => ended,
    async end() {
      if (ended) {
        return;
      }
      const exited = once(child, 'exit');
      child.stdin.destroy();
      if (process.platform === 'win32') {
        child.kill();
      }
      const giveUp = setTimeout(() => child.kill('SIGKILL'), 5000).unref();
      await exited;
      clearTimeout(giveUp);
    },
  };
}
