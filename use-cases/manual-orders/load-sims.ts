import pMap from 'p-map';
import { clock } from '../../adapters/clock.ts';
import { ConditionFailed } from '../../adapters/dynamodb/conditions.ts';
import { pagesOf } from '../../adapters/dynamodb/manifests.ts';
import { addReceivedPage, getOrder, type OrderRecord, saveOrderStep } from '../../adapters/dynamodb/orders.ts';
import { retryOnConflict } from '../../adapters/dynamodb/retry-on-conflict.ts';
import { addSim, getSims, ownersOf } from '../../adapters/dynamodb/sims.ts';
import { laterOf } from '../../domain/moment.ts';
import { newSimInHolding } from '../../domain/sim.ts';
import {
  type LoadableRow,
  type LoadedFile,
  type RowError,
  readSimRows,
  type SimRow,
} from '../../domain/sim-manifest.ts';
import { operatorOfOrder } from '../known-operator.ts';
import { receivedIccids } from '../orders/receive-sims.ts';
import { orNotFound, Refusal } from '../refusal.ts';
import { WRITES_IN_FLIGHT } from '../sims/stage-limits.ts';
import { readManualOrder, requireAnsweredCancellation } from './manual-order.ts';

/** How long another file of the same order is refused after a file was interrupted. Longer than a request can take. */
const LOADING_MS = 40_000;

/**
 * Loads SIMs of a manual order from a file into the holding service. Files of an order add up, and a file can be sent again.
 *
 * 1. Check each row independently: a bad row changes nothing and does not affect others.
 * 2. Reserve the order, so that no other file is loaded at the same time.
 * 3. Save the SIMs, then their page of the order's manifest. A page that a crash interrupted is loaded by the next file.
 *
 * @throws Refusal `not_found`, `not_manual`
 * @throws Refusal `wrong_state` when the operator has not accepted the order, or the order has ended.
 * @throws Refusal `conflict` while another file of the order is being loaded.
 */
export async function loadSims(
  partnerId: string,
  id: string,
  rows: readonly SimRow[],
  { isDryRun }: { isDryRun: boolean },
): Promise<LoadedFile> {
  const order = await readManualOrder(partnerId, id);
  requireLoadable(order);
  if (isDryRun) {
    return (await checkRows(partnerId, order, rows)).result;
  }
  const reserved = await reserve(partnerId, id);
  const { sims, result } = await checkRows(partnerId, reserved, rows);
  const lost = await saveSims(partnerId, reserved, sims);
  // Not after an error: until the file is sent again, some of its SIMs may be missing in the order.
  await saveOrderStep(partnerId, id, ({ loadingUntil, ...current }) =>
    loadingUntil === reserved.loadingUntil
      ? { order: { ...current, version: current.version + 1 }, events: [] }
      : undefined,
  );
  return withLost(result, lost);
}

/** The result when other requests have loaded some of the SIMs at the same time. */
function withLost(result: LoadedFile, lost: readonly RowError[]): LoadedFile {
  return {
    ...result,
    loaded: result.loaded - lost.length,
    rejected: result.rejected + lost.length,
    errors: [...result.errors, ...lost].sort((one, other) => one.row - other.row),
  };
}

function requireLoadable(order: OrderRecord): void {
  requireAnsweredCancellation(order);
  if (!['accepted', 'processing', 'dispatched'].includes(order.state)) {
    const hint =
      order.state === 'submitted' ? 'Accept it first.' : 'SIMs can only be loaded before an order is delivered.';
    throw new Refusal('wrong_state', `The order is ${order.state}. ${hint}`);
  }
}

/** Real time, because a request takes real time even if the clock is scaled. */
async function reserve(partnerId: string, id: string): Promise<OrderRecord> {
  const stepped = await saveOrderStep(partnerId, id, (order) => {
    requireLoadable(order);
    const reserved: OrderRecord = { ...order, loadingUntil: Date.now() + LOADING_MS, version: order.version + 1 };
    return (order.loadingUntil ?? 0) > Date.now() ? undefined : { order: reserved, events: [] };
  });
  const { taken, order } = orNotFound(stepped, 'order', id);
  if (!taken) {
    throw new Refusal('conflict', 'Another file of this order is being loaded. Send yours again in a minute.');
  }
  return order;
}

