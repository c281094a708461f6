import type { PartnerId } from '../../domain/ids.ts';
import type { SimFilter } from '../../domain/operation.ts';
import { type Sim, type SimState, statesWithCustomer } from '../../domain/sim.ts';
import { matchesFilter, matchesTerm, numberFields, type SearchTerm, searchTerms } from '../../domain/sim-search.ts';
import { itemKinds } from './item-kinds.ts';
import { simInService, simsInState, simsOfCustomer, simsOfCustomerInState } from './keys.ts';
import { getOrder } from './orders.ts';
import type { Range } from './queries.ts';
import { getCustomerService } from './services.ts';
import { entriesOfLabels, entriesOfTag, iccidsEnding, iccidsWithNumber, labelPlace } from './sim-entries.ts';
import {
  type Page,
  type Section,
  type SimRanges,
  sectionOfEntries,
  sectionOfIccids,
  sectionOfRanges,
} from './sim-sections.ts';
import { SIM_SHARDS } from './table.ts';

/**
 * A page of a partner's SIMs that match all filters, each SIM once, in a stable order: by ICCID or, for a customer's SIMs in one
 * state, by customer service and ICCID.
 *
 * Where an index or an entry fits the filter, the cost of a page does not depend on the size of the fleet: state, customer,
 * customer service, order and start of an ICCID, each alone or with a state; numbers, end of an ICCID and tag. Other filters
 * are applied to the SIMs that were read, for a limited number of rounds: if few SIMs match, a page can be short although
 * another page follows.
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
    const page = await section.page(limit - items.length, index === start ? position : undefined);
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
 *
 * @param isMeant a further condition.
 */
