import * as z from 'zod/mini';
import { resultsFrom } from '../../adapters/dynamodb/manifests.ts';
import {
  changeOperation,
  createOperation,
  getOperation,
  manifestOf,
  type OperationRecord,
  queryOperations,
} from '../../adapters/dynamodb/operations.ts';
import { firstRun } from '../../adapters/dynamodb/runs.ts';
import { operationSchema, resultSchema, showOperation } from '../../contract/operation.ts';
import { cancelOperation, operationStates, retryOf } from '../../domain/operation.ts';
import { simActions } from '../../domain/sim-actions.ts';
import { fillPage } from '../../use-cases/fill-page.ts';
import { notFound, Refusal } from '../../use-cases/refusal.ts';
import { startExecution } from '../../use-cases/start-execution.ts';
import { createApiHandler } from '../http/create-api-handler.ts';
import { accepted, okPage, okResource, route } from '../http/route.ts';

/** Bulk actions on SIMs: how they go, and what came of each SIM. */
export const routes = [
  route({
    method: 'GET',
    path: '/v1/operations',
    operationId: 'listOperations',
    access: 'see',
    tag: 'Operations',
    summary: 'List operations, newest first',
    paged: true,
    query: () => z.strictObject({ action: z.optional(z.enum(simActions)), state: z.optional(z.enum(operationStates)) }),
    answers: { 200: operationSchema },
    handle: async ({ caller, query: { action, state }, page }) => {
      const { items, next } = await fillPage(
        page,
        (limit, after) => queryOperations(caller.partnerId, limit, after),
        (operation) =>
          (action === undefined || operation.action === action) && (state === undefined || operation.state === state),
        ({ id }) => `OP#${id}`,
      );
      return okPage(items.map(showOperation), next);
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
    handle: async ({ caller, path: { id } }) => okResource(showOperation(await theOperation(caller.partnerId, id))),
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
    handle: async ({ caller, path: { id }, query: { outcome }, page }) => {
      const operation = await theOperation(caller.partnerId, id);
      const { items, next } = await fillPage(
        page,
        (_limit, after) => readResults(caller.partnerId, operation, after),
        ({ result }) => outcome === undefined || result.outcome === outcome,
        ({ position }) => position,
      );
      return okPage(
        items.map(({ result }) => resultSchema.parse(result)),
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
    handle: async ({ caller, path: { id }, now }) => {
      const at = now.toISOString();
      const operation = await changeOperation(caller.partnerId, id, (current) => {
        const cancelled = cancelOperation(current, at);
        if ('code' in cancelled) {
          throw new Refusal('wrong_state', cancelled.detail);
        }
        return cancelled;
      });
      if (!operation) {
        throw notFound('operation', id);
      }
      return okResource(showOperation(operation));
    },
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
      const { partnerId, userId } = caller;
      const retry = retryOf(await theOperation(partnerId, id), newId('operation'), userId, now.toISOString());
      if ('code' in retry) {
        throw new Refusal('wrong_state', retry.detail);
      }
      const made = await createOperation(partnerId, retry, firstRun(now));
      await startExecution({ kind: 'operation', partnerId, id: made.id });
      return accepted(showOperation(made));
    },
  }),
];

/**
 * Results one by one, each with the position after it: the key of the part that it is in, and its place there. Reading
 * goes on inside a part by leaving out what came before.
 */
async function readResults(partnerId: string, operation: OperationRecord, after: string | undefined) {
  const [page = 0, part = 0, place = -1] = (after ?? '').split('.').filter(Boolean).map(Number);
  const { parts, more } = await resultsFrom(partnerId, operation.id, manifestOf(partnerId, operation), {
    page,
    part,
  });
  const items = parts.flatMap(({ results, ...of }) =>
    results.flatMap((result, index) =>
      of.page === page && of.part === part && index <= place
        ? []
        : [{ result, position: `${of.page}.${of.part}.${index}` }],
    ),
  );
  const end = parts.at(-1);
  return { items, ...(more && end ? { last: `${end.page}.${end.part}.${end.results.length - 1}` } : {}) };
}

async function theOperation(partnerId: string, id: string): Promise<OperationRecord> {
  const operation = await getOperation(partnerId, id);
  if (!operation) {
    throw notFound('operation', id);
  }
  return operation;
}

export const handler = createApiHandler(routes);
