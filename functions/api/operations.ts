import * as z from 'zod/mini';
import { operationSchema, resultSchema, showOperationTo } from '../../contract/operation.ts';
import { requesterOf } from '../../domain/access.ts';
import { operationStates } from '../../domain/operation.ts';
import { operationActions } from '../../domain/sim-actions.ts';
import { cancelOperation } from '../../use-cases/sims/cancel-operation.ts';
import { listOperations, listResults, readOperation } from '../../use-cases/sims/read-operations.ts';
import { retryOperation } from '../../use-cases/sims/retry-operation.ts';
import { createApiHandler } from '../http/create-api-handler.ts';
import { accepted, okPage, okResource, route } from '../http/route.ts';

/** Bulk actions on SIMs: their progress, and the result of each SIM. */
export const routes = [
  route({
    method: 'GET',
    path: '/v1/operations',
    operationId: 'listOperations',
    access: 'see',
    tag: 'Operations',
    summary: 'List operations, newest first',
    paged: true,
    query: () =>
      z.strictObject({ action: z.optional(z.enum(operationActions)), state: z.optional(z.enum(operationStates)) }),
    answers: { 200: operationSchema },
    handle: async ({ caller, query, page }) => {
      const { items, next } = await listOperations(caller.partnerId, query, page);
      return okPage(
        items.map((operation) => showOperationTo(caller, operation)),
        next,
      );
    },
  }),
  route({
    method: 'GET',
    path: '/v1/operations/{id}',
    operationId: 'getOperation',
    access: 'see',
    tag: 'Operations',
    summary: 'Get an operation',
    answers: { 200: operationSchema },
    handle: async ({ caller, path: { id } }) =>
      okResource(showOperationTo(caller, await readOperation(caller.partnerId, id))),
  }),
  route({
    method: 'GET',
    path: '/v1/operations/{id}/results',
    operationId: 'listOperationResults',
    access: 'see',
    tag: 'Operations',
    summary: 'List the results of an operation by SIM',
    paged: true,
    query: () => z.strictObject({ outcome: z.optional(z.enum(['succeeded', 'failed'])) }),
    answers: { 200: resultSchema },
    handle: async ({ caller, path: { id }, query, page }) => {
      const { items, next } = await listResults(caller.partnerId, id, query, page);
      return okPage(
        items.map((result) => resultSchema.parse(result)),
        next,
      );
    },
  }),
  route({
    method: 'POST',
    path: '/v1/operations/{id}/cancel',
    operationId: 'cancelOperation',
    access: 'change_sims',
    tag: 'Operations',
    summary: 'Cancel an operation',
    description: 'Completed changes are kept. SIMs that have not been processed yet are left unchanged.',
    answers: { 200: operationSchema },
    handle: async ({ caller, path: { id }, now }) =>
      okResource(showOperationTo(caller, await cancelOperation(caller.partnerId, id, now))),
  }),
  route({
    method: 'POST',
    path: '/v1/operations/{id}/retry',
    operationId: 'retryOperation',
    access: 'change_sims',
    tag: 'Operations',
    summary: 'Retry the failed SIMs of an operation',
    description: 'Creates a new operation for the failed SIMs only.',
    answers: { 202: operationSchema },
    handle: async ({ caller, path: { id }, now, newId }) => {
      const by = { id: newId('operation'), ...requesterOf(caller), now };
      return accepted(showOperationTo(caller, await retryOperation(caller.partnerId, id, by)));
    },
  }),
];

export const handler = createApiHandler(routes);
