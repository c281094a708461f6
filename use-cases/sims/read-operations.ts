import { resultsFrom } from '../../adapters/dynamodb/manifests.ts';
import { getOperation, manifestOf, type OperationRecord } from '../../adapters/dynamodb/operations.ts';
import type { SimResult } from '../../domain/operation.ts';
import { orNotFound } from '../refusal.ts';

/** @throws Refusal `not_found` */
export async function findOperation(partnerId: string, id: string): Promise<OperationRecord> {
  return orNotFound(await getOperation(partnerId, id), 'operation', id);
}

/** A result, with its position in the list. */
export type PlacedResult = { result: SimResult; position: string };

/**
 * The results of an operation after a position. A position is the page, the part of the page's results, and the place in
 * that part.
 *
 * @returns `last`, the position to continue from, if there can be more.
 */
export async function readResults(
  partnerId: string,
  operation: OperationRecord,
  after: string | undefined,
): Promise<{ items: PlacedResult[]; last?: string }> {
  const [page = 0, part = 0, place = -1] = (after ?? '').split('.').filter(Boolean).map(Number);
  const manifest = manifestOf(partnerId, operation);
  const { parts, more } = await resultsFrom(partnerId, operation.id, manifest, { page, part });
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
