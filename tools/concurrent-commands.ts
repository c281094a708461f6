import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A Node command with a name for messages, and the variables that it needs in addition to those of this process. */
export type NamedCommand = { name: string; args: readonly string[]; env?: NodeJS.ProcessEnv };

type Print = (text: string | Buffer) => void;

const interrupts = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs commands one after another, with their output shown as it comes, and another one beside them, whose output is shown as a whole
 * at the end. A command that fails does not stop the others. An interrupt ends the commands, with the processes that they have
 * started, and then this process.
 *
 * @returns the names of the commands that failed
 */
export async function runBeside(
  beside: NamedCommand,
  sequence: readonly NamedCommand[],
  print: Print = (text) => void process.stdout.write(text),
): Promise<string[]> {
  const running = new Set<ChildProcess>();
  const stopListening = endOnInterrupt(running);
  try {
    const output: (string | Buffer)[] = [];
    const last = run(beside, running, (text) => void output.push(text));
    const results = [];
    for (const command of sequence) {
      print(`\n-- ${command.name}\n`);
      const result = await run(command, running, print);
      print(`${result.report}\n`);
      results.push(result);
    }
    const result = await last;
    print(`\n-- ${beside.name}\n${result.report}\n`);
    output.forEach(print);
    return [...results, result].filter(({ passed }) => !passed).map(({ name }) => name);
  } finally {
    stopListening();
  }
}

async function run({ name, args, env }: NamedCommand, running: Set<ChildProcess>, print: Print) {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that an interrupt reaches everything that the command has started.
    detached: process.platform !== 'win32',
  });
  running.add(child);
  child.stdout.on('data', print);
  child.stderr.on('data', print);
  const [code] = await once(child, 'close');
  running.delete(child);
  const passed = code === 0;
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  return { name, passed, report: `${name}: ${passed ? 'passed' : 'failed'} in ${seconds} s` };
}

/** @returns a function that restores the default behaviour */
function endOnInterrupt(running: ReadonlySet<ChildProcess>): () => void {
  const end = (signal: NodeJS.Signals) => {
    running.forEach(endGroup);
    stopListening();
    process.kill(process.pid, signal);
  };
  const stopListening = () => interrupts.forEach((signal) => void process.off(signal, end));
  interrupts.forEach((signal) => void process.on(signal, end));
  return stopListening;
}

function endGroup(child: ChildProcess): void {
  if (process.platform === 'win32' || child.pid === undefined) {
    child.kill();
    return;
  }
  try {
    process.kill(-child.pid, 'SIGTERM');
  } catch {
    // The group has ended already.
  }
}
