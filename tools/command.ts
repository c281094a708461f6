import { inspect, type ParseArgsConfig, parseArgs } from 'node:util';
import { StartError } from '../local/start-error.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/** A command line: its usage, its options in addition to `--help`, and whether it has positional arguments. */
export type CommandLine<Declared extends Options> = { usage: string; options: Declared; allowPositionals?: boolean };

type Arguments<Declared extends Options> = ReturnType<typeof parseArgs<{ options: Declared; allowPositionals: true }>>;

/** An invalid command line. The usage is printed below the message. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Runs a command and ends the process with its exit code: the one that `run` returns, 0 when it returns none, 1 when it throws.
 *
 * @example
 * await runCommand({ usage: 'npm run greet -- --name <name>', options: { name: { type: 'string' } } }, ({ values }) => {
 *   process.stdout.write(`Hello ${values.name}\n`);
 * });
 */
export async function runCommand<const Declared extends Options>(
  { usage, options, allowPositionals = false }: CommandLine<Declared>,
  run: (given: Arguments<Declared>) => Promise<number> | Promise<void> | number | void,
): Promise<never> {
  // Use Lambda's time zone.
  process.env.TZ = 'UTC';
  let code = 1;
  try {
    if (process.argv.slice(2).includes('--help')) {
      process.stdout.write(`${usage}\n`);
      code = 0;
    } else {
      code = (await run(parseArguments({ options, allowPositionals }, process.argv.slice(2)))) ?? 0;
    }
  } catch (error) {
    const isExpected = error instanceof UsageError || error instanceof StartError;
    process.stderr.write(`${isExpected ? error.message : inspect(error)}\n`);
    process.stderr.write(error instanceof UsageError ? `\n${usage}\n` : '');
  }
  process.exit(code);
}

/** Parses a command line. @throws UsageError when an option is unknown or lacks its value */
export function parseArguments<const Declared extends Options>(
  { options, allowPositionals = false }: Omit<CommandLine<Declared>, 'usage'>,
  args: readonly string[],
): Arguments<Declared> {
  try {
    // Safe: without positional arguments, the list of them is empty.
    return parseArgs({ args: [...args], options, allowPositionals }) as Arguments<Declared>;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Parses the value of an option. @throws UsageError when it is not a whole number from `min` (1) to `max` (a billion) */
export function wholeNumber(option: string, text: string, { min = 1, max = 1_000_000_000 } = {}): number {
  if (!/^\d+$/.test(text) || Number(text) < min || Number(text) > max) {
    throw new UsageError(`${option} must be a whole number from ${min} to ${max}, not "${text}".`);
  }
  return Number(text);
}

/** Returns the value that the text names. @throws UsageError when it names none of them */
export function oneOf<Value extends string>(option: string, text: string, values: readonly Value[]): Value {
  const value = values.find((candidate) => candidate === text);
  if (value === undefined) {
    throw new UsageError(`${option} must be ${values.join(', ')}, not "${text}".`);
  }
  return value;
}
