import type { SimResult } from '../../domain/operation.ts';
import { get, put, query, queryAll, type Write } from './items.ts';
import { operationPartition, orderPartition, pageKey, resultKey } from './keys.ts';

/** Whose list of SIMs it is: an order's, or an operation's. Operations on an order's SIMs share the order's. */
export type Manifest = { partition: string };

export const orderManifest = (partnerId: string, orderId: string): Manifest => ({
  partition: orderPartition(partnerId, orderId),
});
export const operationManifest = (partnerId: string, operationId: string): Manifest => ({
  partition: operationPartition(partnerId, operationId),
});

/** How many ICCIDs a page of a manifest holds: about 5 KB, and a few seconds of work for one task. */
export const PAGE_SIZE = 250;

export type ManifestPage = { page: number; iccids: readonly string[] };

/** Cuts a list into pages, to be written with the order or operation that it is for. */
export function pagesOf(iccids: readonly string[], firstPage = 0): ManifestPage[] {
  const pages: ManifestPage[] = [];
  for (let start = 0; start < iccids.length; start += PAGE_SIZE) {
    pages.push({ page: firstPage + pages.length, iccids: iccids.slice(start, start + PAGE_SIZE) });
  }
  return pages;
}

export function putPage(manifest: Manifest, { page, iccids }: ManifestPage): Write {
  return put({ ...pageKey(manifest.partition, page), page, iccids });
}

export async function getPage(manifest: Manifest, page: number): Promise<ManifestPage | undefined> {
  return get<ManifestPage>(pageKey(manifest.partition, page));
}

/** The pages of a manifest in order, a few at a time. */
export async function* eachManifestPage(manifest: Manifest, fromPage = 0): AsyncGenerator<ManifestPage> {
  let after = fromPage === 0 ? undefined : pageKey(manifest.partition, fromPage - 1).sk;
  do {
    const { items, last } = await query<ManifestPage>({ partition: manifest.partition, prefix: 'PAGE#', after }, 4);
    yield* items;
    after = last;
  } while (after !== undefined);
}

/** Results of one page of an operation; a page that is resolved in several goes has several parts. */
export type ResultPart = { page: number; part: number; results: readonly SimResult[] };

/** The parts of a page's results, in order. */
export async function resultParts(partnerId: string, operationId: string, page: number): Promise<ResultPart[]> {
  const { pk, sk } = resultKey(operationPartition(partnerId, operationId), page, 0);
  return queryAll<ResultPart>({ partition: pk, prefix: sk.slice(0, sk.lastIndexOf('#') + 1) });
}

/** How many parts of results one read takes: each may have a page's SIMs with their problems. */
const PARTS_PER_READ = 4;

/** Result parts of an operation, in the order of its pages, from one on; whether there are more after them. */
export async function resultsFrom(
  partnerId: string,
  operationId: string,
  from: { page: number; part: number },
): Promise<{ parts: ResultPart[]; more: boolean }> {
  const partition = operationPartition(partnerId, operationId);
  const first = resultKey(partition, from.page, from.part).sk;
  const { items, last } = await query<ResultPart>({ partition, prefix: 'RES#', from: first }, PARTS_PER_READ);
  return { parts: items, more: last !== undefined };
}
