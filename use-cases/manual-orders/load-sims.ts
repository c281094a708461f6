import { clock } from '../../adapters/clock.ts';
import { ConditionFailed } from '../../adapters/dynamodb/conditions.ts';
import { pagesOf } from '../../adapters/dynamodb/manifests.ts';
import { addReceivedPage, getOrder, type OrderRecord, saveOrderStep } from '../../adapters/dynamodb/orders.ts';
import { retryOnConflict } from '../../adapters/dynamodb/retry-on-conflict.ts';
import { addSims, getSims, ownersOf } from '../../adapters/dynamodb/sims.ts';
import type { OrderId, PartnerId } from '../../domain/ids.ts';
import { laterOf } from '../../domain/moment.ts';
import { loadProblem } from '../../domain/order.ts';
import { isKnownDelivery } from '../../domain/repeated-reports.ts';
import { FILE_LEASE_MS } from '../../domain/retry-policies.ts';
import { newSimInHolding } from '../../domain/sim.ts';
import {
  type LoadableRow,
  type LoadedFile,
  loadedFile,
  type RowError,
  readSimRows,
  rowError,
  type SimRow,
} from '../../domain/sim-manifest.ts';
import { operatorOfOrder } from '../known-operator.ts';
import { receivedIccids } from '../orders/receive-sims.ts';
import { orNotFound, Refusal } from '../refusal.ts';
import { readManualOrder, requireAnsweredCancellation, wrongState } from './manual-order.ts';

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
  partnerId: PartnerId,
  id: OrderId,
  rows: readonly SimRow[],
  { isDryRun }: { isDryRun: boolean },
): Promise<LoadedFile> {
  const order = await readManualOrder(partnerId, id);
  if (isKnownDelivery(order)) {
    return loadAgain(partnerId, order, rows);
  }
  requireLoadable(order);
  if (isDryRun) {
    const { alreadyLoaded, errors } = await checkRows(partnerId, order, rows);
    return loadedFile(rows.length, alreadyLoaded, errors);
  }
  const reserved = await reserve(partnerId, id);
  const { loadable, alreadyLoaded, errors } = await checkRows(partnerId, reserved, rows);
  const lost = await saveSims(partnerId, reserved, loadable);
  // Not after an error: until the file is sent again, some of its SIMs may be missing in the order.
  await saveOrderStep(partnerId, id, ({ loadingUntil, ...current }) =>
    loadingUntil === reserved.loadingUntil
      ? { order: { ...current, version: current.version + 1 }, events: [] }
      : undefined,
  );
  return loadedFile(rows.length, alreadyLoaded, [...errors, ...lost]);
}

/** A file that was loaded before the order was delivered may be sent again. @throws Refusal `wrong_state` for any other file */
async function loadAgain(partnerId: PartnerId, order: OrderRecord, rows: readonly SimRow[]): Promise<LoadedFile> {
  const { alreadyLoaded, errors } = await checkRows(partnerId, order, rows);
  if (alreadyLoaded < rows.length) {
    requireLoadable(order);
  }
  return loadedFile(rows.length, alreadyLoaded, errors);
}

function requireLoadable(order: OrderRecord): void {
  requireAnsweredCancellation(order);
  const problem = loadProblem(order);
  if (problem) {
    throw order.state === 'failed' ? wrongState(order, problem.detail) : new Refusal(problem.code, problem.detail);
  }
}

/** Real time, because a request takes real time even if the clock is scaled. */
async function reserve(partnerId: PartnerId, id: OrderId): Promise<OrderRecord> {
  const stepped = await saveOrderStep(partnerId, id, (order) => {
    requireLoadable(order);
    const reserved: OrderRecord = { ...order, loadingUntil: Date.now() + FILE_LEASE_MS, version: order.version + 1 };
    return (order.loadingUntil ?? 0) > Date.now() ? undefined : { order: reserved, events: [] };
  });
  const { taken, order } = orNotFound(stepped, 'order', id);
  if (!taken) {
    throw new Refusal('conflict', 'Another file of this order is being loaded. Send yours again in a minute.');
  }
  return order;
}

/** The rows whose SIMs are to be loaded, the number of rows that an earlier file has loaded, and the errors of the others. */
async function checkRows(
  partnerId: PartnerId,
  order: OrderRecord,
  rows: readonly SimRow[],
): Promise<{ loadable: LoadableRow[]; alreadyLoaded: number; errors: RowError[] }> {
  const operator = await operatorOfOrder(order);
  const { loadable, errors } = readSimRows(rows, operator.iccid.checkDigit);
  const received = await receivedIccids(partnerId, order.id);
  const fresh = loadable.filter(({ sim }) => !received.has(sim.iccid));
  const foreign = await simsOfOtherOrders(partnerId, order.id, fresh);
  const free = fresh.filter(({ sim }) => !foreign.has(sim.iccid));
  const room = Math.max(0, order.quantity - received.size);
  const overDelivery = `The order is for ${order.quantity} SIMs. Rows above this one and earlier files fill it.`;
  return {
    loadable: free.slice(0, room),
    alreadyLoaded: loadable.length - fresh.length,
    errors: [
      ...errors,
      ...fresh.filter(({ sim }) => foreign.has(sim.iccid)).map(rowError('loaded_for_other_order', OTHER_ORDER)),
      ...free.slice(room).map(rowError('over_delivery', overDelivery)),
    ],
  };
}

const OTHER_ORDER = 'The SIM was loaded for another order, or imported.';

/** SIMs that exist already and are not of this order. Those of this order were left by an interrupted file. */
async function simsOfOtherOrders(
  partnerId: PartnerId,
  orderId: OrderId,
  rows: readonly LoadableRow[],
): Promise<ReadonlySet<string>> {
  const owners = await ownersOf(rows.map(({ sim }) => sim.iccid));
  const own = [...owners].flatMap(([iccid, owner]) => (owner === partnerId ? [iccid] : []));
  const sims = await getSims(partnerId, own);
  // A crash can leave an owner without a SIM.
  const isOpen = (iccid: string) => {
    const sim = sims.get(iccid);
    return owners.get(iccid) === partnerId && (sim === undefined || sim.orderId === orderId);
  };
  return new Set([...owners.keys()].filter((iccid) => !isOpen(iccid)));
}

/** Adds a page to the order as it is now: a change of its plan, for example, does not interrupt the file. */
async function addPage(partnerId: PartnerId, id: OrderId, iccids: readonly string[]): Promise<void> {
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
async function saveSims(partnerId: PartnerId, order: OrderRecord, rows: readonly LoadableRow[]): Promise<RowError[]> {
  const at = laterOf(order.updatedAt, clock.now().toISOString());
  const byIccid = new Map(rows.map((row) => [String(row.sim.iccid), row]));
  const lost: LoadableRow[] = [];
  for (const page of pagesOf([...byIccid.keys()])) {
    const rowsOfPage = page.iccids.flatMap((iccid) => byIccid.get(iccid) ?? []);
    const arrivals = rowsOfPage.map((row) => ({ row, sim: newSimInHolding(row.sim, order, at) }));
    const added = await addSims(partnerId, arrivals);
    lost.push(...added.filter(({ isAdded }) => !isAdded).map(({ row }) => row));
    await addPage(
      partnerId,
      order.id,
      added.filter(({ isAdded }) => isAdded).map(({ row }) => row.sim.iccid),
    );
  }
  return lost.map(rowError('loaded_for_other_order', OTHER_ORDER));
}
