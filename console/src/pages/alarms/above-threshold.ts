import { type Alarm, thresholdBytes } from '../../../../domain/alarm.ts';
import { TOP_SIMS } from '../../../../domain/usage.ts';
import type { Resource } from '../../api/client.ts';
import { formatCount } from '../../app/format.ts';
import * as text from '../../text/index.ts';

/** What a service or a SIM has used so far this month, and the allowance of its service. */
export type UsageSoFar = Pick<
  Resource<'ServiceUsage'>,
  'usedBytes' | 'allowanceBytes' | 'pooling' | 'sims' | 'topSims'
>;

type Watch = { measure: Alarm['measure']; threshold: Resource<'Alarm'>['threshold'] };

/** SIMs, or pools, that have reached the threshold of an alarm. */
export type Above = { measure: Alarm['measure']; count: number; isAtLeast: boolean };

/**
 * The SIMs that have reached the threshold this month, or the pool. An alarm does not fire for them when it is created, but when their
 * usage is next counted. The API lists the SIMs with the highest usage: more may be above the threshold when all of these are.
 *
 * @returns `undefined` for a percentage without an allowance: the alarm cannot fire.
 */
export function aboveThreshold({ measure, threshold }: Watch, usage: UsageSoFar): Above | undefined {
  const limit = thresholdBytes({ measure, threshold: toThreshold(threshold) }, termsOf(usage));
  if (limit === undefined) {
    return undefined;
  }
  const isAbove = (bytes: number) => bytes > 0 && bytes >= limit;
  if (measure === 'pool') {
    return { measure, count: isAbove(usage.usedBytes) ? 1 : 0, isAtLeast: false };
  }
  const count = usage.topSims.filter(({ bytes }) => isAbove(bytes)).length;
  return { measure, count, isAtLeast: count === TOP_SIMS };
}

const toThreshold = ({ percent, bytes = 0 }: Watch['threshold']): Alarm['threshold'] =>
  percent === undefined ? { bytes } : { percent };

/** The terms of the tariff: the allowance of a dynamic pool is that of a SIM times their number. */
function termsOf({ allowanceBytes, pooling, sims }: UsageSoFar): Parameters<typeof thresholdBytes>[1] {
  const ofTariff = pooling === 'dynamic_pool' && allowanceBytes !== undefined ? allowanceBytes / sims : allowanceBytes;
  return {
    tariff: pooling && ofTariff !== undefined && sims > 0 ? { allowanceBytes: ofTariff, pooling } : undefined,
    sims,
  };
}

/** How many have reached the threshold, and when the alarm fires for them. */
export function describeAbove({ measure, count, isAtLeast }: Above): string {
  const { pool, noPool, noSims, oneSim, sims } = text.alarms.above;
  if (measure === 'pool') {
    return count === 0 ? noPool : pool;
  }
  return count === 0 ? noSims : count === 1 ? oneSim : sims(formatCount({ count, isAtLeast }));
}
