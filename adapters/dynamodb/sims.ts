import type { SimFilter } from '../../domain/operation.ts';
import type { PlanStage } from '../../domain/plan.ts';
import type { Sim, SimEvent } from '../../domain/sim.ts';
import { isMove } from '../../domain/tenure.ts';
import { absent, atVersion, get, getMany, type Item, put, queryAll, write, writeIf } from './items.ts';
import {
  shardOf,
  simHistoryKey,
  simHistoryPartition,
  simInService,
  simKey,
  simOwnerKey,
  simsInState,
  simsOfCustomer,
  simsOfCustomerInState,
} from './keys.ts';
import {
  decodeHistory,
  encodeSteps,
  isByOperation,
  lastOperationId,
  type StoredStep,
  versionOf,
} from './sim-history.ts';

/** A SIM as it is kept: with what moved it last, so that a stage which runs twice knows its own work. */
export type SimRecord = Sim & {
  /** The latest steps of its life, oldest first; earlier ones lie in items of their own. */
  history: readonly StoredStep[];
  /** The service that it had before the last operation moved it to another one, or off it. */
  serviceBefore?: string;
  /** For each stage of its order's plan that a retry brought about, by which one: the order's progress counts it once. */
  countedBy?: Readonly<Partial<Record<PlanStage, string>>>;
  /** Its services stopped counting it when it was terminated. Absent on SIMs that earlier releases terminated. */
  leftCounts?: true;
};

/** How many steps of its life a SIM's own item holds: it stays under 1 KB, one write unit, from its arrival to active. */
const MAX_INLINE_STEPS = 4;

/** Writes a SIM that arrived, and then who has it. What is there already is left as it is. */
export async function addSim(partnerId: string, sim: Sim): Promise<void> {
  await putIfAbsent(simItem(partnerId, { ...sim, history: [] }));
  await putIfAbsent({ ...simOwnerKey(sim.iccid), iccid: sim.iccid, partnerId });
}

/** @returns who has the SIMs of a list, by ICCID; SIMs that nobody has are left out. */
export async function ownersOf(iccids: readonly string[]): Promise<Map<string, string>> {
  const owners = await getMany<{ iccid: string; partnerId: string }>(iccids.map(simOwnerKey));
  return new Map(owners.map(({ iccid, partnerId }) => [iccid, partnerId]));
}

async function putIfAbsent(item: Item): Promise<void> {
  await writeIf(put(item, absent));
}

/** Whether it was this operation that changed a SIM last; naming the SIM is no change. */
export function wasLastChangedBy(sim: Pick<SimRecord, 'history'>, operationId: string): boolean {
  return lastOperationId(sim.history) === operationId;
}

/**
 * Replaces a SIM by what a rule made of it, if nobody changed it since it was read.
 *
 * @param by the operation, or the user where there is none, that takes the step.
 * @throws ConditionFailed
 */
export async function saveSim(
  partnerId: string,
  before: SimRecord,
  after: Sim,
  type: string,
  by: { operationId: string } | { actor: string },
): Promise<SimRecord> {
  const cleared = 'operationId' in by ? clearedLabels(before, after) : undefined;
  const steps = encodeSteps({
    version: after.version,
    at: after.updatedAt,
    type,
    ...(after.state === before.state ? {} : { from: before.state, to: after.state }),
    ...by,
    ...(cleared === undefined ? {} : { cleared }),
  });
  const serviceBefore = 'operationId' in by ? serviceLeft(before, after) : before.serviceBefore;
  // What a rule made of a SIM may still have what the store keeps on it.
  const { serviceBefore: _, ...sim }: Sim & { serviceBefore?: string } = after;
  const saved: SimRecord = {
    ...sim,
    ...(serviceBefore === undefined ? {} : { serviceBefore }),
    ...(before.state !== 'terminated' && after.state === 'terminated' ? { leftCounts: true } : {}),
    history: [...(await moveHistoryOut(partnerId, before, steps)), ...steps],
  };
  await write(put(simItem(partnerId, saved), atVersion(before.version)));
  return saved;
}

