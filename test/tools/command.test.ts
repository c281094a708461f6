import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { oneOf, parseArguments, UsageError, wholeNumber } from '../../tools/command.ts';

describe('a command', () => {
  const program = fileURLToPath(new URL('../../tools/redrive.ts', import.meta.url));
  const run = (...args: string[]) => promisify(execFile)(process.execPath, [program, ...args]);

  test('prints its usage with --help', async () => {
    expect(await run('--help')).toMatchObject({ stdout: expect.stringMatching(/^npm run redrive/), stderr: '' });
  });

  test('prints the problem and its usage, and exits with 1, when an option is unknown', async () => {
    await expect(run('--every')).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^Unknown option '--every'.*\n\nnpm run redrive/s),
    });
  });

  test('prints the stack trace, and exits with 1, when it fails', async () => {
    await expect(run('--url', 'http://127.0.0.1:1')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/fetch failed.*cause/s),
    });
  });
});

test('arguments have the declared types and defaults', () => {
  const options = {
    name: { type: 'string' },
    count: { type: 'string', default: '4' },
    all: { type: 'boolean' },
  } as const;
  expect({ ...parseArguments({ options }, ['--name', 'x', '--all']).values }).toEqual({
    name: 'x',
    count: '4',
    all: true,
  });
  expect(() => parseArguments({ options }, ['--name'])).toThrow(UsageError);
  expect(() => parseArguments({ options }, ['x'])).toThrow(UsageError);
});

test('a whole number lies between its limits', () => {
  expect(wholeNumber('--n', '64', { max: 64 })).toBe(64);
  for (const text of ['0', '65', '1.5', '-1', 'x', '']) {
    expect(() => wholeNumber('--n', text, { max: 64 })).toThrow(
      `--n must be a whole number from 1 to 64, not "${text}".`,
    );
  }
});

test('a choice is one of its values', () => {
  expect(oneOf('--kind', 'b', ['a', 'b'])).toBe('b');
  expect(() => oneOf('--kind', 'c', ['a', 'b'])).toThrow('--kind must be a, b, not "c".');
});
