import * as z from 'zod/mini';
import { type Alarm, alarmActions, type Firing, measures } from '../domain/alarm.ts';
import { described } from '../domain/described.ts';
import { id, namedSchema, showAs, stamps, time } from './fields.ts';

export const alarmSchema = namedSchema('Alarm', () =>
  z.object({
    id,
    name: z.string(),
    scope: z.object({
      customerServiceId: z.optional(z.string()),
      partnerServiceId: z.optional(z.string()),
      iccid: z.optional(z.string()),
    }),
    measure: z.enum(measures),
    threshold: z.object({ percent: z.optional(z.number()), bytes: z.optional(z.int()) }),
    action: z.enum(alarmActions),
    ...stamps,
  }),
);

export const showAlarm = (alarm: Alarm) => showAs(alarmSchema, alarm);

export const firingSchema = namedSchema('Firing', () =>
  z.object({
    at: time,
    alarmId: id,
    name: z.string(),
    period: described(z.string(), 'Calendar month in UTC.'),
    subject: described(z.string(), 'ICCID of the SIM, or id of the service whose pool is measured.'),
    measure: z.enum(measures),
    usedBytes: z.int(),
    thresholdBytes: z.int(),
    action: z.enum(alarmActions),
    operationId: described(z.optional(z.string()), 'Operation that suspends the SIMs.'),
  }),
);

export const showFiring = (firing: Firing) => showAs(firingSchema, firing);
