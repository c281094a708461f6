import type { PartnerId } from '../../domain/ids.ts';
import type { SimFilter } from '../../domain/operation.ts';
import { type Sim, type SimState, statesWithCustomer } from '../../domain/sim.ts';
import { itemKinds } from './item-kinds.ts';
import { simInService, simsInState, simsOfCustomer, simsOfCustomerInState } from './keys.ts';
import { getOrder } from './orders.ts';
import { query, type Range } from './queries.ts';
import { getCustomerService } from './services.ts';
import { matchesFilter } from './sims.ts';
import { SIM_SHARDS } from './table.ts';

/** A page of a list, and the position of the next page; absent at the end. */
export type Page<T> = { items: T[]; next?: string };

/** The maximum number of rounds of queries for a page. Limits what one request reads when few SIMs match the filter. */
const MAX_ROUNDS = 8;
/** The minimum number of SIMs that one query reads: about 4 KB. Smaller queries cost the same. */
const MIN_READ = 6;
/** Each further round reads twice as much as the previous one, up to this factor. */
const MAX_GROWTH = 8;

/**
 * A part of a list: partitions that are read concurrently, each in the order of its sort keys, and merged by the part of the
 * sort key after `prefix`. Lists the SIMs for which `passes` is true.
 */
type Section = {
  ranges: readonly Range[];
  prefix: string;
  keyOf: (sim: Sim) => string;
  passes: (sim: Sim) => boolean;
};

/**
 * A page of a partner's SIMs that match all filters, each SIM once, in a stable order: by ICCID or, for a customer's SIMs in one
 * state, by customer service and ICCID.
 *
 * Where an index fits the filter, the cost of a page does not depend on the size of the fleet: state, customer, customer service,
 * order and start of an ICCID, each alone or with a state. Other filters are applied to the SIMs that were read, for at most
 * `MAX_ROUNDS` rounds: if few SIMs match, a page can be short although another page follows.
 */
export async function listSims(
  partnerId: PartnerId,
  filter: SimFilter,
  limit: number,
  after: string | undefined,
): Promise<Page<Sim>> {
  const sections = await sectionsFor(partnerId, filter, 'fewest reads');
  const [start, position] = parsePosition(after);
  const items: Sim[] = [];
  for (const [index, section] of [...sections.entries()].slice(start)) {
    const page = await fillPage(section, limit - items.length, index === start ? position : undefined);
    items.push(...page.items);
    if (page.next !== undefined) {
      return { items, next: `${index}:${page.next}` };
    }
    if (items.length === limit && index + 1 < sections.length) {
      return { items, next: `${index + 1}:` };
    }
  }
  return { items };
}

/** The maximum number of queries of one call of `scanSims`, and the number of SIMs that each reads. */
const MAX_SCAN_QUERIES = 64;
const SCAN_PAGE_SIZE = 500;

/**
 * The ICCIDs of the SIMs that match a filter, for a selection. Reads one partition after another, so that each SIM is read once,
 * at a tenth of the cost of a sorted list. A page can be short although another page follows.
 *
 * SIMs may change while they are read. A SIM that matches the filter throughout is found exactly once, because it is read
 * under keys that its changes do not affect. A SIM that starts or stops matching is found once or not at all.
 */
export async function scanSims(
  partnerId: PartnerId,
  filter: SimFilter,
  limit: number,
  after: string | undefined,
): Promise<Page<string>> {
  const sections = await sectionsFor(partnerId, filter, 'stable keys');
  const parts = sections.flatMap(({ ranges, ...section }) => ranges.map((range) => ({ range, ...section })));
  let [index, position] = parsePosition(after);
  const items: string[] = [];
  for (let queries = 0; index < parts.length; queries += 1) {
    const part = parts[index];
    if (!part || queries === MAX_SCAN_QUERIES) {
      return { items, next: `${index}:${position ?? ''}` };
    }
    const read = await query<Sim>({ ...part.range, after: position }, SCAN_PAGE_SIZE);
    for (const sim of read.items) {
      if (!part.passes(sim)) {
        continue;
      }
      if (items.length === limit) {
        return { items, next: `${index}:${position ?? ''}` };
      }
      items.push(sim.iccid);
      position = `${part.prefix}${part.keyOf(sim)}`;
    }
    position = read.last;
    index += position === undefined ? 1 : 0;
  }
  return { items };
}

/** Parses a position: the index of a part of the list, and the key after which to continue in it. */
function parsePosition(position: string | undefined): [number, string | undefined] {
  const [, index = '0', rest = ''] = /^(\d+):(.*)$/s.exec(position ?? '') ?? [];
  return [Number(index), rest === '' ? undefined : rest];
}

/**
 * Merges SIMs of several partitions in the order of their keys, each once. A SIM that moves to another partition while they are
 * read, for example to the next state, may be in both: the later version wins.
 */
