import { createHash } from 'node:crypto';
import type { PartnerId } from '../../domain/ids.ts';
import type { Sim } from '../../domain/sim.ts';
import { comparableNumber, foldCase, ICCID_END, type NumberField, numberFields } from '../../domain/sim-search.ts';
import type { Key } from './item-kind.ts';
import { itemKinds } from './item-kinds.ts';
import { hashOf, reversed, shardOf, simsEnding } from './keys.ts';
import { queryAll, queryItems, type Range } from './queries.ts';
import { SIM_SHARDS } from './table.ts';
import { type Item, put, remove, type Write } from './write-requests.ts';

/*
 * Entries by which SIMs are found: one item for each tag, the label and each number (decision 41). Readers compare every SIM that an
 * entry finds with the search, so entries that are left over are harmless. Missing ones are not: the entries of a SIM are written
 * before it or in the same transaction.
 */

/** The fields of a SIM for which it has entries. */
type Findable = Pick<Sim, 'tags' | 'label' | NumberField> & { iccid: string };

/** Numbers of one block differ only in this many last digits. */
const BLOCK_DIGITS = 3;
/** The maximum number of SIMs in one item: under 7 KB. */
const MAX_BLOCK = 250;
/** The start of the sort key of an item with the numbers of several SIMs. No number starts with it. */
const SEVERAL = '~';

/** The keys of a SIM's entries: one for each tag, the label and each number. Entries have no other attributes. */
export function entriesOf(partnerId: PartnerId, sim: Findable): Key[] {
  return [...textEntries(partnerId, sim), ...numbersOf(sim).map((number) => numberEntry(partnerId, number))];
}

/** The writes of entries that belong to a change of a SIM: none unless a tag, the label or a number changes. */
export function entryChanges(partnerId: PartnerId, before: Findable, after: Findable): Write[] {
  const [old, current] = [entriesOf(partnerId, before), entriesOf(partnerId, after)];
  const notIn = (keys: readonly Key[]) => (key: Key) => !keys.some(({ pk, sk }) => pk === key.pk && sk === key.sk);
  return [
    ...current.filter(notIn(old)).map((key) => put(key)),
    ...old.filter(notIn(current)).map((key) => remove(key)),
  ];
}

/** The entries of new SIMs. Numbers of one block share an item, which costs a fraction of a write unit for each SIM. */
export function entriesOfNew(partnerId: PartnerId, sims: readonly Findable[]): Item[] {
  const blocks = Map.groupBy(sims.flatMap(numbersOf), ({ field, number }) => `${field} ${blockOf(number)}`);
  return [
    ...sims.flatMap((sim) => textEntries(partnerId, sim)),
    ...[...blocks.values()].flatMap((block) => blockEntries(partnerId, block)),
  ];
}

type OwnNumber = { field: NumberField; number: string; iccid: string };

function numbersOf(sim: Findable): OwnNumber[] {
  return numberFields.flatMap((field) => {
    const number = comparableNumber(field, sim[field] ?? '');
    return number === '' ? [] : [{ field, number, iccid: sim.iccid }];
  });
}

const blockOf = (number: string) => number.slice(0, -BLOCK_DIGITS);

const numberEntry = (partnerId: PartnerId, { field, number, iccid }: OwnNumber): Key =>
  itemKinds.simNumber.key({ partnerId, field, block: blockOf(number), place: `${number}#${iccid}` });

/** The entries of numbers of one block. A number that shares its block with no other one has an entry of its own. */
function blockEntries(partnerId: PartnerId, numbers: readonly OwnNumber[]): Item[] {
  const [first, ...others] = numbers.slice(0, MAX_BLOCK);
  if (first === undefined) {
    return [];
  }
  const entry = others.length === 0 ? numberEntry(partnerId, first) : sharedEntry(partnerId, [first, ...others]);
  return [entry, ...blockEntries(partnerId, numbers.slice(MAX_BLOCK))];
}

