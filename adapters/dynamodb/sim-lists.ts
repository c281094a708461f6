import type { SimFilter } from '../../domain/operation.ts';
import { type Sim, type SimState, statesWithCustomer } from '../../domain/sim.ts';
import { query, type Range } from './items.ts';
import { simInService, simPartition, simsInState, simsOfCustomer, simsOfCustomerInState } from './keys.ts';
import { getOrder } from './orders.ts';
import { getCustomerService } from './services.ts';
import { matchesFilter } from './sims.ts';
import { SIM_SHARDS } from './table.ts';

/** One page of a list, and where the next one starts. */
export type Page<T> = { items: T[]; next?: string };

/** How often a page may go back to the table for more: bounds what one request reads when few SIMs pass the filters. */
const MAX_ROUNDS = 8;
/** What one query reads at least: about 4 KB, which costs as much as less would. */
const MIN_READ = 6;
/** Rounds that find too little read twice as much each, up to this many SIMs a partition. */
const MAX_GROWTH = 8;

/**
 * A part of a list: partitions that are read side by side, each in the order of its sort keys, and merged by what follows
 * `prefix` in them. Those SIMs are listed that pass.
 */
type Section = {
  ranges: readonly Range[];
  prefix: string;
  keyOf: (sim: Sim) => string;
  passes: (sim: Sim) => boolean;
};

/**
 * A page of a partner's SIMs, each once, in an order that stays: the filters combine. The order is by ICCID; of a customer
 * in one state, by customer service and ICCID.
 *
 * A page costs what it shows, however large the fleet is, where an index fits the filters: by state, customer, customer
 * service, order and start of an ICCID, each alone and with a state. What else is asked is checked on what was read, for
 * at most `MAX_ROUNDS` rounds: where few SIMs pass, a page may be short and still have a next one.
 */
export async function listSims(
  partnerId: string,
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

/** How many queries one call of `scanSims` makes at the most, and how many SIMs each reads. */
const MAX_SCAN_QUERIES = 64;
const SCAN_PAGE_SIZE = 500;

/**
 * The ICCIDs that the filters find, for a selection: partition after partition, so that each SIM is read once and costs a
 * tenth of what a page of a sorted list does. A page may be short and still have a next one.
 *
 * SIMs may change while they are read. One that passes the filters all the time is found once, whatever else changes: it is read under
 * keys that these changes leave as they are. A SIM that comes to pass, or ceases to, is found once or not at all.
 */
export async function scanSims(
  partnerId: string,
  filter: SimFilter,
  limit: number,
  after: string | undefined,
): Promise<Page<string>> {
  const sections = await sectionsFor(partnerId, filter, 'keys that stay');
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

/** A position is the part of the list, and how far it has been read. */
function parsePosition(position: string | undefined): [number, string | undefined] {
  const [, index = '0', rest = ''] = /^(\d+):(.*)$/s.exec(position ?? '') ?? [];
  return [Number(index), rest === '' ? undefined : rest];
}

/**
 * SIMs of several partitions in the order of their keys, each once. Partitions are read concurrently: a SIM that moves from one to another
 * meanwhile, as to the next state, may be in both. The later version is shown.
 */
export function mergeSims<T extends { iccid: string; version: number }>(
  sims: readonly T[],
  keyOf: (sim: T) => string,
): T[] {
  const latest = new Map<string, T>();
  for (const sim of sims) {
    const other = latest.get(sim.iccid);
    if (other === undefined || other.version < sim.version) {
      latest.set(sim.iccid, sim);
    }
  }
  return [...latest.values()].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

/** A page of what passes, from one section. */
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
    // Up to where every partition has been read: beyond that another one may still hold an earlier SIM.
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

/** An interval of ICCIDs, both ends included. */
type Interval = { from: string; upTo: string };

/** Longer than this, digits that a search starts with are the start of ICCIDs before they are that of a label. */
const ICCID_START = /^89\d{3,}$/;

/**
 * Where the SIMs are that the filters let through.
 *
 * A search for the start of an ICCID reads that range of keys first. Labels may start with the same digits: the SIMs that
 * have such a label come after. An order's SIMs lie between the first and the last of its ICCIDs, which operators ship in
 * blocks: so every index that is in the order of ICCIDs is one by order too.
 */
async function sectionsFor(partnerId: string, filter: SimFilter, by: Preference): Promise<Section[]> {
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

/** What both intervals have; nothing when they are apart. Without the second one, the first. */
function intersectionOf(one: Interval, other: Interval = one): Interval | undefined {
  const [, from = ''] = [one.from, other.from].sort();
  const [upTo = ''] = [one.upTo, other.upTo].sort();
  return from <= upTo ? { from, upTo } : undefined;
}

/**
 * By which partitions and keys a list is read, where there is a choice: by those that take the fewest reads, or by those in which a SIM
 * stays where it is for as long as the filters let it through.
 */
type Preference = 'fewest reads' | 'keys that stay';

/** The narrowest partitions that hold every SIM which the filters could let through. */
function sectionOf(
  partnerId: string,
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
        ? { partition: simPartition(partnerId, shard) }
        : { index: 'byState', partition: simsInState(partnerId, state, shard) },
    );
    return { ...byIccid, ranges };
  }
  const ofCustomer = inShards((shard) => ({
    index: 'byCustomer',
    partition: simsOfCustomer(partnerId, customerId, shard),
  }));
  const ofCustomerIn = (one: SimState) => (shard: number) =>
    ({ index: 'byCustomerState', partition: simsOfCustomerInState(partnerId, customerId, one, shard) }) as const;
  // The keys of this index begin with the customer service, and its partitions are by state: only a SIM that keeps both stays in place.
  const mayMove = state === undefined || customerServiceId === undefined;
  if (by === 'keys that stay' && mayMove) {
    return { ...byIccid, ranges: ofCustomer };
  }
  if (customerServiceId !== undefined) {
    const prefix = simInService(customerServiceId, '');
    const states = state === undefined ? statesWithCustomer : [state];
    return { ...byIccid, prefix, ranges: states.flatMap((one) => inShards(ofCustomerIn(one), prefix)) };
  }
  if (state !== undefined && !within) {
    const keyOf = (sim: Sim) => simInService(sim.customerServiceId ?? '', sim.iccid);
    return { ...byIccid, keyOf, ranges: inShards(ofCustomerIn(state)) };
  }
  return { ...byIccid, ranges: ofCustomer };
}