export async function scanSims(
  partnerId: PartnerId,
  filter: SimFilter,
  limit: number,
  after: string | undefined,
  isMeant: (sim: Sim) => boolean = () => true,
): Promise<Page<string>> {
  const sections = await sectionsFor(partnerId, filter, 'stable keys');
  const scans = sections.flatMap((section) => section.scans);
  let [index, position] = parsePosition(after);
  const items: string[] = [];
  for (let queries = 0; index < scans.length; queries += 1) {
    const scan = scans[index];
    if (!scan || queries === MAX_SCAN_QUERIES) {
      return { items, next: `${index}:${position ?? ''}` };
    }
    const read = await scan(SCAN_PAGE_SIZE, position);
    for (const { sim, key } of read.placed.filter((placed) => isMeant(placed.sim))) {
      if (items.length === limit) {
        return { items, next: `${index}:${position ?? ''}` };
      }
      items.push(sim.iccid);
      position = key;
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

/** An interval of ICCIDs, both ends inclusive. */
type Interval = { from: string; upTo: string };

/**
 * The sections that contain the SIMs that match a filter.
 *
 * An order's SIMs lie between its first and last ICCID, because operators ship ICCIDs in blocks. So every index that is sorted by
 * ICCID also serves as an index by order.
 */
async function sectionsFor(partnerId: PartnerId, filter: SimFilter, by: Preference): Promise<Section[]> {
  const { orderId, customerServiceId } = filter;
  const within = orderId === undefined ? undefined : (await getOrder(partnerId, orderId))?.iccids;
  if (orderId !== undefined && !within) {
    return [];
  }
  if (customerServiceId === undefined) {
    return searchSections({ partnerId, filter, within, by });
  }
  const customerId = (await getCustomerService(partnerId, customerServiceId))?.customerId;
  if (customerId === undefined) {
    // Only terminated SIMs can have a service that was deleted.
    const state = 'terminated';
    return (filter.state ?? state) === state
      ? searchSections({ partnerId, filter: { ...filter, state }, within, by })
      : [];
  }
  return (filter.customerId ?? customerId) === customerId
    ? searchSections({ partnerId, filter: { ...filter, customerId }, within, by })
    : [];
}

/** A filter whose order and customer service were looked up. */
type Search = { partnerId: PartnerId; filter: SimFilter; within: Interval | undefined; by: Preference };

/**
 * The sections of a search text: one for each thing that the text can be, without the SIMs of earlier sections. Among the SIMs of a
 * customer or order, and where keys must be stable, all but the start of an ICCID are checked on the SIMs that are read.
 */
function searchSections(search: Search): Section[] {
  const { partnerId, within } = search;
  const { q, ...filter } = search.filter;
  const isFound = findsDirectly(filter);
  if (q === undefined || isFound) {
    return [narrowestSection(search, (sim) => matchesFilter(sim, search.filter))];
  }
  const isNarrow = filter.customerId !== undefined || within !== undefined || search.by === 'stable keys';
  const terms = searchTerms(q);
  const sections = isNarrow ? terms.filter(({ kind }) => kind === 'iccidStart') : terms;
  const direct = sections.flatMap((term, place) => {
    const earlier = sections.slice(0, place);
    const passes = (sim: Sim) =>
      matchesFilter(sim, filter) && matchesTerm(sim, term) && !earlier.some((other) => matchesTerm(sim, other));
    return sectionOfTerm({ ...search, filter }, term, passes) ?? [];
  });
  if (!isNarrow) {
    return direct;
  }
  const isRest = (sim: Sim) => matchesFilter(sim, search.filter) && !sections.some((term) => matchesTerm(sim, term));
  return [...direct, narrowestSection({ ...search, filter }, isRest)];

  function sectionOfTerm(known: Search, term: SearchTerm, passes: (sim: Sim) => boolean): Section | undefined {
    switch (term.kind) {
      case 'iccidStart': {
        const byPrefix = intersectionOf({ from: term.digits, upTo: `${term.digits}:` }, within);
        return byPrefix && sectionOfRanges(narrowestRanges({ ...known, within: byPrefix }, passes));
      }
      case 'iccidEnds':
        return sectionOfIccids(partnerId, () => iccidsEnding(partnerId, term.digits), passes);
      case 'tag':
        return sectionOfTag(partnerId, term.tag, within, passes);
      case 'label':
        return sectionOfEntries({
          partnerId,
          ranges: entriesOfLabels(partnerId, term.start),
          keyOf: labelPlace,
          passes,
        });
      default:
        return sectionOfIccids(partnerId, () => iccidsWithNumber(partnerId, term.kind, term.number), passes);
    }
  }
}

/** Whether a filter names few SIMs, which are found without an index of SIMs. */
function findsDirectly({ tag, customerId, iccidEnds, ...filter }: SimFilter): boolean {
  const isTagged = tag !== undefined && customerId === undefined;
  return isTagged || iccidEnds !== undefined || numberFields.some((field) => filter[field] !== undefined);
}

/**
 * The section with the fewest SIMs among which are all that match a filter. The SIMs of a tag are not read for a customer: its users
 * would learn from cursors about the SIMs of others.
 */
function narrowestSection(search: Search, passes: SimRanges['passes']): Section {
  const { partnerId, filter, within } = search;
  const { iccidEnds, tag } = filter;
  for (const field of numberFields) {
    const number = filter[field];
    if (number !== undefined) {
      return sectionOfIccids(partnerId, () => iccidsWithNumber(partnerId, field, number), passes);
    }
  }
  if (iccidEnds !== undefined) {
    return sectionOfIccids(partnerId, () => iccidsEnding(partnerId, iccidEnds), passes);
  }
  return tag !== undefined && filter.customerId === undefined
    ? sectionOfTag(partnerId, tag, within, passes)
    : sectionOfRanges(narrowestRanges(search, passes));
}

function sectionOfTag(
  partnerId: PartnerId,
  tag: string,
  within: Interval | undefined,
  passes: SimRanges['passes'],
): Section {
  const ranges = entriesOfTag(partnerId, tag).map((range) => ({ ...range, ...within }));
  return sectionOfEntries({ partnerId, ranges, keyOf: ({ iccid }) => iccid, passes });
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

/** The narrowest partitions of SIMs that contain every SIM that can match the filter. */
function narrowestRanges({ partnerId, filter, within, by }: Search, passes: SimRanges['passes']): SimRanges {
  const { state, customerId, customerServiceId } = filter;
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
