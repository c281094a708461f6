import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A child process that ends with this process, even when this process is killed. */
export type TiedProcess = {
  process: ChildProcess;
  /** The last 8 KB that it has written to its standard output and error. */
  output(): string;
  hasEnded(): boolean;
  end(): Promise<void>;
};

/** The shell ends the program when its standard input closes; the system closes it when this process ends. */
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
  let output = '';
  let ended = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      output = (output + data.toString()).slice(-8192);
    });
  }
  child.stdin.on('error', () => undefined);
  child.once('error', (error) => {
    ended = true;
    output += error.message;
  });
  child.once('exit', () => {
    ended = true;
    child.stdin.destroy();
  });
  return {
    process: child,
    output: () => output,
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
      const killTimer = setTimeout(() => child.kill('SIGKILL'), 5000).unref();
      await exited;
      clearTimeout(killTimer);
    },
  };
}
