import * as z from 'zod/mini';
import { described } from '../domain/described.ts';
import { tariffFields } from '../domain/tariff.ts';
import { date, time } from './fields.ts';

export const simUsageSchema = z.lazy(() =>
  z
    .object({
      unit: z.literal('bytes'),
      totalBytes: z.int(),
      points: described(
        z.array(
          z.object({
            at: described(time, 'Start of the hour, day or month.'),
            bytes: z.int(),
            network: described(z.string(), 'MCC and MNC of the network.'),
          }),
        ),
        'Usage by time and network. Intervals without usage have no point.',
      ),
    })
    .register(z.globalRegistry, { id: 'SimUsage' }),
);

export const serviceUsageSchema = z.lazy(() =>
  z
    .object({
      period: described(z.string(), 'Calendar month in UTC, for example `2026-11`.'),
      allowanceBytes: described(
        z.optional(z.int()),
        'Allowance of each SIM or of the pool. A dynamic pool has the allowance of the tariff times its number of SIMs. Absent for holding services.',
      ),
      usedBytes: described(z.int(), 'Bytes that SIMs used while they were on the service.'),
      sims: described(z.int(), 'Number of SIMs that are currently on the service.'),
      pooling: z.optional(tariffFields().pooling),
      topSims: described(
        z.array(z.object({ iccid: z.string(), bytes: z.int() })),
        'Up to ten SIMs with the highest usage.',
      ),
      forecast: described(
        z.optional(date),
        'Day on which the pool is exhausted at the current rate. Absent when it lasts until the end of the period.',
      ),
    })
    .register(z.globalRegistry, { id: 'ServiceUsage' }),
);

export const usageFileSchema = z.lazy(() =>
  z
    .object({
      records: described(z.int(), 'Number of rows in the file.'),
      counted: described(z.int(), 'Records that are counted, including those that had already been counted.'),
      ownerless: described(z.int(), 'Records of SIMs that no partner has, or whose ICCID is damaged.'),
      untimely: described(z.int(), 'Records that are too old, or dated in the future.'),
      otherOperator: described(z.int(), 'Records of SIMs of another operator.'),
      conflicting: described(
        z.int(),
        'Records with other bytes or another network than an earlier one of the same SIM and `recordId`. The earlier one stands.',
      ),
      setAside: described(z.int(), 'Records that could not be counted because of a fault. They await redrive.'),
      errors: described(
        z.array(
          z.object({
            row: described(z.int(), 'Row in the file: 2 is the row after the header row.'),
            recordId: z.string(),
            iccid: z.string(),
            code: z.enum([
              'invalid_iccid',
              'unknown_sim',
              'untimely',
              'other_operator',
              'conflicting_record',
              'set_aside',
            ]),
            message: z.string(),
          }),
        ),
        'The rows that are not counted.',
      ),
    })
    .register(z.globalRegistry, { id: 'UsageFile' }),
);
