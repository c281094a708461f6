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
 * Entries by which a SIM is found: items of their own for each tag, the label and each number (decision 41). Readers compare each
 * SIM that they find with what they look for, so an entry that is left over is harmless. A missing one is not: entries are
 * written before their SIM or in one transaction with it.
 */

/** The fields of a SIM by which entries find it. */
type Findable = Pick<Sim, 'tags' | 'label' | NumberField> & { iccid: string };

/** The numbers that share an item differ in this many last digits. */
const BLOCK_DIGITS = 3;
/** The maximum number of SIMs in an item of numbers: under 7 KB. */
const MAX_BLOCK = 250;
/** Begins the sort key of an item with the numbers of several SIMs. */
const SEVERAL = '~';

/** The entries of a SIM, with only their keys: one for each tag, number, and the label. */
export function entriesOf(partnerId: PartnerId, sim: Findable): Key[] {
  return [...textEntries(partnerId, sim), ...numbersOf(sim).map((number) => numberEntry(partnerId, number))];
}

/** The changes of entries that belong to a change of a SIM. Empty unless a tag, the label or a number changes. */
export function entryChanges(partnerId: PartnerId, before: Findable, after: Findable): Write[] {
  const [old, current] = [entriesOf(partnerId, before), entriesOf(partnerId, after)];
  const lacks = (keys: readonly Key[]) => (key: Key) => !keys.some(({ pk, sk }) => pk === key.pk && sk === key.sk);
  return [
    ...current.filter(lacks(old)).map((key) => put(key)),
    ...old.filter(lacks(current)).map((key) => remove(key)),
  ];
}

/** The entries of new SIMs. Numbers of the same block are in one item, which costs a fraction of a write unit for each SIM. */
export function entriesOfNew(partnerId: PartnerId, sims: readonly Findable[]): Item[] {
  const blocks = Map.groupBy(sims.flatMap(numbersOf), ({ field, number }) => `${field} ${blockOf(number)}`);
  const numbers = [...blocks.values()].flatMap((block) =>
    Array.from({ length: Math.ceil(block.length / MAX_BLOCK) }, (_, part) =>
      blockEntry(partnerId, block.slice(part * MAX_BLOCK, (part + 1) * MAX_BLOCK)),
    ),
  );
  return [...sims.flatMap((sim) => textEntries(partnerId, sim)), ...numbers];
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

/** An item for the numbers of several SIMs. Its key follows from its contents, so that it never replaces another one. */
function blockEntry(partnerId: PartnerId, numbers: readonly OwnNumber[]): Item {
  const [first] = numbers;
  if (first === undefined || numbers.length === 1) {
    return first ? numberEntry(partnerId, first) : { pk: '', sk: '' };
  }
  const sims = numbers.map(({ number, iccid }) => `${number.slice(-BLOCK_DIGITS)}:${iccid}`).sort();
  const place = `${SEVERAL}${createHash('sha256').update(sims.join()).digest('base64url')}`;
  return { ...itemKinds.simNumber.key({ partnerId, field: first.field, block: blockOf(first.number), place }), sims };
}

function textEntries(partnerId: PartnerId, { iccid, tags, label }: Findable): Key[] {
  const shard = shardOf(iccid);
  const hashes = new Set(tags.map((tag) => hashOf(foldCase(tag))));
  return [
    ...[...hashes].map((hash) => itemKinds.simTag.key({ partnerId, hash, shard, iccid })),
    ...(label === undefined ? [] : [itemKinds.simLabel.key({ partnerId, shard, label: foldCase(label), iccid })]),
  ];
}

/** The ICCIDs of SIMs that have or had a number, in order. */
export async function iccidsWithNumber(partnerId: PartnerId, field: NumberField, given: string): Promise<string[]> {
  const number = comparableNumber(field, given);
  const block = itemKinds.simNumber.range({ partnerId, field, block: blockOf(number) });
  const [singly, severally] = await Promise.all([
    allKeys({ ...block, prefix: `${number}#` }),
    queryAll<{ sims: readonly string[] }>({ ...block, prefix: SEVERAL }),
  ]);
  const start = `${number.slice(-BLOCK_DIGITS)}:`;
  const shared = severally.flatMap(({ sims }) => sims.filter((sim) => sim.startsWith(start)));
  return distinct([
    ...singly.map((key) => key.slice(number.length + 1)),
    ...shared.map((sim) => sim.slice(start.length)),
  ]);
}

/** The ICCIDs of a partner's SIMs that end with these digits, in order. */
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
