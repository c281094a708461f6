import * as z from 'zod/mini';
import { described } from '../domain/described.ts';
import { isIccid } from '../domain/iccid.ts';
import { FIRST_ROW } from '../domain/sim-manifest.ts';
import { tariffFields } from '../domain/tariff.ts';
import { MAX_RECORD_AGE_DAYS, USAGE_RETENTION_DAYS, type UsageRejection } from '../domain/usage.ts';
import { granularities } from '../domain/usage-points.ts';
import { MAX_DAYS_BY_HOUR } from '../domain/usage-range.ts';
import type { UsageRecord } from '../domain/usage-record.ts';
import { date, namedSchema, showAs, time } from './fields.ts';

const moment = () =>
  z.union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: 'must be a time (RFC 3339) or a date (YYYY-MM-DD)',
  });

export const simUsageQuery = () =>
  z.strictObject({
    from: described(
      z.optional(moment()),
      'The hour that contains this moment is the first. Default: the beginning of the month that contains `to`. A date means midnight UTC.',
    ),
    to: described(
      z.optional(moment()),
      'End of the range, exclusive: hours that began before it are included. Default: now.',
    ),
    granularity: described(
      z._default(z.enum(granularities), 'day'),
      `The range can span up to ${MAX_DAYS_BY_HOUR} days by hour, and up to ${USAGE_RETENTION_DAYS} days by day or month.`,
    ),
  });

export const periodQuery = () =>
  z.strictObject({
    period: described(
      z.optional(z.string().check(z.regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be a month such as 2026-11'))),
      'Calendar month in UTC, for example `2026-11`. Default: the current month.',
    ),
  });

const completeUntil = (operators: string) =>
  described(
    z.optional(time),
    `Until when the records of ${operators} are in. Later usage may be missing. Absent when unknown.`,
  );

export const simUsageSchema = namedSchema('SimUsage', () =>
  z.object({
    unit: z.literal('bytes'),
    totalBytes: z.int(),
    completeUntil: completeUntil('the SIM’s operator'),
    points: described(
      z.array(
        z.object({
          at: described(time, 'Start of the hour, day or month.'),
          bytes: z.int(),
          network: described(
            z.string(),
            'MCC and MNC of the network. `unknown` if the operator reports the usage of all networks together.',
          ),
        }),
      ),
      'Usage by time and network. Intervals without usage have no point.',
    ),
  }),
);

export const showSimUsage = (usage: Omit<z.infer<typeof simUsageSchema>, 'unit'>) =>
  showAs(simUsageSchema, { unit: 'bytes', ...usage });

export const serviceUsageSchema = namedSchema('ServiceUsage', () =>
  z.object({
    period: described(z.string(), 'Calendar month in UTC, for example `2026-11`.'),
    tariffId: described(z.optional(z.string()), 'Tariff of the service in the period. Absent for holding services.'),
    allowanceBytes: described(
      z.optional(z.int()),
      'Allowance of each SIM or of the pool. A dynamic pool has the allowance of the tariff times its number of SIMs. Absent for holding services.',
    ),
    usedBytes: described(z.int(), 'Bytes that SIMs used while they were on the service.'),
    sims: described(z.int(), 'Number of SIMs on the service now or, for a past period, at its end.'),
    pooling: z.optional(tariffFields().pooling),
    topSims: described(
      z.array(z.object({ iccid: z.string(), bytes: z.int() })),
      'Up to ten SIMs with the highest usage.',
    ),
    completeUntil: completeUntil('all operators of the service’s SIMs'),
    forecast: described(
      z.optional(date),
      'Day on which the pool is exhausted at the current rate. Absent when it lasts until the end of the period.',
    ),
  }),
);

export const showServiceUsage = (usage: z.infer<typeof serviceUsageSchema>) => showAs(serviceUsageSchema, usage);

const usageRowErrors = [
  'invalid_iccid',
  'unknown_sim',
  'untimely',
  'other_operator',
  'conflicting_record',
  'superseded',
  'set_aside',
] as const;

export const usageFileSchema = namedSchema('UsageFile', () =>
  z.object({
    records: described(z.int(), 'Number of rows in the file.'),
    counted: described(z.int(), 'Records that are counted, including those that were counted before.'),
    ownerless: described(z.int(), 'Records of SIMs that no partner has, or with an invalid ICCID.'),
    untimely: described(z.int(), 'Records that are more than 90 days old, or more than a day in the future.'),
    otherOperator: described(z.int(), 'Records of SIMs of another operator.'),
    conflicting: described(
      z.int(),
      'Records with other bytes or another network than an earlier one of the same SIM and `recordId`. The earlier one is kept.',
    ),
    superseded: described(
      z.int(),
      'Records of SIMs and days whose total the operator has reported over its API. The total includes them.',
    ),
    setAside: described(z.int(), 'Records that could not be counted because of an internal error. They await redrive.'),
    errors: described(
      z.array(
        z.object({
          row: described(z.int(), 'Row in the file: 2 is the row after the header row.'),
          recordId: z.string(),
          iccid: z.string(),
          code: z.enum(usageRowErrors),
          message: z.string(),
        }),
      ),
      'The rows that are not counted.',
    ),
  }),
);

/** The result of uploading a file of usage records. */
export function showUsageFile(records: readonly UsageRecord[], rejected: ReadonlyMap<UsageRecord, UsageRejection>) {
  const counts: Record<UsageRejection, number> = {
    ownerless: 0,
    untimely: 0,
    otherOperator: 0,
    conflicting: 0,
    superseded: 0,
    setAside: 0,
  };
  for (const reason of rejected.values()) {
    counts[reason] += 1;
  }
  const errors = records.flatMap((record, position) => {
    const reason = rejected.get(record);
    const { recordId, iccid } = record;
    return reason === undefined
      ? []
      : [{ row: position + FIRST_ROW, recordId, iccid, ...rejectionMessage(reason, iccid) }];
  });
  return showAs(usageFileSchema, {
    records: records.length,
    counted: records.length - rejected.size,
    ...counts,
    errors,
  });
}

function rejectionMessage(
  reason: UsageRejection,
  iccid: string,
): { code: (typeof usageRowErrors)[number]; message: string } {
  switch (reason) {
    case 'ownerless':
      return isIccid(iccid)
        ? { code: 'unknown_sim', message: 'No partner has this SIM.' }
        : { code: 'invalid_iccid', message: 'The ICCID has the wrong number of digits or the wrong check digit.' };
    case 'untimely':
      return {
        code: 'untimely',
        message: `The record is more than ${MAX_RECORD_AGE_DAYS} days old, or more than a day in the future.`,
      };
    case 'otherOperator':
      return { code: 'other_operator', message: 'The SIM belongs to another operator.' };
    case 'conflicting':
      return {
        code: 'conflicting_record',
        message: 'An earlier record of the SIM has the same recordId with other bytes or another network. It stands.',
      };
    case 'superseded':
      return {
        code: 'superseded',
        message: 'The operator has reported the total of the SIM and day, which includes the record.',
      };
    case 'setAside':
      return { code: 'set_aside', message: 'Counting the record failed. It is stored until the platform redrives it.' };
  }
}
