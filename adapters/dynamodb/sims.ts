import pMap from 'p-map';
import type { OpenDifferences, Seen } from '../../domain/difference.ts';
import type { OperationId, PartnerId, ServiceId } from '../../domain/ids.ts';
import type { PlanStage } from '../../domain/plan.ts';
import type { Sim, SimEvent } from '../../domain/sim.ts';
import { isMove } from '../../domain/tenure.ts';
import { absent, atVersion } from './conditions.ts';
import { itemKinds } from './item-kinds.ts';
import {
  ownerListKeys,
  shardOf,
  simInService,
  simKey,
  simsInState,
  simsOfCustomer,
  simsOfCustomerInState,
} from './keys.ts';
import { queryAll } from './queries.ts';
import { get, getMany } from './reads.ts';
import { entriesOfNew, entryChanges } from './sim-entries.ts';
import {
  announcedSteps,
  decodeHistory,
  encodeSteps,
  isByOperation,
  LABELLED,
  lastOperationId,
  type StoredStep,
  versionOf,
} from './sim-history.ts';
import { type Item, put, type Write } from './write-requests.ts';
import { transact, write, writeIf } from './writes.ts';

/** A stored SIM, with its history. A stage that runs twice recognises its own change by it. */
export type SimRecord = Sim & {
  /** The latest steps, oldest first. Earlier steps are stored in items of their own. */
  history: readonly StoredStep[];
  /** The service that the SIM had before the last operation changed or removed it. */
  serviceBefore?: ServiceId;
  /** The retry operation that completed each stage of the order's plan, so that the order's progress counts the SIM once. */
  countedBy?: Readonly<Partial<Record<PlanStage, string>>>;
  /** Set when the SIM was terminated and its services stopped counting it. Absent on SIMs that earlier releases terminated. */
  leftCounts?: true;
  /** The type of the last step, if it is one of `announcedSteps`. */
  announces?: string;
  /** Differences from its operator that are not settled. */
  differs?: OpenDifferences;
};

/** The maximum number of steps in a SIM's own item, which stays under 1 KB (one write unit) until its activation. */
const MAX_INLINE_STEPS = 4;

/** The concurrent writes for SIMs that arrive together. More would not be faster and would be throttled sooner. */
const ARRIVALS_IN_FLIGHT = 32;

/**
 * Stores SIMs that were received together: the entries by which they are found, and then each SIM. Idempotent: existing SIMs
 * stay unchanged.
 *
 * @returns for each SIM, whether it was added: not if another partner or order has it.
 */
export async function addSims<T extends { sim: Sim }>(
  partnerId: PartnerId,
  arrivals: readonly T[],
): Promise<(T & { isAdded: boolean })[]> {
  await saveEntriesOfNew(
    partnerId,
    arrivals.map(({ sim }) => sim),
  );
  return pMap(arrivals, async (arrival) => ({ ...arrival, isAdded: await addSim(partnerId, arrival.sim) }), {
    concurrency: ARRIVALS_IN_FLIGHT,
  });
}

/** Stores the entries by which new SIMs are found. They are stored before the SIMs, so that none can be missing. */
export async function saveEntriesOfNew(partnerId: PartnerId, sims: readonly Sim[]): Promise<void> {
  await pMap(entriesOfNew(partnerId, sims), (entry) => write(put(entry)), { concurrency: ARRIVALS_IN_FLIGHT });
}

/** The item with the owner of a SIM, with the keys by which the end of its ICCID is found. */
export const ownerItem = (partnerId: PartnerId, iccid: string): Item => ({
  ...itemKinds.simOwner.key({ iccid }),
  ...ownerListKeys(partnerId, iccid),
  iccid,
  partnerId,
});

