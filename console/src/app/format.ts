/** How numbers, times and volumes are shown: in the viewer's language and time zone. */

const numbers = new Intl.NumberFormat(undefined);

export const formatNumber = (value: number): string => numbers.format(value);

/** A time in a time zone, by default the viewer's, and in UTC. */
export function formatTime(time: string, timeZone?: string): { local: string; utc: string } {
  const at = new Date(time);
  const options = { dateStyle: 'medium', timeStyle: 'short' } as const;
  return {
    local: at.toLocaleString(undefined, { ...options, ...(timeZone && { timeZone }) }),
    utc: `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
  };
}

/** A calendar day, `YYYY-MM-DD`, which has no time zone. */
export function formatDay(day: string): string {
  return new Date(`${day}T00:00:00Z`).toLocaleDateString(undefined, { dateStyle: 'medium', timeZone: 'UTC' });
}

/** A calendar month in UTC, `YYYY-MM`. */
export function formatMonth(month: string): string {
  const options = { month: 'short', year: 'numeric', timeZone: 'UTC' } as const;
  return new Date(`${month}-01T00:00:00Z`).toLocaleDateString(undefined, options);
}

/** A range of days; one day when both are the same. */
export function formatDays({ earliest, latest }: { earliest: string; latest: string }): string {
  return earliest === latest ? formatDay(earliest) : `${formatDay(earliest)} – ${formatDay(latest)}`;
}

const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB'] as const;

/** A data volume in decimal units, as operators count it. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  const digits = power === 0 || value >= 100 ? 0 : 1;
  return `${value.toLocaleString(undefined, { maximumFractionDigits: digits })} ${UNITS[power]}`;
}

/** A count that may be the least number: `200+`. */
export function formatCount({ count, isAtLeast }: { count: number; isAtLeast: boolean }): string {
  return `${formatNumber(count)}${isAtLeast ? '+' : ''}`;
}
