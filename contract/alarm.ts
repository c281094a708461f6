import * as z from 'zod/mini';
import { type Alarm, alarmActions, type Firing, measures } from '../domain/alarm.ts';
import { described } from '../domain/described.ts';
import { id, stamps, time } from './fields.ts';

export const alarmSchema = z.lazy(() =>
  z
    .object({
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
    })
    .register(z.globalRegistry, { id: 'Alarm' }),
);

export const showAlarm = (alarm: Alarm) => alarmSchema.parse(alarm);

export const firingSchema = z.lazy(() =>
  z
    .object({
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
    })
    .register(z.globalRegistry, { id: 'Firing' }),
);

export const showFiring = (firing: Firing) => firingSchema.parse(firing);