/** Stores the owner of a received SIM, and then the SIM. */
async function addSim(partnerId: PartnerId, sim: Sim): Promise<boolean> {
  const owner = ownerItem(partnerId, sim.iccid);
  const isNew = await writeIf(put(owner, absent));
  if (!isNew && (await get<{ partnerId: PartnerId }>({ pk: owner.pk, sk: owner.sk }))?.partnerId !== partnerId) {
    return false;
  }
  return (
    (await writeIf(put(simItem(partnerId, { ...sim, history: [] }), absent))) ||
    (await getSim(partnerId, sim.iccid))?.orderId === sim.orderId
  );
}

/** The partners that own these SIMs, by ICCID. Omits SIMs without an owner. */
export async function ownersOf(iccids: readonly string[]): Promise<Map<string, PartnerId>> {
  const owners = await getMany<{ iccid: string; partnerId: PartnerId }>(
    iccids.map((iccid) => itemKinds.simOwner.key({ iccid })),
  );
  return new Map(owners.map(({ iccid, partnerId }) => [iccid, partnerId]));
}

/** Whether this operation was the last one to change a SIM. Changes of label, tags and fields do not count. */
export function wasLastChangedBy(sim: Pick<SimRecord, 'history'>, operationId: OperationId): boolean {
  return lastOperationId(sim.history) === operationId;
}

/**
 * Saves a SIM after a transition, with the entries by which it is found.
 *
 * @param by the operation that made the step, or the user if there is no operation.
 * @param also writes that belong to the transition, in the same transaction.
 * @throws ConditionFailed when the SIM has changed since it was read.
 */
export async function saveSim(
  partnerId: PartnerId,
  before: SimRecord,
  after: Sim,
  type: string,
  by: StepTaker,
  also: (saved: SimRecord) => Write[] = () => [],
): Promise<SimRecord> {
  const { saved, writes } = await stepWrites(partnerId, before, after, type, by);
  const [main, ...others] = [...writes, ...also(saved)] as const;
  await (others.length > 0 ? transact([main, ...others]) : write(main));
  return saved;
}

/** The operation that made a step, or the user if there is no operation. */
type StepTaker = { operationId: OperationId } | { actor: string; difference?: Seen };

/** The writes of a SIM after a transition and of the entries by which it is found, to be made in one transaction. */
export async function stepWrites(
  partnerId: PartnerId,
  before: SimRecord,
  after: Sim,
  type: string,
  by: StepTaker,
): Promise<{ saved: SimRecord; writes: [Write, ...Write[]] }> {
  const isAssigned = before.customerId !== after.customerId && after.customerId !== undefined;
  const cleared = isAssigned ? clearedNaming(before, after) : undefined;
  const steps = encodeSteps({
    version: after.version,
    at: after.updatedAt,
    type,
    ...(after.state === before.state ? {} : { from: before.state, to: after.state }),
    ...by,
    ...(cleared === undefined ? {} : { cleared }),
  });
  // The result of a transition may still have these stored attributes.
  const { serviceBefore: _, announces: __, ...sim }: Sim & Pick<SimRecord, 'serviceBefore' | 'announces'> = after;
  const serviceBefore = 'operationId' in by && type !== LABELLED ? serviceLeft(before, after) : before.serviceBefore;
  const saved: SimRecord = {
    ...sim,
    ...(serviceBefore === undefined ? {} : { serviceBefore }),
    ...(announcedSteps.has(type) ? { announces: type } : {}),
    ...(before.state !== 'terminated' && after.state === 'terminated' ? { leftCounts: true } : {}),
    history: [...(await moveHistoryOut(partnerId, before, steps)), ...steps],
  };
  const main = put(simItem(partnerId, saved), atVersion(before.version));
  return { saved, writes: [main, ...entryChanges(partnerId, before, saved)] };
}