/** The SIMs to load, and the result for all rows. */
async function checkRows(
  partnerId: string,
  order: OrderRecord,
  rows: readonly SimRow[],
): Promise<{ sims: LoadableRow[]; result: LoadedFile }> {
  const operator = await operatorOfOrder(order);
  const { loadable, errors } = readSimRows(rows, operator.iccid.checkDigit);
  const received = await receivedIccids(partnerId, order.id);
  const fresh = loadable.filter(({ sim }) => !received.has(sim.iccid));
  const foreign = await simsOfOtherOrders(partnerId, order.id, fresh);
  const free = fresh.filter(({ sim }) => !foreign.has(sim.iccid));
  const room = Math.max(0, order.quantity - received.size);
  const sims = free.slice(0, room);
  const all = [
    ...errors,
    ...fresh.filter(({ sim }) => foreign.has(sim.iccid)).map(rowError('loaded_for_other_order', OTHER_ORDER)),
    ...free
      .slice(room)
      .map(
        rowError(
          'over_delivery',
          `The order is for ${order.quantity} SIMs. Rows above this one and earlier files fill it.`,
        ),
      ),
  ].sort((one, other) => one.row - other.row);
  return {
    sims,
    result: {
      rows: rows.length,
      loaded: sims.length,
      alreadyLoaded: loadable.length - fresh.length,
      rejected: all.length,
      errors: all,
    },
  };
}

const OTHER_ORDER = 'The SIM was loaded for another order.';

const rowError =
  (code: string, message: string) =>
  ({ row, sim: { iccid } }: LoadableRow): RowError => ({ row, iccid, code, message });

/** SIMs that exist already and are not of this order. Those of this order were left by an interrupted file. */
async function simsOfOtherOrders(
  partnerId: string,
  orderId: string,
  rows: readonly LoadableRow[],
): Promise<ReadonlySet<string>> {
  const owners = await ownersOf(rows.map(({ sim }) => sim.iccid));
  const own = [...owners].flatMap(([iccid, owner]) => (owner === partnerId ? [iccid] : []));
  const sims = await getSims(partnerId, own);
  // A crash can leave an owner without a SIM.
  const isOpen = (iccid: string) =>
    owners.get(iccid) === partnerId && (sims.get(iccid)?.orderId ?? orderId) === orderId;
  return new Set([...owners.keys()].filter((iccid) => !isOpen(iccid)));
}

/** Adds a page to the order as it is now: a change of its plan, for example, does not interrupt the file. */
async function addPage(partnerId: string, id: string, iccids: readonly string[]): Promise<void> {
  await retryOnConflict(async () => {
    const current = orNotFound(await getOrder(partnerId, id), 'order', id);
    requireLoadable(current);
    try {
      return await addReceivedPage(partnerId, current, { page: current.pages, iccids }, undefined);
    } catch (error) {
      if (!(error instanceof ConditionFailed)) {
        throw error;
      }
      return undefined;
    }
  });
}

/** @returns the errors of rows whose SIMs another request has loaded for another order at the same time. */
async function saveSims(partnerId: string, order: OrderRecord, rows: readonly LoadableRow[]): Promise<RowError[]> {
  const at = laterOf(order.updatedAt, clock.now().toISOString());
  const byIccid = new Map(rows.map((row) => [String(row.sim.iccid), row]));
  const lost: LoadableRow[] = [];
  for (const page of pagesOf([...byIccid.keys()])) {
    const added = await pMap(
      page.iccids.flatMap((iccid) => byIccid.get(iccid) ?? []),
      async (row) => ({ row, isAdded: await addSim(partnerId, newSimInHolding(row.sim, order, at)) }),
      { concurrency: WRITES_IN_FLIGHT },
    );
    lost.push(...added.filter(({ isAdded }) => !isAdded).map(({ row }) => row));
    await addPage(
      partnerId,
      order.id,
      added.filter(({ isAdded }) => isAdded).map(({ row }) => row.sim.iccid),
    );
  }
  return lost.map(rowError('loaded_for_other_order', OTHER_ORDER));
}