export function mergeSims<T extends { iccid: string; version: number }>(
  sims: readonly T[],
  keyOf: (sim: T) => string,
): T[] {
  const latest = new Map<string, T>();
  for (const sim of sims) {
    const latestSoFar = latest.get(sim.iccid);
    if (latestSoFar === undefined || latestSoFar.version < sim.version) {
      latest.set(sim.iccid, sim);
    }
  }
  return [...latest.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** Reads a page of matching SIMs from one section. */
async function fillPage(
  { ranges, prefix, keyOf, passes }: Section,
  limit: number,
  after: string | undefined,
): Promise<Page<Sim>> {
  const found: Sim[] = [];
  let position = after;
  for (let round = 0; round < MAX_ROUNDS && found.length < limit; round += 1) {
    const wanted = limit - found.length;
    const each = Math.max(MIN_READ, Math.ceil((wanted * 1.5) / ranges.length) + 2) * Math.min(2 ** round, MAX_GROWTH);
    const reads = await Promise.all(
      ranges.map((range) =>
        query<Sim>({ ...range, after: position === undefined ? undefined : `${prefix}${position}` }, each),
      ),
    );
    // The key up to which every partition has been read. Beyond it, another partition may still have an earlier SIM.
    const frontier = reads.flatMap(({ last }) => last?.slice(prefix.length) ?? []).sort()[0];
    const merged = mergeSims(
      reads.flatMap(({ items }) => items),
      keyOf,
    ).filter((sim) => (frontier === undefined || keyOf(sim) <= frontier) && passes(sim));
    found.push(...merged.slice(0, wanted));
    position = merged.length > wanted ? found.map(keyOf).at(-1) : frontier;
    if (position === undefined) {
      break;
    }
  }
  return { items: found, ...(position === undefined ? {} : { next: position }) };
}

/** An interval of ICCIDs, both ends inclusive. */
type Interval = { from: string; upTo: string };

/** A search text that is treated as the start of an ICCID first, and only then as that of a label. */
const ICCID_START = /^89\d{3,}$/;

/**
 * The sections that contain the SIMs that match a filter.
 *
 * A search for the start of an ICCID reads that range of keys first, and then SIMs whose label starts with the same digits. An
 * order's SIMs lie between its first and last ICCID, because operators ship ICCIDs in blocks. So every index that is sorted
 * by ICCID also serves as an index by order.
 */
async function sectionsFor(partnerId: PartnerId, filter: SimFilter, by: Preference): Promise<Section[]> {
  const { q, orderId, customerServiceId } = filter;
  const passes = (sim: Sim) => matchesFilter(sim, filter);
  let within: Interval | undefined;
  if (orderId !== undefined) {
    within = (await getOrder(partnerId, orderId))?.iccids;
    if (!within) {
      return [];
    }
  }
  if (customerServiceId !== undefined) {
    const customerId = (await getCustomerService(partnerId, customerServiceId))?.customerId;
    if (customerId === undefined || (filter.customerId ?? customerId) !== customerId) {
      return [];
    }
    return searchSections({ ...filter, customerId });
  }
  return searchSections(filter);

  function searchSections(known: SimFilter): Section[] {
    if (q === undefined || !ICCID_START.test(q)) {
      return [sectionOf(partnerId, known, within, passes, by)];
    }
    const byPrefix = intersectionOf({ from: q, upTo: `${q}:` }, within);
    return [
      ...(byPrefix ? [sectionOf(partnerId, known, byPrefix, passes, by)] : []),
      sectionOf(partnerId, known, within, (sim) => passes(sim) && !sim.iccid.startsWith(q), by),
    ];
  }
}

/** The intersection of two intervals; `undefined` when they are disjoint. */
function intersectionOf(first: Interval, second: Interval = first): Interval | undefined {
  const [, from = ''] = [first.from, second.from].sort();
  const [upTo = ''] = [first.upTo, second.upTo].sort();
  return from <= upTo ? { from, upTo } : undefined;
}

/**
 * Which partitions and keys to read where several are possible: those with the fewest reads, or those in which a SIM keeps its
 * key for as long as it matches the filter.
 */
type Preference = 'fewest reads' | 'stable keys';

/** The narrowest partitions that contain every SIM that can match the filter. */
function sectionOf(
  partnerId: PartnerId,
  { state, customerId, customerServiceId }: SimFilter,
  within: Interval | undefined,
  passes: Section['passes'],
  by: Preference,
): Section {
  const inShards = (rangeOf: (shard: number) => Pick<Range, 'index' | 'partition'>, prefix = ''): Range[] =>
    Array.from({ length: SIM_SHARDS }, (_, shard) => ({
      ...rangeOf(shard),
      ...(within ? { from: `${prefix}${within.from}`, upTo: `${prefix}${within.upTo}` } : { prefix }),
    }));
  const byIccid = { prefix: '', keyOf: ({ iccid }: Sim) => iccid, passes };
  if (customerId === undefined) {
    const ranges = inShards((shard) =>
      state === undefined
        ? { partition: itemKinds.sim.range({ partnerId, shard }).partition }
        : { index: 'byState', partition: simsInState(partnerId, state, shard) },
    );
    return { ...byIccid, ranges };
  }
  const ofCustomer = inShards((shard) => ({
    index: 'byCustomer',
    partition: simsOfCustomer(partnerId, customerId, shard),
  }));
  const ofCustomerIn = (inState: SimState) => (shard: number) =>
    ({ index: 'byCustomerState', partition: simsOfCustomerInState(partnerId, customerId, inState, shard) }) as const;
  // This index is partitioned by state and sorted by customer service: a SIM keeps its key only while neither changes.
  const mayMove = state === undefined || customerServiceId === undefined;
  if (by === 'stable keys' && mayMove) {
    return { ...byIccid, ranges: ofCustomer };
  }
  if (customerServiceId !== undefined) {
    const prefix = simInService(customerServiceId, '');
    const states = state === undefined ? statesWithCustomer : [state];
    return { ...byIccid, prefix, ranges: states.flatMap((inState) => inShards(ofCustomerIn(inState), prefix)) };
  }
  if (state !== undefined && !within) {
    const keyOf = (sim: Sim) => simInService(sim.customerServiceId ?? '', sim.iccid);
    return { ...byIccid, keyOf, ranges: inShards(ofCustomerIn(state)) };
  }
  return { ...byIccid, ranges: ofCustomer };
}
