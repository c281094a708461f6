import type { OperationId, OperatorId, OrderId, PartnerId, ServiceId } from '../../domain/ids.ts';
import type { SimWarning } from '../../domain/minimum-term.ts';
import type { SimResult } from '../../domain/operation.ts';
import type { SimProblem } from '../../domain/sim-actions.ts';
import { absent } from './conditions.ts';
import type { Key } from './item-kind.ts';
import { itemKinds } from './item-kinds.ts';
import { query, queryAll } from './queries.ts';
import { get } from './reads.ts';
import { put, update, type Write } from './write-requests.ts';

/** The list of SIMs of an order or operation. Operations on an order's SIMs share the manifest of the order. */
export type Manifest = {
  pageKey: (page: number) => Key;
  /** All of its pages. */
  pages: { partition: string; prefix: string };
};

export const orderManifest = (partnerId: PartnerId, orderId: OrderId): Manifest => ({
  pageKey: (page) => itemKinds.orderPage.key({ partnerId, orderId, page }),
  pages: itemKinds.orderPage.range({ partnerId, orderId }),
});
export const operationManifest = (partnerId: PartnerId, operationId: OperationId): Manifest => ({
  pageKey: (page) => itemKinds.operationPage.key({ partnerId, operationId, page }),
  pages: itemKinds.operationPage.range({ partnerId, operationId }),
});

/** The number of ICCIDs in a page of a manifest: about 5 KB, and a few seconds of work for one task. */
export const PAGE_SIZE = 250;

export type ManifestPage = { page: number; iccids: readonly string[] };

/** Splits a list into pages, to be written with its order or operation. */
export function pagesOf(iccids: readonly string[], firstPage = 0): ManifestPage[] {
  const pages: ManifestPage[] = [];
  for (let start = 0; start < iccids.length; start += PAGE_SIZE) {
    pages.push({ page: firstPage + pages.length, iccids: iccids.slice(start, start + PAGE_SIZE) });
  }
  return pages;
}

export function putPage(manifest: Manifest, { page, iccids }: ManifestPage): Write {
  return put({ ...manifest.pageKey(page), page, iccids });
}

/** A page of a manifest; without ICCIDs when it does not exist. */
async function pageOrEmpty(manifest: Manifest, page: number): Promise<ManifestPage> {
  return (await get<ManifestPage>(manifest.pageKey(page))) ?? { page, iccids: [] };
}

/** The pages of a manifest in order, a few at a time. */
export async function* eachManifestPage(manifest: Manifest): AsyncGenerator<ManifestPage> {
  let after: string | undefined;
  do {
    const { items, last } = await query<ManifestPage>({ ...manifest.pages, after }, 4);
    yield* items;
    after = last;
  } while (after !== undefined);
}

/**
 * Stored results of an operation for SIMs of one page, by their places in the page. A page that is processed in several runs has
 * several parts. Most SIMs of a page share their result, so that the results of a page are one small item.
 */
type StoredPart = {
  page: number;
  part: number;
  succeeded: string;
  failed: readonly { problem: SimProblem; places: string }[];
  /** The SIMs that succeeded with warnings. */
  warned?: readonly { warnings: readonly SimWarning[]; places: string }[];
  /** Present until the part is counted. Parts of release 0.1.0 were counted when they were written. */
  uncounted?: Counts;
  /** What this attempt at the page requested of operators that name their requests. */
  requests?: OperatorRequests;
};

/** The ids of requests at operators, oldest first, by operator. */
export type OperatorRequests = Readonly<Record<OperatorId, readonly string[]>>;

/** What a part adds to the counts of its operation, of an order's plan, and of services. */
type Counts = {
  succeeded: number;
  failed: number;
  countedOver: number;
  /** SIMs of a dry run that the action would not change. Absent when there are none. */
  unchanged?: number;
  services: readonly (readonly [serviceId: ServiceId, sims: number])[];
};

/** A recorded part that is not counted yet. */
export type UncountedPart = { page: number; part: number; uncounted: Counts };

/** The results of a part, in the order of their SIMs in the page. */
export type ResultPart = {
  page: number;
  part: number;
  results: readonly SimResult[];
  uncounted?: Counts;
  requests?: OperatorRequests;
};

/** The write that records a part of a page's results, on the condition that it does not exist yet. */
export function putResults(
  partnerId: PartnerId,
  operationId: OperationId,
  { page, iccids }: ManifestPage,
  part: number,
  { results, uncounted, requests }: { results: readonly SimResult[]; uncounted: Counts; requests: OperatorRequests },
): Write {
  const indexByIccid = new Map(iccids.map((iccid, index) => [iccid, index]));
  const placesOf = (group: readonly SimResult[]) =>
    formatPlaces(group.flatMap(({ iccid }) => indexByIccid.get(iccid) ?? []));
  const byProblem = Map.groupBy(
    results.filter((result) => result.outcome === 'failed'),
    ({ problem }) => JSON.stringify(problem),
  );
  const byWarnings = Map.groupBy(
    results.filter((result) => result.outcome === 'succeeded' && result.warnings !== undefined),
    (result) => JSON.stringify('warnings' in result ? result.warnings : []),
  );
  const stored: StoredPart = {
    page,
    part,
    succeeded: placesOf(results.filter(({ outcome }) => outcome === 'succeeded')),
    failed: [...byProblem.values()].flatMap((group) =>
      group[0] ? [{ problem: group[0].problem, places: placesOf(group) }] : [],
    ),
    ...(byWarnings.size > 0
      ? { warned: [...byWarnings].map(([text, group]) => ({ warnings: JSON.parse(text), places: placesOf(group) })) }
      : {}),
    uncounted,
    ...(Object.keys(requests).length > 0 ? { requests } : {}),
  };
  return put({ ...itemKinds.operationResults.key({ partnerId, operationId, page, part }), ...stored }, absent);
}