/** The label and the tags that an operation took off a SIM: the partner finds them in its timeline. */
function clearedLabels(before: Sim, after: Sim): SimEvent['cleared'] {
  const label = after.label === undefined ? before.label : undefined;
  const tags = after.tags.length === 0 && before.tags.length > 0 ? before.tags : undefined;
  return label === undefined && tags === undefined
    ? undefined
    : { ...(label === undefined ? {} : { label }), ...(tags === undefined ? {} : { tags }) };
}

function serviceLeft(before: Sim, after: Sim): string | undefined {
  if (before.partnerServiceId !== after.partnerServiceId) {
    return before.partnerServiceId;
  }
  return before.customerServiceId === after.customerServiceId ? undefined : before.customerServiceId;
}

export async function getSim(partnerId: string, iccid: string): Promise<SimRecord | undefined> {
  return get<SimRecord>(simKey(partnerId, iccid));
}

/** The SIMs of a list that are there, by ICCID. */
export async function getSims(partnerId: string, iccids: readonly string[]): Promise<Map<string, SimRecord>> {
  const sims = await getMany<SimRecord>(iccids.map((iccid) => simKey(partnerId, iccid)));
  return new Map(sims.map((sim) => [sim.iccid, sim]));
}

/** The life of a SIM, oldest step first. */
export async function simHistory(partnerId: string, sim: SimRecord): Promise<SimEvent[]> {
  const earlier = await queryAll<{ history: StoredStep[] }>({ partition: simHistoryPartition(partnerId, sim.iccid) });
  return decodeHistory(sim, [...earlier.flatMap(({ history }) => history), ...sim.history]);
}

/** Whether a SIM has had the services that it has now since a moment (RFC 3339, UTC): as its item tells by itself. */
export function hasKeptServicesSince(sim: SimRecord, at: string): boolean {
  const steps = decodeHistory(sim, sim.history).filter(({ version }) => version > 1);
  const [oldest] = steps;
  const move = steps.findLast(isMove);
  if (move !== undefined || oldest === undefined) {
    return move === undefined || move.at <= at;
  }
  // What lies in items of its own is older than what is here; before the second version there is nothing.
  return oldest.version === 2 || oldest.at <= at;
}

/** Whether a SIM passes the filters of a list. */
export function matchesFilter(sim: Sim, { q, ...filter }: SimFilter): boolean {
  const equal = (Object.keys(filter) as (keyof typeof filter)[]) // Object.keys widens to string; these are its keys
    .every((field) => filter[field] === undefined || sim[field] === filter[field]);
  return equal && (q === undefined || sim.iccid.startsWith(q) || startsWithIgnoringCase(sim.label, q));
}

function startsWithIgnoringCase(label: string | undefined, q: string): boolean {
  return label?.toLocaleLowerCase('en').startsWith(q.toLocaleLowerCase('en')) ?? false;
}

/**
 * Moves the steps that a SIM's item holds into an item of their own when there is no room for another one. That item
 * is written first: should the SIM's write fail, the steps stand twice and are read once. The last one of an operation
 * stays, unless the next is one.
 */
async function moveHistoryOut(
  partnerId: string,
  { iccid, history }: SimRecord,
  next: readonly StoredStep[],
): Promise<readonly StoredStep[]> {
  const [oldest] = history;
  if (oldest === undefined || history.length < MAX_INLINE_STEPS) {
    return history;
  }
  await write(put({ ...simHistoryKey(partnerId, iccid, versionOf(oldest)), history }));
  const last = history.findLast(isByOperation);
  return last === undefined || next.some(isByOperation) ? [] : [last];
}

/** A SIM's item: its keys in the table and in each index that it is in. */
export function simItem(partnerId: string, sim: SimRecord): Item {
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
