export const granularities = ['hour', 'day', 'month'] as const;

export type Granularity = (typeof granularities)[number];

const DAY_MS = 86_400_000;

/** The range that a chart of this granularity shows: the last two days, the API's default of the month so far, or the last year. */
export function rangeOf(granularity: Granularity, now: Date): { from?: string } {
  const since = (days: number) => ({ from: new Date(now.getTime() - days * DAY_MS).toISOString() });
  switch (granularity) {
    case 'hour':
      return since(2);
    case 'day':
      return {};
    case 'month':
      return since(365);
  }
}

/** The usage of each moment over all networks, in the order of time. */
export function sumByTime(points: readonly { at: string; bytes: number }[]): { at: Date; bytes: number }[] {
  const sums = new Map<string, number>();
  for (const { at, bytes } of points) {
    sums.set(at, (sums.get(at) ?? 0) + bytes);
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([at, bytes]) => ({ at: new Date(at), bytes }));
}
