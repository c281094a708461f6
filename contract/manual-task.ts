import * as z from 'zod/mini';
import { described } from '../domain/described.ts';
import { type ManualTask, manualActions, manualTaskStates } from '../domain/manual-task.ts';
import { operatorIdSchema } from '../domain/operator.ts';
import { namedSchema, showAs, time } from './fields.ts';

export const manualTaskSchema = namedSchema('ManualTask', () =>
  z.object({
    id: z.string(),
    operatorId: operatorIdSchema,
    partnerId: z.string(),
    action: z.enum(manualActions),
    count: described(z.int(), 'Number of SIMs; for `cancel_order`, the quantity of the order.'),
    orderId: z.optional(z.string()),
    operationId: z.optional(z.string()),
    createdAt: time,
    state: z.enum(manualTaskStates),
    doneAt: z.optional(time),
    doneBy: z.optional(z.string()),
  }),
);

/** A SIM of a task: the columns that operators ask for, and the reason if the operator refused to change it. */
export const manualTaskSimSchema = namedSchema('ManualTaskSim', () =>
  z.object({
    iccid: z.string(),
    imsi: z.optional(z.string()),
    msisdn: z.optional(z.string()),
    refused: described(z.optional(z.string()), 'The reason, if the operator refused to change the SIM.'),
  }),
);

export const showManualTask = (task: ManualTask) => showAs(manualTaskSchema, task);
