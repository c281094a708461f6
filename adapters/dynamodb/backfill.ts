import pMap from 'p-map';
import type { PartnerId, ServiceId } from '../../domain/ids.ts';
import { serviceCountChanges } from '../../domain/service-counts.ts';
import type { Sim } from '../../domain/sim.ts';
import { absent, atVersion, bothOf, type Condition, ConditionFailed, exists } from './conditions.ts';
import type { Key } from './item-kind.ts';
import { itemKinds } from './item-kinds.ts';
import { type Attributes, isOutdated, upgradeItem, withShapeNumber } from './item-shapes.ts';
import { serviceKey, simKey } from './keys.ts';
import { queryAll } from './queries.ts';
import { getRaw, scanRaw, toRecord } from './reads.ts';
import { retryOnConflict } from './retry-on-conflict.ts';
import { entriesOf } from './sim-entries.ts';
import { getSims, type SimRecord } from './sims.ts';
import { put, remove, update } from './write-requests.ts';
import { transact, write, writeIf } from './writes.ts';

/** The stored progress of a backfill in one segment of the table. */
export type BackfillSegment = {
  segment: number;
  /** The number of segments of the table. */
  segments: number;
  /** Identifies the run. */
  beganAt: string;
  /** The key after which it continues. */
  after?: Key;
  /** Items read. */
  looked: number;
  /** Items rewritten. */
  written: number;
  finishedAt?: string;
};

/** The progress of the latest run in each segment. */
export async function backfillSegments(): Promise<BackfillSegment[]> {
  return queryAll<BackfillSegment>(itemKinds.backfillSegment.range({}));
}

/** Starts a run at the beginning of the table. An earlier run that is still active stops. */
export async function startBackfill(segments: number, at: Date): Promise<BackfillSegment[]> {
  for (const { segment } of await backfillSegments()) {
    await write(remove(itemKinds.backfillSegment.key({ segment })));
  }
  const parts = Array.from({ length: segments }, (_, segment) => ({
    segment,
    segments,
    beganAt: at.toISOString(),
    looked: 0,
    written: 0,
  }));
  await Promise.all(parts.map((part) => write(put({ ...part, ...itemKinds.backfillSegment.key(part) }))));
  return parts;
}

const CONCURRENT_UPGRADES = 16;

/**
 * Upgrades the next items of a segment, up to 1 MB, and stores the progress. Safe to run concurrently on the same items.
 *
 * @returns the new progress; `undefined` when another run has started meanwhile.
 */
export async function backfillNext(part: BackfillSegment, now: Date): Promise<BackfillSegment | undefined> {
  const { items, last } = await scanRaw(part, part.after);
  const behind = items.filter(isOutdated);
  await pMap(behind, upgrade, { concurrency: CONCURRENT_UPGRADES });
  const released = await uncountTerminated(items);
  const entries = await addEntries(items);
  const { after: _, ...rest } = part;
  const next: BackfillSegment = {
    ...rest,
    looked: part.looked + items.length,
    written: part.written + behind.length + released + entries,
    ...(last ? { after: last } : { finishedAt: now.toISOString() }),
  };
  const sameRun = {
    expression: '#beganAt = :beganAt',
    names: { '#beganAt': 'beganAt' },
    values: { ':beganAt': part.beganAt },
  };
  return (await writeIf(put({ ...next, ...itemKinds.backfillSegment.key(part) }, sameRun))) ? next : undefined;
}

/** Rewrites an item in the newest shape, unless another writer has done so. */
async function upgrade(found: Attributes): Promise<void> {
  const key = { pk: String(found.pk), sk: String(found.sk) };
  let item: Attributes | undefined = found;
  await retryOnConflict(async () => {
    const done =
      !item ||
      !isOutdated(item) ||
      (await writeIf(
        update(key, changeOf(item, withShapeNumber({ ...upgradeItem(item), ...key })), isUnchanged(item)),
      ));
    if (!done) {
      item = await getRaw(key);
    }
    return done ? {} : undefined;
  });
}