/** The label, tags and fields that an assignment cleared. The SIM's timeline shows them. */
function clearedNaming(before: Sim, after: Sim): SimEvent['cleared'] {
  const label = after.label === undefined ? before.label : undefined;
  const tags = before.tags.filter((tag) => !after.tags.includes(tag));
  const fields = Object.entries(before.fields ?? {}).filter(([name]) => !Object.hasOwn(after.fields ?? {}, name));
  const cleared = {
    ...(label === undefined ? {} : { label }),
    ...(tags.length === 0 ? {} : { tags }),
    ...(fields.length === 0 ? {} : { fields: Object.fromEntries(fields) }),
  };
  return Object.keys(cleared).length === 0 ? undefined : cleared;
}

function serviceLeft(before: Sim, after: Sim): ServiceId | undefined {
  if (before.partnerServiceId !== after.partnerServiceId) {
    return before.partnerServiceId;
  }
  return before.customerServiceId === after.customerServiceId ? undefined : before.customerServiceId;
}

export async function getSim(partnerId: PartnerId, iccid: string): Promise<SimRecord | undefined> {
  return get<SimRecord>(simKey(partnerId, iccid));
}

/** The SIMs with these ICCIDs that exist, by ICCID. */
export async function getSims(partnerId: PartnerId, iccids: readonly string[]): Promise<Map<string, SimRecord>> {
  const sims = await getMany<SimRecord>(iccids.map((iccid) => simKey(partnerId, iccid)));
  return new Map(sims.map((sim) => [sim.iccid, sim]));
}

/** The whole history of a SIM, oldest step first. */
export async function simHistory(partnerId: PartnerId, sim: SimRecord): Promise<SimEvent[]> {
  const earlier = await queryAll<{ history: StoredStep[] }>(
    itemKinds.simHistory.range({ partnerId, iccid: sim.iccid }),
  );
  return decodeHistory(sim, [...earlier.flatMap(({ history }) => history), ...sim.history]);
}

/**
 * Whether a SIM has had its current services since a time (RFC 3339, UTC), as far as its own item shows. False when the item
 * does not go back far enough.
 */
export function hasKeptServicesSince(sim: SimRecord, at: string): boolean {
  const steps = decodeHistory(sim, sim.history).filter(({ version }) => version > 1);
  const [oldest] = steps;
  const move = steps.findLast(isMove);
  if (move !== undefined || oldest === undefined) {
    return move === undefined || move.at <= at;
  }
  // Steps in other items are older than those in the SIM's own. No step precedes the second version.
  return oldest.version === 2 || oldest.at <= at;
}

/**
 * Moves the steps of a SIM's item into an item of their own when there is no room for another step. That item is written first: if
 * the write of the SIM fails, the steps are stored twice and read once. The last step of an operation stays, unless the next
 * step is one of an operation.
 *
 * @returns the steps that stay in the SIM's item.
 */
async function moveHistoryOut(
  partnerId: PartnerId,
  { iccid, history }: SimRecord,
  next: readonly StoredStep[],
): Promise<readonly StoredStep[]> {
  const [oldest] = history;
  if (oldest === undefined || history.length < MAX_INLINE_STEPS) {
    return history;
  }
  await write(put({ ...itemKinds.simHistory.key({ partnerId, iccid, version: versionOf(oldest) }), history }));
  const last = history.findLast(isByOperation);
  return last === undefined || next.some(isByOperation) ? [] : [last];
}

/** The item of a SIM, with its keys in the table and in each index. */
export function simItem(partnerId: PartnerId, sim: SimRecord): Item {
  const { iccid, state, customerId, customerServiceId } = sim;
  const shard = shardOf(iccid);
  return {
    ...sim,
    ...simKey(partnerId, iccid),
    gsi1pk: simsInState(partnerId, state, shard),
    ...(customerId === undefined
      ? {}
      : {
          gsi2pk: simsOfCustomer(partnerId, customerId, shard),
          gsi3pk: simsOfCustomerInState(partnerId, customerId, state, shard),
          gsi3sk: simInService(customerServiceId ?? '', iccid),
        }),
  };
}
