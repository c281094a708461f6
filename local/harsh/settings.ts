import { randomInt } from 'node:crypto';
import { Refusal } from '../start-error.ts';

export type HarshSettings = { seed: number };

/**
 * Whether `CLOUD` asks for harsh mode, and its seed: `HARSH_SEED`, or a random one.
 *
 * @throws Refusal when one of the variables has a value that is not known
 */
export function harshSettings({
  CLOUD,
  HARSH_SEED,
}: Readonly<Record<string, string | undefined>>): HarshSettings | undefined {
  if (CLOUD === undefined || CLOUD === '') {
    return undefined;
  }
  if (CLOUD !== 'harsh') {
    throw new Refusal(`CLOUD is harsh or not set, not "${CLOUD}".`);
  }
  if (HARSH_SEED === undefined || HARSH_SEED === '') {
    return { seed: randomInt(1_000_000) };
  }
  if (!/^\d{1,9}$/.test(HARSH_SEED)) {
    throw new Refusal(`HARSH_SEED is a whole number of up to nine digits, not "${HARSH_SEED}".`);
  }
  return { seed: Number(HARSH_SEED) };
}
