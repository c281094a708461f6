import { resultsFrom } from '../../adapters/dynamodb/manifests.ts';
import {
  getOperation,
  manifestOf,
  type OperationRecord,
  operationPosition,
  queryOperations,
} from '../../adapters/dynamodb/operations.ts';
import type { OperationId, PartnerId } from '../../domain/ids.ts';
import type { OperationState, SimResult } from '../../domain/operation.ts';
import type { OperationAction } from '../../domain/sim-actions.ts';
import { fillPage, type PageRequest } from '../fill-page.ts';
import { orNotFound } from '../refusal.ts';

/** @throws Refusal `not_found` */
export async function readOperation(partnerId: PartnerId, id: OperationId): Promise<OperationRecord> {
  return orNotFound(await getOperation(partnerId, id), 'operation', id);
}

/** A page of a partner's operations, newest first. */
export async function listOperations(
  partnerId: PartnerId,
  { action, state }: { action?: OperationAction | undefined; state?: OperationState | undefined },
  page: PageRequest,
) {
  return fillPage(
    page,
    (limit, after) => queryOperations(partnerId, limit, after),
    (operation) =>
      (action === undefined || operation.action === action) && (state === undefined || operation.state === state),
    operationPosition,
  );
}

/**
 * A page of the results of an operation by SIM.
 *
 * @throws Refusal `not_found`
 */
export async function listResults(
  partnerId: PartnerId,
  id: OperationId,
  { outcome }: { outcome?: SimResult['outcome'] | undefined },
  page: PageRequest,
): Promise<{ items: SimResult[]; next?: string }> {
  const operation = await readOperation(partnerId, id);
  const { items, ...next } = await fillPage(
    page,
    (_limit, after) => readResults(partnerId, operation, after),
    ({ result }) => outcome === undefined || result.outcome === outcome,
    ({ position }) => position,
  );
  return { items: items.map(({ result }) => result), ...next };
}

/** A result, with its position in the list: its page, the part of the page's results, and its index in that part. */
type PositionedResult = { result: SimResult; position: string };

/** @returns `last`, the position to continue from, if there can be more. */
async function readResults(
  partnerId: PartnerId,
  operation: OperationRecord,
  after: string | undefined,
): Promise<{ items: PositionedResult[]; last?: string }> {
  const [page = 0, part = 0, lastIndex = -1] = (after ?? '').split('.').filter(Boolean).map(Number);
  const manifest = manifestOf(partnerId, operation);
  const { parts, more } = await resultsFrom(partnerId, operation.id, manifest, { page, part });
  const items = parts.flatMap(({ results, ...of }) =>
    results.flatMap((result, index) =>
      of.page === page && of.part === part && index <= lastIndex
        ? []
        : [{ result, position: `${of.page}.${of.part}.${index}` }],
    ),
  );
  const end = parts.at(-1);
  return { items, ...(more && end ? { last: `${end.page}.${end.part}.${end.results.length - 1}` } : {}) };
}
