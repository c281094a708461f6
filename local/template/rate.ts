import { StartError } from '../start-error.ts';

const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** Parses `rate(15 minutes)` to milliseconds. @throws StartError for other expressions, such as `cron(...)` */
export function rateOf(schedule: string, expression: string): number {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  if (unit !== 'minute' && unit !== 'hour' && unit !== 'day') {
    throw new StartError(
      `${schedule}: the local cloud does not support the schedule "${expression}". Supported: rate(<n> minutes|hours|days).`,
    );
  }
  return Number(count) * unitMs[unit];
}
