import * as z from 'zod/mini';
import type { PartnerServiceRecord, WithTariff } from '../../adapters/dynamodb/services.ts';
import type { SimRecord } from '../../adapters/dynamodb/sims.ts';
import { tenuresOfSim } from '../../adapters/dynamodb/tenures.ts';
import { simDays, sumsOfService, USAGE_RETENTION_DAYS } from '../../adapters/dynamodb/usage.ts';
import { serviceUsageSchema, simUsageSchema } from '../../contract/usage.ts';
import type { PartnerCaller } from '../../domain/access.ts';
import { allowanceOf, forecastOf } from '../../domain/allowance.ts';
import { sumBytes } from '../../domain/bytes.ts';
import { described } from '../../domain/described.ts';
import { DAY_MS } from '../../domain/durations.ts';
import { tenureAt } from '../../domain/tenure.ts';
import { beginOf, dayOf, granularities, periodOf, pointsOf, topOf } from '../../domain/usage.ts';
import { type InputError, invalidInput } from '../refusal.ts';

/** How many days one request may ask for, by hour; by day and month, as long as days are kept. */
const MOST_DAYS_BY_HOUR = 31;

const moment = () =>
  z.union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: 'must be a time (RFC 3339) or a date (YYYY-MM-DD)',
  });

/** Which part of what a SIM used is asked for. */
export const simUsageQuery = () =>
  z.strictObject({
    from: described(
      z.optional(moment()),
      'Start of the first hour. Default: the beginning of the month that contains `to`. A date stands for midnight UTC.',
    ),
    to: described(
      z.optional(moment()),
      'End of the range, exclusive: hours that began before it are included. Default: now.',
    ),
    granularity: described(
      z._default(z.enum(granularities), 'day'),
      `A range may span ${MOST_DAYS_BY_HOUR} days by hour, and ${USAGE_RETENTION_DAYS} days by day or month.`,
    ),
  });

type SimUsageQuery = z.infer<ReturnType<typeof simUsageQuery>>;

/**
 * What a SIM used. A customer's own user is told of the time in which the SIM was the customer's: of hours that began
 * then.
 *
 * @throws Refusal 422
 */
export async function showSimUsage(caller: PartnerCaller, sim: SimRecord, query: SimUsageQuery, now: Date) {
  const { granularity } = query;
  const to = query.to === undefined ? now : momentOf(query.to, '/query/to');
  const from =
    query.from === undefined ? new Date(beginOf(justBefore(to), 'month')) : momentOf(query.from, '/query/from');
  const problem = rangeProblem(from, to, granularity);
  if (problem) {
    throw invalidInput([problem]);
  }
  const [first, end] = [beginOf(from.toISOString(), 'hour'), to.toISOString()];
  const [days, isTheirs] = await Promise.all([
    simDays(caller.partnerId, sim.iccid, dayOf(first), dayOf(end)),
    theirTime(caller, sim),
  ]);
  const used = pointsOf(days, granularity, (hour) => first <= hour && hour < end && isTheirs(hour));
  return simUsageSchema.parse({ unit: 'bytes', ...used });
}

/** Whose year has four digits, in UTC too: others are written, and sort, in another way. */
function momentOf(text: string, pointer: string): Date {
  const moment = new Date(text);
  if (moment < EARLIEST || moment > LATEST) {
    throw invalidInput([{ pointer, code: 'range', message: 'The year must be between 1970 and 9998.' }]);
  }
  return moment;
}

const EARLIEST = new Date('1970-01-02');
const LATEST = new Date('9998-12-31');

/** So that what is asked for up to midnight of a month's first day is the month before. */
const justBefore = (moment: Date) => new Date(moment.getTime() - 1).toISOString();

function rangeProblem(from: Date, to: Date, granularity: SimUsageQuery['granularity']): InputError | undefined {
  if (from >= to) {
    const message = `from (${from.toISOString()}) must be before to (${to.toISOString()}).`;
    return { pointer: '/query/from', code: 'range', message };
  }
  const most = granularity === 'hour' ? MOST_DAYS_BY_HOUR : USAGE_RETENTION_DAYS;
  if (to.getTime() - from.getTime() > most * DAY_MS) {
    return {
      pointer: '/query/from',
      code: 'range',
      message: `The range must not exceed ${most} days when granularity is ${granularity}.`,
    };
  }
  return undefined;
}

async function theirTime(caller: PartnerCaller, sim: SimRecord): Promise<(hour: string) => boolean> {
  if (caller.kind === 'partner') {
    return () => true;
  }
  const tenures = await tenuresOfSim(caller.partnerId, sim);
  return (hour) => tenureAt(tenures, hour).customerId === caller.customerId;
}

/** Which month is asked for. */
export const serviceUsageQuery = () =>
  z.strictObject({
    period: described(
      z.optional(z.string().check(z.regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be a month such as 2026-11'))),
      'Calendar month in UTC, for example `2026-11`. Default: the current month.',
    ),
  });

/** What the SIMs of a service used in a month, beside its allowance. Holding services have no tariff, and none. */
export async function showServiceUsage(
  partnerId: string,
  { service, tariff }: WithTariff<Pick<PartnerServiceRecord, 'id' | 'sims'>>,
  query: z.infer<ReturnType<typeof serviceUsageQuery>>,
  now: Date,
) {
  const period = query.period ?? periodOf(now.toISOString());
  const sums = await sumsOfService(partnerId, service.id, period);
  const usedBytes = sumBytes(sums.map(({ bytes }) => bytes));
  const { sims = 0 } = service;
  const allowanceBytes = tariff && allowanceOf(tariff, sims);
  return serviceUsageSchema.parse({
    period,
    usedBytes,
    sims,
    topSims: topOf(...sums.map(({ top }) => top)),
    ...(tariff && {
      allowanceBytes,
      pooling: tariff.pooling,
      ...(tariff.pooling !== 'per_sim' && { forecast: forecastOf(usedBytes, allowanceBytes ?? 0, period, now) }),
    }),
  });
}
