import * as z from 'zod/mini';
import { confirmActivations } from '../../use-cases/sims/activation/confirm-activations.ts';
import { createTask } from '../background/task.ts';

const input = z.object({
  partnerId: z.string().brand<'partner'>(),
  operationId: z.string().brand<'operation'>(),
  shard: z.int(),
  round: z.int(),
  from: z.int(),
  waiting: z.int(),
});

/** Polls the operators about the SIMs of a shard that are being activated. */
export const handler = createTask(input, confirmActivations);
