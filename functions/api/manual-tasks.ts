import * as z from 'zod/mini';
import { manualTaskSchema, manualTaskSimSchema, showManualTask } from '../../contract/manual-task.ts';
import { described } from '../../domain/described.ts';
import { MAX_REFUSED, manualTaskStates } from '../../domain/manual-task.ts';
import { operatorIdSchema } from '../../domain/operator.ts';
import { line } from '../../domain/text.ts';
import { completeTask } from '../../use-cases/manual-tasks/complete-task.ts';
import { listManualTasks, listTaskSims, readManualTask } from '../../use-cases/manual-tasks/read-tasks.ts';
import { okPage, okResource, route } from '../http/route.ts';

const TASK = '/v1/platform/manual-tasks/{manualTaskId}';

/** What the platform's staff do at operators without an API. */
export const taskRoutes = [
  route({
    method: 'GET',
    path: '/v1/platform/manual-tasks',
    operationId: 'listManualTasks',
    access: 'platform',
    tag: 'Manual tasks',
    summary: 'List manual tasks of all partners, oldest first',
    description: 'Without `state`, the open ones.',
    paged: true,
    query: () =>
      z.strictObject({ operatorId: z.optional(operatorIdSchema), state: z.optional(z.enum(manualTaskStates)) }),
    answers: { 200: manualTaskSchema },
    handle: async ({ query, page }) => {
      const { items, next } = await listManualTasks(query, page);
      return okPage(items.map(showManualTask), next);
    },
  }),
  route({
    method: 'GET',
    path: TASK,
    operationId: 'getManualTask',
    access: 'platform',
    tag: 'Manual tasks',
    summary: 'Get a manual task',
    answers: { 200: manualTaskSchema },
    handle: async ({ path: { manualTaskId } }) => okResource(showManualTask(await readManualTask(manualTaskId))),
  }),
  route({
    method: 'GET',
    path: `${TASK}/sims`,
    operationId: 'listManualTaskSims',
    access: 'platform',
    tag: 'Manual tasks',
    summary: 'List the SIMs of a manual task',
    description:
      'As CSV, a page of the file to upload at the operator: follow `Link` until it is absent. A task to cancel an order has no SIMs.',
    paged: true,
    answers: { 200: manualTaskSimSchema },
    handle: async ({ path: { manualTaskId }, page }) => {
      const { items, next } = await listTaskSims(manualTaskId, page);
      return okPage(items, next);
    },
  }),
  route({
    method: 'POST',
    path: `${TASK}/complete`,
    operationId: 'completeManualTask',
    access: 'platform',
    tag: 'Manual tasks',
    summary: 'Record that the operator changed the SIMs of a manual task',
    description:
      'All SIMs count as changed, except those in `refused`. They get their new state within seconds, or within the hour if their operation has finished because the operator took longer than seven days. A repeated request with the same refused SIMs is answered with the task; with others, with 409 `wrong_state`.',
    body: () =>
      z.strictObject({
        refused: described(
          z.optional(
            z
              .array(
                z.strictObject({
                  iccid: line(22),
                  reason: described(line(200), 'The operator’s reason, which the partner sees.'),
                }),
              )
              .check(z.maxLength(MAX_REFUSED)),
          ),
          'SIMs that the operator did not change.',
        ),
      }),
    example: { refused: [{ iccid: '8943010000000000018', reason: 'The card is blocked at the operator.' }] },
    answers: { 200: manualTaskSchema },
    handle: async ({ caller, path: { manualTaskId }, body: { refused = [] }, now }) =>
      okResource(showManualTask(await completeTask(manualTaskId, refused, { actor: caller.userId, now }))),
  }),
];