function changeOf(before: Attributes, after: Attributes) {
  return {
    set: Object.fromEntries(Object.entries(after).filter(([name, value]) => before[name] !== value)),
    remove: Object.keys(before).filter((name) => !(name in after)),
  };
}

/** All attributes of the item are unchanged: an upgrade may depend on any of them. */
function isUnchanged(item: Attributes): Condition {
  const attributes = Object.entries(item).filter(([name]) => !['pk', 'sk'].includes(name));
  return {
    expression: ['attribute_exists(pk)', ...attributes.map((_, place) => `#was${place} = :was${place}`)].join(' AND '),
    names: Object.fromEntries(attributes.map(([name], place) => [`#was${place}`, name])),
    values: Object.fromEntries(attributes.map(([, value], place) => [`:was${place}`, value])),
  };
}

/**
 * Adds the entries that find the SIMs among these items, where they are missing. An entry of a tag, label or number that the SIM
 * loses meanwhile is left over, which readers ignore.
 *
 * @returns the number of entries.
 */
async function addEntries(items: readonly Attributes[]): Promise<number> {
  const entries = items.flatMap((item) => {
    const sim = itemKinds.sim.parse({ pk: String(item.pk), sk: String(item.sk) });
    return sim ? entriesOf(sim.partnerId, toRecord<Sim>(item)) : [];
  });
  const added = await pMap(entries, (entry) => writeIf(put(entry, absent)), { concurrency: CONCURRENT_UPGRADES });
  return added.filter(Boolean).length;
}

/** The most SIMs in one transaction, which also updates a partner service and a customer service. */
const MAX_SIMS_PER_TRANSACTION = 98;

/**
 * Subtracts the SIMs among these items that an earlier release terminated from the counts of their services, each once: a
 * transaction updates the SIM and the counts.
 *
 * @returns the number of SIMs.
 */
async function uncountTerminated(items: readonly Attributes[]): Promise<number> {
  const sims = items.flatMap(({ pk, sk, state, leftCounts, partnerServiceId, customerServiceId }) => {
    const sim = itemKinds.sim.parse({ pk: String(pk), sk: String(sk) });
    const isCounted = state === 'terminated' && leftCounts === undefined;
    return sim && isCounted ? [{ ...sim, services: `${partnerServiceId} ${customerServiceId}` }] : [];
  });
  for (const ofServices of Map.groupBy(sims, ({ partnerId, services }) => `${partnerId} ${services}`).values()) {
    for (let start = 0; start < ofServices.length; start += MAX_SIMS_PER_TRANSACTION) {
      const chunk = ofServices.slice(start, start + MAX_SIMS_PER_TRANSACTION);
      const [first] = chunk;
      if (first) {
        await uncountSims(
          first.partnerId,
          chunk.map(({ iccid }) => iccid),
        );
      }
    }
  }
  return sims.length;
}

/**
 * Retries when another writer was faster. Skips SIMs that another run has subtracted.
 *
 * @throws ConditionFailed when another writer was faster each time.
 */
async function uncountSims(partnerId: PartnerId, iccids: readonly string[]): Promise<void> {
  const gone = new Set<ServiceId>();
  await retryOnConflict(async () => {
    const sims = [...(await getSims(partnerId, iccids)).values()].filter(({ leftCounts }) => !leftCounts);
    if (sims.length === 0) {
      return {};
    }
    const leaving = sims.map((sim): SimRecord => ({ ...sim, leftCounts: true }));
    const counts = [...serviceCountChanges('terminate', leaving)].filter(([id]) => !gone.has(id));
    try {
      await transact([
        ...counts.map(([id, by]) => update(serviceKey(partnerId, id), { add: { sims: by } }, exists)),
        ...sims.map(({ iccid, version }) =>
          update(
            simKey(partnerId, iccid),
            { set: { leftCounts: true }, increase: { version: 1 } },
            bothOf(exists, atVersion(version)),
          ),
        ),
      ]);
      return {};
    } catch (error) {
      if (!(error instanceof ConditionFailed)) {
        throw error;
      }
      // A service that no longer exists has no count.
      for (const place of error.failed) {
        const service = counts[place];
        if (service) {
          gone.add(service[0]);
        }
      }
      return undefined;
    }
  });
}
