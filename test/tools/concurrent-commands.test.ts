import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { runBeside } from '../../tools/concurrent-commands.ts';
import { eventually } from '../integration/support/eventually.ts';

const printing = (words: string, code = 0) => ['-e', `console.log('${words}'); process.exitCode = ${code}`];

test('the output of the command beside the others follows theirs', async () => {
  let output = '';
  const failed = await runBeside(
    { name: 'beside', args: printing('besides') },
    [
      { name: 'slow', args: ['-e', `setTimeout(() => console.log(process.env.WORD), 500)`], env: { WORD: 'first' } },
      { name: 'fast', args: printing('second') },
    ],
    (printed) => {
      output += printed;
    },
  );
  expect(failed).toEqual([]);
  expect(output.replaceAll(/in \d+ s/g, 'in n s')).toBe(
    '\n-- slow\nfirst\nslow: passed in n s\n\n-- fast\nsecond\nfast: passed in n s\n\n-- beside\nbeside: passed in n s\nbesides\n',
  );
});

test('a command that fails is named and stops no other', async () => {
  let output = '';
  const failed = await runBeside(
    { name: 'beside', args: printing('besides', 2) },
    [
      { name: 'failing', args: printing('broken', 1) },
      { name: 'next', args: printing('runs') },
    ],
    (printed) => {
      output += printed;
    },
  );
  expect(failed).toEqual(['failing', 'beside']);
  expect(output).toMatch(/broken\nfailing: failed in .*runs\nnext: passed in .*beside: failed in .*besides\n$/s);
});

test('an interrupt ends the commands and what they have started', async () => {
  const waiting = `process.stdout.write(' ' + process.pid + ' '); setTimeout(() => {}, 60_000)`;
  const args = `['-e', ${JSON.stringify(waiting)}]`;
  const nested = `require('node:child_process').spawn(process.execPath, ${args}, { stdio: 'inherit' }); ${waiting}`;
  const module = fileURLToPath(new URL('../../tools/concurrent-commands.ts', import.meta.url));
  const program = `
    import { runBeside } from ${JSON.stringify(module)};
    const args = ['-e', ${JSON.stringify(nested)}];
    const print = (text) => process.stdout.write(text);
    await runBeside({ name: 'beside', args: ['-e', 'setTimeout(() => {}, 60_000)'] }, [{ name: 'shown', args }], print);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString();
  });
  const pids = await eventually(() => {
    const found = [...output.matchAll(/ (\d+) /g)].map(([, pid]) => Number(pid));
    expect(found).toHaveLength(2);
    return found;
  });
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await exited).toEqual([null, 'SIGTERM']);
  await eventually(() => expect(pids.filter(isRunning)).toEqual([]));
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