/** The item of several SIMs' numbers. Its key is derived from its contents, so that it never replaces a different item. */
function sharedEntry(partnerId: PartnerId, numbers: readonly [OwnNumber, ...OwnNumber[]]): Item {
  const [{ field, number: anyNumber }] = numbers;
  const sims = numbers.map(({ number, iccid }) => `${number.slice(-BLOCK_DIGITS)}:${iccid}`).sort();
  const place = `${SEVERAL}${createHash('sha256').update(sims.join()).digest('base64url')}`;
  return { ...itemKinds.simNumber.key({ partnerId, field, block: blockOf(anyNumber), place }), sims };
}

function textEntries(partnerId: PartnerId, { iccid, tags, label }: Findable): Key[] {
  const shard = shardOf(iccid);
  const hashes = new Set(tags.map((tag) => hashOf(foldCase(tag))));
  return [
    ...[...hashes].map((hash) => itemKinds.simTag.key({ partnerId, hash, shard, iccid })),
    ...(label === undefined ? [] : [itemKinds.simLabel.key({ partnerId, shard, label: foldCase(label), iccid })]),
  ];
}

/** The ICCIDs of a partner's SIMs that have or had a number, sorted. */
export async function iccidsWithNumber(partnerId: PartnerId, field: NumberField, given: string): Promise<string[]> {
  const number = comparableNumber(field, given);
  const block = itemKinds.simNumber.range({ partnerId, field, block: blockOf(number) });
  const [single, several] = await Promise.all([
    allKeys({ ...block, prefix: `${number}#` }),
    queryAll<{ sims: readonly string[] }>({ ...block, prefix: SEVERAL }),
  ]);
  const start = `${number.slice(-BLOCK_DIGITS)}:`;
  const shared = several.flatMap(({ sims }) => sims.filter((sim) => sim.startsWith(start)));
  return distinct([
    ...single.map((key) => key.slice(number.length + 1)),
    ...shared.map((sim) => sim.slice(start.length)),
  ]);
}

/** The ICCIDs of a partner's SIMs that end with these digits, sorted. */
export async function iccidsEnding(partnerId: PartnerId, digits: string): Promise<string[]> {
  const partition = simsEnding(partnerId, digits.slice(-ICCID_END.min));
  const found = await queryAll<{ iccid: string }>({
    index: 'byCustomerState',
    partition,
    prefix: reversed(digits),
  });
  return distinct(found.map(({ iccid }) => iccid));
}

const distinct = (iccids: readonly string[]) => [...new Set(iccids)].sort();

/** The sort keys of a range. */
async function allKeys(range: Range): Promise<string[]> {
  const keys: string[] = [];
  let after: string | undefined;
  do {
    const read = await queryKeys({ ...range, after }, 1000);
    keys.push(...read.keys);
    after = read.last;
  } while (after !== undefined);
  return keys;
}

/** Reads one page of the sort keys of a range of the table. */
export async function queryKeys(range: Range, limit: number): Promise<{ keys: string[]; last?: string }> {
  const { items, last } = await queryItems(range, limit);
  return { keys: items.map(({ sk }) => String(sk)), ...(last === undefined ? {} : { last }) };
}

/** The entries of a tag, sorted by ICCID in each shard. */
export const entriesOfTag = (partnerId: PartnerId, tag: string): Range[] =>
  shards((shard) => itemKinds.simTag.range({ partnerId, hash: hashOf(foldCase(tag)), shard }));

/** The entries of labels that start with a text, sorted by label and ICCID in each shard. */
export const entriesOfLabels = (partnerId: PartnerId, start: string): Range[] =>
  shards((shard) => ({ ...itemKinds.simLabel.range({ partnerId, shard }), prefix: foldCase(start) }));

/** The sort key of a SIM among the entries of labels. */
export const labelPlace = ({ label, iccid }: Pick<Findable, 'label' | 'iccid'>): string =>
  `${foldCase(label ?? '')}#${iccid}`;

/** The ICCID in the sort key of an entry of a tag or a label. */
export const iccidAt = (place: string): string => place.slice(place.lastIndexOf('#') + 1);

const shards = (rangeOf: (shard: number) => Range): Range[] =>
  Array.from({ length: SIM_SHARDS }, (_, shard) => rangeOf(shard));
