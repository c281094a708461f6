import type { SimFilter } from '../../domain/operation.ts';
import type { Sim, SimEvent } from '../../domain/sim.ts';
import { absent, atVersion, ConditionFailed, get, getMany, type Item, put, queryAll, write } from './items.ts';
import {
  shardOf,
  simHistoryKey,
  simHistoryPartition,
  simInService,
  simKey,
  simsInState,
  simsOfCustomer,
  simsOfCustomerInState,
} from './keys.ts';

/** A SIM as it is kept: with what moved it last, so that a stage which runs twice knows its own work. */
export type SimRecord = Sim & {
  /** The operation that changed it last, and the customer service that it had before that. */
  movedBy?: string;
  serviceBefore?: string;
  /** The latest steps of its life, oldest first; earlier ones lie in items of their own. */
  history: readonly SimEvent[];
};

/** How many steps of its life a SIM's own item holds: it stays under 1 KB, one write unit. */
const INLINE_HISTORY = 5;

/** Writes SIMs that arrived. One that is there already is left as it is. */
export async function addSim(partnerId: string, sim: Sim): Promise<void> {
  const arrived: SimEvent = { version: sim.version, at: sim.createdAt, type: 'sim.received', to: sim.state };
  try {
    await write(put(itemOf(partnerId, { ...sim, history: [arrived] }), absent));
  } catch (error) {
    if (!(error instanceof ConditionFailed)) {
      throw error;
    }
  }
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
  const step: SimEvent = {
    version: after.version,
    at: after.updatedAt,
    type,
    ...(after.state === before.state ? {} : { from: before.state, to: after.state }),
    ...by,
  };
  const saved: SimRecord = {
    ...after,
    ...movedBy(before, by),
    history: [...(await makeRoom(partnerId, before)), step],
  };
  await write(put(itemOf(partnerId, saved), atVersion(before.version)));
  return saved;
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
  const earlier = await queryAll<{ history: SimEvent[] }>({ partition: simHistoryPartition(partnerId, sim.iccid) });
  const byVersion = new Map(
    [...earlier.flatMap(({ history }) => history), ...sim.history].map((step) => [step.version, step]),
  );
  return [...byVersion.values()].sort((one, other) => one.version - other.version);
}

/** Whether a SIM passes the filters of a list. */
export function matches(sim: Sim, { q, ...filter }: SimFilter): boolean {
  const equal = (Object.keys(filter) as (keyof typeof filter)[]) // Object.keys widens to string; these are its keys
    .every((field) => filter[field] === undefined || sim[field] === filter[field]);
  return equal && (q === undefined || sim.iccid.startsWith(q) || startsWithFolded(sim.label, q));
}

function startsWithFolded(label: string | undefined, q: string): boolean {
  return label?.toLocaleLowerCase('en').startsWith(q.toLocaleLowerCase('en')) ?? false;
}

/** What moved the SIM last; naming it is no move. */
function movedBy(before: SimRecord, by: { operationId: string } | { actor: string }) {
  const { movedBy: mover, serviceBefore } =
    'operationId' in by ? { movedBy: by.operationId, serviceBefore: before.customerServiceId } : before;
  return {
    ...(mover === undefined ? {} : { movedBy: mover }),
    ...(serviceBefore === undefined ? {} : { serviceBefore }),
  };
}

/**
 * Moves the steps that a SIM's item holds into an item of their own when there is no room for another one. That item
 * is written first: should the SIM's write fail, the steps stand twice and are read once.
 */
async function makeRoom(partnerId: string, sim: SimRecord): Promise<readonly SimEvent[]> {
  const oldest = sim.history[0];
  if (oldest === undefined || sim.history.length < INLINE_HISTORY) {
    return sim.history;
  }
  await write(put({ ...simHistoryKey(partnerId, sim.iccid, oldest.version), history: sim.history }));
  return [];
}

function itemOf(partnerId: string, sim: SimRecord): Item {
  const shard = shardOf(sim.iccid);
  return {
    ...sim,
    ...simKey(partnerId, sim.iccid),
    gsi1pk: simsInState(partnerId, sim.state, shard),
    gsi1sk: sim.iccid,
    ...(sim.customerId ? customerKeys(partnerId, sim, sim.customerId, shard) : {}),
  };
}

function customerKeys(partnerId: string, sim: Sim, customerId: string, shard: number) {
  return {
    gsi2pk: simsOfCustomer(partnerId, customerId, shard),
    gsi2sk: sim.iccid,
    gsi3pk: simsOfCustomerInState(partnerId, customerId, sim.state, shard),
    gsi3sk: simInService(sim.customerServiceId ?? '', sim.iccid),
  };
}
