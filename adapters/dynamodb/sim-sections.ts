import type { PartnerId } from '../../domain/ids.ts';
import type { Sim } from '../../domain/sim.ts';
import { query, type Range } from './queries.ts';
import { iccidAt, queryKeys } from './sim-entries.ts';
import { getSims } from './sims.ts';

/** A page of a list, and the position of the next page; absent at the end. */
export type Page<T> = { items: T[]; next?: string };

/** A SIM and its sort key in a part of a list. */
type Placed = { sim: Sim; key: string };

/**
 * A part of a list of SIMs.
 *
 * `page` reads it in order, from after a key. `scans` are its partitions, to be read one after the other: cheaper, and each SIM once.
 */
export type Section = {
  page: (limit: number, after: string | undefined) => Promise<Page<Sim>>;
  scans: readonly ((limit: number, after: string | undefined) => Promise<{ placed: Placed[]; last?: string }>)[];
};

/** The maximum number of rounds of queries for a page. Limits what one request reads when few SIMs match the filter. */
const MAX_ROUNDS = 8;
/** The minimum number of SIMs that one query reads: about 4 KB. Smaller queries cost the same. */
const MIN_READ = 6;
/** Each further round reads twice as much as the previous one, up to this factor. */
const MAX_GROWTH = 8;

/**
 * Partitions of SIMs that are read concurrently, each in the order of its sort keys, and merged by the part of the sort key after
 * `prefix`. Lists the SIMs for which `passes` is true.
 */
export type SimRanges = {
  ranges: readonly Range[];
  prefix: string;
  keyOf: (sim: Sim) => string;
  passes: (sim: Sim) => boolean;
};

export function sectionOfRanges(of: SimRanges): Section {
  const { ranges, prefix, keyOf, passes } = of;
  return {
    page: (limit, after) => fillPage(of, limit, after),
    scans: ranges.map((range) => async (limit, after) => {
      const { items, ...end } = await query<Sim>({ ...range, after }, limit);
      return { placed: items.filter(passes).map((sim) => ({ sim, key: `${prefix}${keyOf(sim)}` })), ...end };
    }),
  };
}

/** Reads a page of matching SIMs from partitions. */
async function fillPage(
  { ranges, prefix, keyOf, passes }: SimRanges,
  limit: number,
  after: string | undefined,
): Promise<Page<Sim>> {
  const found: Sim[] = [];
  let position = after;
  for (let round = 0; round < MAX_ROUNDS && found.length < limit; round += 1) {
    const wanted = limit - found.length;
    const each = readSize(wanted, ranges) * Math.min(2 ** round, MAX_GROWTH);
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

const readSize = (wanted: number, ranges: readonly Range[]) =>
  Math.max(MIN_READ, Math.ceil((wanted * 1.5) / ranges.length) + 2);

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

/** Partitions of entries that find SIMs. `keyOf` is the sort key that a SIM's entry has if it is not left over. */
export type EntryRanges = {
  partnerId: PartnerId;
  ranges: readonly Range[];
  keyOf: (sim: Sim) => string;
  passes: (sim: Sim) => boolean;
};

/**
 * The SIMs that entries find. A page reads as many SIMs as it returns, and more only if other filters leave some of them out,
 * for at most `MAX_ROUNDS` rounds.
 */
export function sectionOfEntries(of: EntryRanges): Section {
  const { partnerId, ranges, keyOf, passes } = of;
  return {
    page: (limit, after) => fillFromEntries(of, limit, after),
    scans: ranges.map((range) => async (limit, after) => {
      const { keys, ...end } = await queryKeys({ ...range, after }, limit);
      const placed = await simsAt(partnerId, keys);
      return { placed: placed.filter(({ sim, key }) => keyOf(sim) === key && passes(sim)), ...end };
    }),
  };
}

async function fillFromEntries(
  { partnerId, ranges, keyOf, passes }: EntryRanges,
  limit: number,
  after: string | undefined,
): Promise<Page<Sim>> {
  const found: Sim[] = [];
  let position = after;
  for (let round = 0; round < MAX_ROUNDS && found.length < limit; round += 1) {
    const wanted = limit - found.length;
    const each = readSize(wanted, ranges);
    const reads = await Promise.all(ranges.map((range) => queryKeys({ ...range, after: position }, each)));
    const frontier = reads.flatMap(({ last }) => last ?? []).sort(byBytes)[0];
    const merged = reads
      .flatMap(({ keys }) => keys)
      .filter((key) => frontier === undefined || byBytes(key, frontier) <= 0)
      .sort(byBytes);
    const next = merged.slice(0, wanted);
    const placed = await simsAt(partnerId, next);
    found.push(...placed.filter(({ sim, key }) => keyOf(sim) === key && passes(sim)).map(({ sim }) => sim));
    position = merged.length > wanted ? next.at(-1) : frontier;
    if (position === undefined) {
      break;
    }
  }
  return { items: found, ...(position === undefined ? {} : { next: position }) };
}

/** The order of sort keys in DynamoDB. It differs from that of JavaScript for characters such as emoji. */
function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

/** The SIMs of entries, in the order of the entries. Omits those that do not exist. */
async function simsAt(partnerId: PartnerId, keys: readonly string[]): Promise<Placed[]> {
  const sims = await getSims(partnerId, [...new Set(keys.map(iccidAt))]);
  return keys.flatMap((key) => {
    const sim = sims.get(iccidAt(key));
    return sim ? [{ sim, key }] : [];
  });
}

/**
 * A few SIMs whose ICCIDs are known, such as those with a number. Its pages are full except the last one. A position is always the
 * ICCID of a listed SIM: users of a customer learn nothing about the SIMs of others from their cursors.
 *
 * @param find the ICCIDs, in order.
 */
export function sectionOfIccids(
  partnerId: PartnerId,
  find: () => Promise<string[]>,
  passes: (sim: Sim) => boolean,
): Section {
  const page: Section['page'] = async (limit, after) => {
    const candidates = (await find()).filter((iccid) => after === undefined || iccid > after);
    const found: Sim[] = [];
    while (candidates.length > 0) {
      const placed = await simsAt(partnerId, candidates.splice(0, limit + 1));
      found.push(...placed.map(({ sim }) => sim).filter(passes));
      if (found.length > limit) {
        const items = found.slice(0, limit);
        return { items, next: items.at(-1)?.iccid ?? '' };
      }
    }
    return { items: found };
  };
  const scan: Section['scans'][number] = async (limit, after) => {
    const { items, next } = await page(limit, after);
    return { placed: items.map((sim) => ({ sim, key: sim.iccid })), ...(next === undefined ? {} : { last: next }) };
  };
  return { page, scans: [scan] };
}
