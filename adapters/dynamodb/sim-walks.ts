import type { OperatorId, PartnerId } from '../../domain/ids.ts';
import type { SimWalk, WalkPosition, WalkPurpose } from '../../domain/sim-walk.ts';
import { absent, atVersion, ConditionFailed } from './conditions.ts';
import { itemKinds } from './item-kinds.ts';
import { partnerListPartition, shardOf } from './keys.ts';
import { query, queryAll } from './queries.ts';
import type { SimRecord } from './sims.ts';
import { SIM_SHARDS } from './table.ts';
import { put } from './write-requests.ts';
import { write } from './writes.ts';

/** The walks for a purpose, by operator. */
export async function readWalks(purpose: WalkPurpose): Promise<Map<OperatorId, SimWalk>> {
  const walks = await queryAll<SimWalk>(itemKinds.simWalk.range({ purpose }));
  return new Map(walks.map((walk) => [walk.operatorId, walk]));
}

/** @returns the walk as saved; `undefined` when another run has saved it since it was read. */
export async function saveWalk(walk: SimWalk): Promise<SimWalk | undefined> {
  const saved = { ...walk, version: walk.version + 1 };
  try {
    await write(
      put({ ...saved, ...itemKinds.simWalk.key(saved) }, walk.version === 0 ? absent : atVersion(walk.version)),
    );
    return saved;
  } catch (error) {
    if (error instanceof ConditionFailed) {
      return undefined;
    }
    throw error;
  }
}

/** SIMs of one partner, and the position after them. `sims` may be empty, where a walk passes SIMs of other operators. */
export type WalkPage = { partnerId: PartnerId; sims: SimRecord[]; position: WalkPosition };

/** The position after a SIM. */
export const positionAfter = (partnerId: PartnerId, iccid: string): WalkPosition => ({
  partnerId,
  shard: shardOf(iccid),
  after: iccid,
});

/** The number of SIMs that one query reads: about 70 KB. */
const READ_SIZE = 100;

/** The maximum number of queries before a page, so that the reader can stop in time. */
const MAX_QUERIES_PER_PAGE = 64;

/**
 * The SIMs of an operator after a position, partner by partner, in pages of at most `size`. Reads a shard after the other, so that
 * the whole walk costs a fifth of a read unit for each SIM of any operator. A SIM that is created meanwhile may be left out.
 */
export async function* simPages(
  operatorId: OperatorId,
  after: WalkPosition | undefined,
  size: number,
): AsyncGenerator<WalkPage, void> {
  for await (const { partnerId, from } of partnersFrom(after)) {
    yield* pagesOfPartner(operatorId, partnerId, from, size);
  }
}

async function* partnersFrom(
  position: WalkPosition | undefined,
): AsyncGenerator<{ partnerId: PartnerId; from: WalkPosition }> {
  if (position !== undefined) {
    yield { partnerId: position.partnerId, from: position };
  }
  let after: string | undefined = position?.partnerId;
  do {
    const range = { index: 'byCustomerState', partition: partnerListPartition, after } as const;
    const { items, last } = await query<{ id: PartnerId }>(range, READ_SIZE);
    for (const { id: partnerId } of items) {
      yield { partnerId, from: { partnerId, shard: 0 } };
    }
    after = last;
  } while (after !== undefined);
}

async function* pagesOfPartner(
  operatorId: OperatorId,
  partnerId: PartnerId,
  from: WalkPosition,
  size: number,
): AsyncGenerator<WalkPage> {
  let sims: SimRecord[] = [];
  let queries = 0;
  let after = from.after;
  for (let shard = from.shard; shard < SIM_SHARDS; ) {
    const read = await query<SimRecord>({ ...itemKinds.sim.range({ partnerId, shard }), after }, READ_SIZE);
    queries += 1;
    after = read.last;
    for (const sim of read.items.filter((one) => one.operatorId === operatorId)) {
      sims.push(sim);
      if (sims.length === size) {
        yield { partnerId, sims, position: positionAfter(partnerId, sim.iccid) };
        sims = [];
        queries = 0;
      }
    }
    shard += after === undefined ? 1 : 0;
    if (shard === SIM_SHARDS || queries >= MAX_QUERIES_PER_PAGE) {
      yield { partnerId, sims, position: { partnerId, shard, ...(after === undefined ? {} : { after }) } };
      sims = [];
      queries = 0;
    }
  }
}
