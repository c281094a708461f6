import { randomInt } from 'node:crypto';
import { StartError } from '../start-error.ts';

export type HarshSettings = { seed: number };

/**
 * Reads the settings of harsh mode: `CLOUD` turns it on; the seed is `HARSH_SEED` or random.
 *
 * @throws StartError when a variable has an invalid value
 */
export function harshSettings({
  CLOUD,
  HARSH_SEED,
}: Readonly<Record<string, string | undefined>>): HarshSettings | undefined {
  if (CLOUD === undefined || CLOUD === '') {
    return undefined;
  }
  if (CLOUD !== 'harsh') {
    throw new StartError(`CLOUD must be "harsh" or not set, not "${CLOUD}".`);
  }
  if (HARSH_SEED === undefined || HARSH_SEED === '') {
    return { seed: randomInt(1_000_000) };
  }
  if (!/^\d{1,9}$/.test(HARSH_SEED)) {
    throw new StartError(`HARSH_SEED must be a whole number of up to nine digits, not "${HARSH_SEED}".`);
  }
  return { seed: Number(HARSH_SEED) };
}
