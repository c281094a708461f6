import type { Resource } from '../api/client.ts';

type Usage = Pick<Resource<'ServiceUsage'>, 'usedBytes' | 'allowanceBytes' | 'pooling'>;

/**
 * The share of a pool's allowance that was used, in whole percent, rounded down so that 100 means exhausted. Undefined without a
 * pool: each SIM then has an allowance of its own.
 */
export function poolShare({ usedBytes, allowanceBytes, pooling }: Usage): number | undefined {
  return pooling === undefined || pooling === 'per_sim' ? undefined : shareOf(usedBytes, allowanceBytes);
}

/** The share of an allowance in whole percent; undefined without one. */
export function shareOf(usedBytes: number, allowanceBytes: number | undefined): number | undefined {
  return allowanceBytes === undefined || allowanceBytes === 0
    ? undefined
    : Math.floor((100 * usedBytes) / allowanceBytes);
}

/** The last months in UTC, such as `2026-11`, the current one first. */
export function recentPeriods(now: Date, count: number): string[] {
  return Array.from({ length: count }, (_, back) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back)).toISOString().slice(0, 7),
  );
}
