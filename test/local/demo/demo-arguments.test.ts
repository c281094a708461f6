import { describe, expect, test } from '@jest/globals';
import { platformKinds } from '../../../domain/operator.ts';
import { demoArguments } from '../../../local/demo/demo-arguments.ts';
import { StartError } from '../../../local/start-error.ts';

describe('the command line of the demo', () => {
  test('takes each kind of platform', () => {
    for (const kind of platformKinds) {
      expect(demoArguments(['--kind', kind])).toEqual({ kind });
    }
  });

  test('uses the operators of the sandbox by default', () => {
    expect(demoArguments([])).toEqual({ kind: 'sim-fulfilment' });
  });

  test('can ask for help', () => {
    expect(demoArguments(['--help'])).toBe('help');
  });

  test('is refused with the list of kinds when the kind is unknown', () => {
    expect(() => demoArguments(['--kind', 'jasper'])).toThrow(
      new StartError('--kind must be sim-fulfilment, control-center, iot-accelerator, not "jasper".'),
    );
  });

  test('is refused when an option is unknown or lacks its value', () => {
    expect(() => demoArguments(['--sort', 'x'])).toThrow(StartError);
    expect(() => demoArguments(['--kind'])).toThrow(StartError);
    expect(() => demoArguments(['control-center'])).toThrow(StartError);
  });
});