/** The write that marks a part as counted, on the condition that it is not counted yet. */
export function markCounted(partnerId: PartnerId, operationId: OperationId, page: number, part: number): Write {
  const key = itemKinds.operationResults.key({ partnerId, operationId, page, part });
  return update(key, { remove: ['uncounted'] }, { expression: 'attribute_exists(uncounted)' });
}

/** A recorded part that is not counted yet; `undefined` once it is counted. */
export async function uncountedPart(
  partnerId: PartnerId,
  operationId: OperationId,
  page: number,
  part: number,
): Promise<UncountedPart | undefined> {
  const stored = await get<StoredPart>(itemKinds.operationResults.key({ partnerId, operationId, page, part }));
  return stored?.uncounted && { page, part, uncounted: stored.uncounted };
}

/** The recorded parts of an operation that are not counted yet, which an interrupted task left. */
export async function uncountedParts(partnerId: PartnerId, operationId: OperationId): Promise<UncountedPart[]> {
  const parts = await queryAll<StoredPart>(itemKinds.operationResults.range({ partnerId, operationId }));
  return parts.flatMap(({ page, part, uncounted }) => (uncounted ? [{ page, part, uncounted }] : []));
}

/** A page of an operation's manifest, and the parts of its results so far. */
export async function pageWithResults(
  partnerId: PartnerId,
  operationId: OperationId,
  manifest: Manifest,
  number: number,
): Promise<{ page: ManifestPage; parts: ResultPart[] }> {
  const [page, stored] = await Promise.all([
    pageOrEmpty(manifest, number),
    queryAll<StoredPart>(itemKinds.operationResults.range({ partnerId, operationId, page: number })),
  ]);
  return { page, parts: stored.map((part) => toResultPart(part, page)) };
}

/** The ids of the requests at an operator in which SIMs of a page were changed, oldest first. */
export async function requestsOfPage(
  { partnerId, operationId, operatorId }: { partnerId: PartnerId; operationId: OperationId; operatorId: OperatorId },
  page: number,
): Promise<string[]> {
  const parts = await queryAll<StoredPart>(itemKinds.operationResults.range({ partnerId, operationId, page }));
  return requestsIn(parts, operatorId);
}

/** The ids of the requests at an operator that parts of a page name, oldest first. */
export function requestsIn(parts: readonly Pick<ResultPart, 'requests'>[], operatorId: OperatorId): string[] {
  return parts.flatMap(({ requests }) => requests?.[operatorId] ?? []);
}

/** The number of result parts in one read. Each can have all SIMs of a page with their problems. */
const PARTS_PER_READ = 4;

/** Result parts of an operation in page order, starting with `from`, and whether more follow. */
export async function resultsFrom(
  partnerId: PartnerId,
  operationId: OperationId,
  manifest: Manifest,
  from: { page: number; part: number },
): Promise<{ parts: ResultPart[]; more: boolean }> {
  const range = {
    ...itemKinds.operationResults.range({ partnerId, operationId }),
    from: itemKinds.operationResults.sk(from),
  };
  const { items, last } = await query<StoredPart>(range, PARTS_PER_READ);
  const numbers = [...new Set(items.map(({ page }) => page))];
  const pages = await Promise.all(numbers.map((number) => pageOrEmpty(manifest, number)));
  const byNumber = new Map(pages.map((page) => [page.page, page]));
  const parts = items.flatMap((part) => {
    const page = byNumber.get(part.page);
    return page ? [toResultPart(part, page)] : [];
  });
  return { parts, more: last !== undefined };
}

function toResultPart(
  { page, part, succeeded, failed, warned = [], uncounted, requests }: StoredPart,
  { iccids }: ManifestPage,
): ResultPart {
  const byPlace = new Map<number, SimResult>();
  const at = (places: string, resultOf: (iccid: string) => SimResult) => {
    for (const place of parsePlaces(places)) {
      const iccid = iccids[place];
      if (iccid !== undefined) {
        byPlace.set(place, resultOf(iccid));
      }
    }
  };
  at(succeeded, (iccid) => ({ iccid, outcome: 'succeeded' }));
  for (const { warnings, places } of warned) {
    at(places, (iccid) => ({ iccid, outcome: 'succeeded', warnings }));
  }
  for (const { problem, places } of failed) {
    at(places, (iccid) => ({ iccid, outcome: 'failed', problem }));
  }
  const results = [...byPlace].sort(([a], [b]) => a - b).map(([, result]) => result);
  return { page, part, results, ...(uncounted ? { uncounted } : {}), ...(requests ? { requests } : {}) };
}

/** Places in a page as text: `0-11,17,20-249`. */
function formatPlaces(places: readonly number[]): string {
  const runs: { first: number; last: number }[] = [];
  for (const place of [...places].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run && run.last === place - 1) {
      run.last = place;
    } else {
      runs.push({ first: place, last: place });
    }
  }
  return runs.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}

function parsePlaces(text: string): number[] {
  return text
    .split(',')
    .filter((run) => run !== '')
    .flatMap((run) => {
      const [first = 0, last = first] = run.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, step) => first + step);
    });
}
