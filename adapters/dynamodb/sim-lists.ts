import type { SimFilter } from '../../domain/operation.ts';
import type { Sim } from '../../domain/sim.ts';
import { query, type Range } from './items.ts';
import { simPartition, simsInState, simsOfCustomer } from './keys.ts';
import { eachManifestPage, orderManifest } from './manifests.ts';
import { getSims, matches } from './sims.ts';
import { SIM_SHARDS } from './table.ts';

/** One page of a list, and where the next one starts. */
export type Page<T> = { items: T[]; next?: string };

/** How often a page may go back to the table for more: bounds what one request reads when few SIMs pass the filters. */
const MAX_ROUNDS = 8;

/**
 * A page of a partner's SIMs, by ICCID, each once: the filters combine.
 *
 * Reads by customer, by state, or the fleet, whichever is the narrowest that the filters allow; what remains of them is
 * checked on what was read. Where few SIMs pass, a page may be short and still have a next one.
 *
 * A search for the start of an ICCID reads that range of keys first, so that it finds its SIMs at once in a fleet of any
 * size. Labels may start with the same digits: the SIMs that have such a label come after.
 */
export async function listSims(
  partnerId: string,
  filter: SimFilter,
  limit: number,
  after: string | undefined,
): Promise<Page<Sim>> {
  if (filter.orderId !== undefined) {
    return listSimsOfOrder(partnerId, filter.orderId, filter, limit, after);
  }
  const { q } = filter;
  const passes = (sim: Sim) => matches(sim, filter);
  if (q === undefined || !/^89\d{3,}$/.test(q)) {
    return fill(rangesFor(partnerId, filter), passes, limit, after);
  }
  const isAtLabels = after?.startsWith(BY_LABEL);
  const byIccid: Page<Sim> = isAtLabels
    ? { items: [] }
    : await fill(rangesFor(partnerId, filter, q), passes, limit, after);
  if (byIccid.next !== undefined || byIccid.items.length === limit) {
    return { ...byIccid, next: byIccid.next ?? BY_LABEL };
  }
  const byLabel = await fill(
    rangesFor(partnerId, filter),
    (sim) => passes(sim) && !sim.iccid.startsWith(q),
    limit - byIccid.items.length,
    (isAtLabels && after?.slice(BY_LABEL.length)) || undefined,
  );
  return {
    items: [...byIccid.items, ...byLabel.items],
    ...(byLabel.next === undefined ? {} : { next: `${BY_LABEL}${byLabel.next}` }),
  };
}

/** What the position starts with of a search by ICCID that has come to the labels. */
const BY_LABEL = 'label:';

/** A page of what passes, from some partitions. */
async function fill(
  ranges: readonly Range[],
  passes: (sim: Sim) => boolean,
  limit: number,
  after: string | undefined,
): Promise<Page<Sim>> {
  const found: Sim[] = [];
  let position = after;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const { items, next } = await mergeOnce(ranges, limit - found.length, position);
    found.push(...items.filter(passes));
    position = next;
    if (position === undefined || found.length >= limit) {
      break;
    }
  }
  return { items: found, ...(position === undefined ? {} : { next: position }) };
}

/** The partitions that hold every SIM which the filters could let through, or those whose ICCID has a start. */
function rangesFor(partnerId: string, { state, customerId }: SimFilter, iccidStart?: string): Range[] {
  const prefix = iccidStart === undefined ? {} : { prefix: iccidStart };
  return Array.from({ length: SIM_SHARDS }, (_, shard): Range => {
    if (customerId !== undefined) {
      return { index: 'byCustomer', partition: simsOfCustomer(partnerId, customerId, shard), ...prefix };
    }
    return state === undefined
      ? { partition: simPartition(partnerId, shard), ...prefix }
      : { index: 'byState', partition: simsInState(partnerId, state, shard), ...prefix };
  });
}

/**
 * Reads once from each partition and merges by ICCID, up to where every partition has been read: beyond that another
 * one may still hold a smaller ICCID.
 */
async function mergeOnce(ranges: readonly Range[], wanted: number, after: string | undefined): Promise<Page<Sim>> {
  const each = Math.max(4, Math.ceil((wanted * 1.5) / ranges.length) + 2);
  const reads = await Promise.all(ranges.map((range) => query<Sim>({ ...range, after }, each)));
  const frontier = reads.flatMap(({ last }) => (last === undefined ? [] : [last])).sort()[0];
  const merged = reads
    .flatMap(({ items }) => items)
    .filter((sim) => frontier === undefined || sim.iccid <= frontier)
    .sort((one, other) => (one.iccid < other.iccid ? -1 : 1));
  const items = merged.slice(0, wanted);
  const cut = merged.length > items.length ? items.at(-1)?.iccid : frontier;
  return { items, ...(cut === undefined ? {} : { next: cut }) };
}

/** The SIMs of an order, by ICCID, from its manifest. */
async function listSimsOfOrder(
  partnerId: string,
  orderId: string,
  filter: SimFilter,
  limit: number,
  after: string | undefined,
): Promise<Page<Sim>> {
  const [fromPage, fromPlace] = (after ?? '0.0').split('.').map(Number);
  const found: Sim[] = [];
  for await (const { page, iccids } of eachManifestPage(orderManifest(partnerId, orderId), fromPage ?? 0)) {
    const start = page === fromPage ? (fromPlace ?? 0) : 0;
    const sims = await getSims(partnerId, iccids.slice(start));
    for (const [place, iccid] of iccids.entries()) {
      const sim = sims.get(iccid);
      if (place < start || !sim || !matches(sim, filter)) {
        continue;
      }
      if (found.length === limit) {
        return { items: found, next: `${page}.${place}` };
      }
      found.push(sim);
    }
  }
  return { items: found };
}
