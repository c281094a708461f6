import { parseArgs } from 'node:util';
import { type PlatformKind, platformKinds } from '../../domain/operator.ts';
import { StartError } from '../start-error.ts';

export const DEMO_USAGE = [
  'npm run demo -- [--kind <kind>]',
  '',
  `  --kind <kind>  the platform of the operators: ${platformKinds.join(', ')}. Default: sim-fulfilment`,
  '',
  'DAY_MS sets the length of a day in real milliseconds (1000), and CLOUD=harsh turns on harsh mode.',
].join('\n');

/** Parses the command line of the demo. @throws StartError when it is invalid */
export function demoArguments(args: readonly string[]): 'help' | { kind: PlatformKind } {
  const { help, kind: text } = parsed(args);
  if (help) {
    return 'help';
  }
  const kind = platformKinds.find((candidate) => candidate === text);
  if (kind === undefined) {
    throw new StartError(`--kind must be ${platformKinds.join(', ')}, not "${text}".`);
  }
  return { kind };
}

function parsed(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { help: { type: 'boolean', default: false }, kind: { type: 'string', default: 'sim-fulfilment' } },
    });
    return values;
  } catch (error) {
    throw new StartError(`${error instanceof Error ? error.message : String(error)}\n\n${DEMO_USAGE}`);
  }
}
