import pMap from 'p-map';
import { type Attributes, isBehind, numbered, upgraded } from './item-shapes.ts';
import { type Condition, getAsKept, put, queryAll, remove, scanAsKept, update, write, writeIf } from './items.ts';
import { backfillKey, backfillPartition, type Key } from './keys.ts';

/** How far one part of the table has been upgraded, as it is kept. */
export type BackfillSegment = {
  segment: number;
  /** Into how many parts the table is cut. */
  segments: number;
  /** By which one run is told from the one before. */
  beganAt: string;
  /** The key after which it goes on. */
  after?: Key;
  looked: number;
  written: number;
  finishedAt?: string;
};

/** The parts of the table, as far as they are. */
export async function backfillSegments(): Promise<BackfillSegment[]> {
  return queryAll<BackfillSegment>({ partition: backfillPartition });
}

/** Begins at the start of the table; what was kept of an earlier run is forgotten, should it still be at work. */
export async function beginBackfill(segments: number, at: Date): Promise<BackfillSegment[]> {
  for (const { segment } of await backfillSegments()) {
    await write(remove(backfillKey(segment)));
  }
  const parts = Array.from({ length: segments }, (_, segment) => ({
    segment,
    segments,
    beganAt: at.toISOString(),
    looked: 0,
    written: 0,
  }));
  await Promise.all(parts.map((part) => write(put({ ...part, ...backfillKey(part.segment) }))));
  return parts;
}

const WRITES_AT_A_TIME = 16;

/**
 * Upgrades the next items of a part, a MB at the most, and keeps how far it came. Whoever upgrades the same items at the same
 * time changes nothing by it.
 *
 * @returns the part as it is then; `undefined` when another run has begun meanwhile.
 */
export async function backfillOn(part: BackfillSegment, now: Date): Promise<BackfillSegment | undefined> {
  const { items, last } = await scanAsKept(part, part.after);
  const behind = items.filter(isBehind);
  await pMap(behind, upgrade, { concurrency: WRITES_AT_A_TIME });
  const { after: _, ...rest } = part;
  const next: BackfillSegment = {
    ...rest,
    looked: part.looked + items.length,
    written: part.written + behind.length,
    ...(last ? { after: last } : { finishedAt: now.toISOString() }),
  };
  const sameRun = {
    expression: '#beganAt = :beganAt',
    names: { '#beganAt': 'beganAt' },
    values: { ':beganAt': part.beganAt },
  };
  return (await writeIf(put({ ...next, ...backfillKey(part.segment) }, sameRun))) ? next : undefined;
}

/** Brings an item into the newest shape as it is stored, unless that has happened. */
async function upgrade(found: Attributes): Promise<void> {
  const key = { pk: String(found.pk), sk: String(found.sk) };
  for (let item: Attributes | undefined = found; item && isBehind(item); item = await getAsKept(key)) {
    if (await writeIf(update(key, changeOf(item, numbered({ ...upgraded(item), ...key })), asRead(item)))) {
      return;
    }
  }
}

function changeOf(before: Attributes, after: Attributes) {
  return {
    set: Object.fromEntries(Object.entries(after).filter(([name, value]) => before[name] !== value)),
    remove: Object.keys(before).filter((name) => !(name in after)),
  };
}

/** Nobody has written anything of the item since: what an upgrade makes of it may come from any of its attributes. */
function asRead(item: Attributes): Condition {
  const attributes = Object.entries(item).filter(([name]) => !['pk', 'sk'].includes(name));
  return {
    expression: ['attribute_exists(pk)', ...attributes.map((_, place) => `#was${place} = :was${place}`)].join(' AND '),
    names: Object.fromEntries(attributes.map(([name], place) => [`#was${place}`, name])),
    values: Object.fromEntries(attributes.map(([, value], place) => [`:was${place}`, value])),
  };
}
