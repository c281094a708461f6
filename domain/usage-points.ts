import { addBytes } from './bytes.ts';
import type { CalendarDay } from './calendar-day.ts';
import { dayOf, periodOf, type SimDay } from './usage.ts';

export const granularities = ['hour', 'day', 'month'] as const;
export type Granularity = (typeof granularities)[number];

/** The usage in one network in the hour, day or month that begins `at`. */
export type UsagePoint = { at: string; bytes: number; network: string };

/**
 * The usage of a SIM by time and network, in the order of both, without zeros.
 *
 * @param counts whether to include the hour that begins at a moment.
 */
export function pointsOf(
  days: readonly SimDay[],
  granularity: Granularity,
  counts: (hourBegins: string) => boolean,
): { totalBytes: number; points: UsagePoint[] } {
  const points = new Map<string, UsagePoint>();
  let totalBytes = 0;
  for (const { day, networks } of days) {
    for (const [network, hours] of networks) {
      for (const [hour, bytes] of hours) {
        const begins = hourOf(day, hour);
        if (bytes === 0 || !counts(begins)) {
          continue;
        }
        const at = beginOf(begins, granularity);
        const before = points.get(`${at} ${network}`);
        points.set(`${at} ${network}`, { at, bytes: addBytes(before?.bytes ?? 0, bytes), network });
        totalBytes = addBytes(totalBytes, bytes);
      }
    }
  }
  const sorted = [...points].sort(([a], [b]) => (a < b ? -1 : 1));
  return { totalBytes, points: sorted.map(([, point]) => point) };
}

const hourOf = (day: CalendarDay, hour: number) => `${day}T${String(hour).padStart(2, '0')}:00:00.000Z`;

/** The beginning of the hour, day or month that contains a moment. */
export function beginOf(at: string, granularity: Granularity): string {
  switch (granularity) {
    case 'hour':
      return hourOf(dayOf(at), Number(at.slice(11, 13)));
    case 'day':
      return hourOf(dayOf(at), 0);
    case 'month':
      return hourOf(`${periodOf(at)}-01`, 0);
  }
}
