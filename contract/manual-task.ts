import * as z from 'zod/mini';
import { type ManualTask, manualActions, manualTaskStates } from '../domain/manual-task.ts';
import { operatorIdSchema } from '../domain/operator.ts';
import { namedSchema, showAs, time } from './fields.ts';

export const manualTaskSchema = namedSchema('ManualTask', () =>
  z.object({
    id: z.string(),
    operatorId: operatorIdSchema,
    partnerId: z.string(),
    action: z.enum(manualActions),
    count: z.int(),
    orderId: z.optional(z.string()),
    createdAt: time,
    state: z.enum(manualTaskStates),
    doneAt: z.optional(time),
    doneBy: z.optional(z.string()),
  }),
);

export const showManualTask = (task: ManualTask) => showAs(manualTaskSchema, task);
