import { clock } from '../../adapters/clock.ts';
import { eachManifestPage, orderManifest, pagesOf } from '../../adapters/dynamodb/manifests.ts';
import { addReceivedPage, getOrder, type OrderRecord } from '../../adapters/dynamodb/orders.ts';
import { addSims } from '../../adapters/dynamodb/sims.ts';
import { correlation, logger } from '../../adapters/telemetry/logger.ts';
import { describeLeftOut, type LeftOutSim } from '../../domain/delivered-sim.ts';
import { couldBeIccid } from '../../domain/iccid.ts';
import { newId, type OrderId, type PartnerId } from '../../domain/ids.ts';
import { laterOf } from '../../domain/moment.ts';
import { type DeliveredSim, OperatorUnavailable } from '../../domain/operator-port.ts';
import type { OrderEvent } from '../../domain/order.ts';
import { markOrderDelivered } from '../../domain/order-steps.ts';
import { newSimInHolding } from '../../domain/sim.ts';
import { operatorOfOrder } from '../known-operator.ts';
import { operatorOf } from '../operator-gateway.ts';
import { deliverOrder } from './deliver-order.ts';

/**
 * Receives the SIMs that the operator delivered with an order into the holding service.
 *
 * 1. Ask the operator for the next page of SIMs.
 * 2. Save the SIMs, then the page in the order's manifest. A page that a crash interrupted is received again, without
 *    effect on the SIMs that were saved before.
 * 3. After the last page, deliver the order: create the operations of its plan and the watch over SIMs in holding.
 *
 * @param hasTime whether there is time for another page.
 * @returns `receive` when pages are left, `stages` when the order is delivered.
 */
export async function receiveSims(
  partnerId: PartnerId,
  id: OrderId,
  hasTime: () => boolean,
): Promise<'receive' | 'stages'> {
  let order = await getOrder(partnerId, id);
  if (order?.state !== 'dispatched') {
    return 'stages';
  }
  const received = await receivedIccids(partnerId, id);
  const { iccid } = await operatorOfOrder(order);
  do {
    const page = await operatorOf(order.operatorId).deliveredSims(order, iccid.checkDigit, order.receiveCursor);
    const distinct = [...new Map(page.sims.map((sim) => [sim.iccid, sim])).values()];
    const sims = distinct.filter(({ iccid }) => !received.has(iccid));
    requireOrdered(order, received.size + sims.length);
    order = await savePage(partnerId, order, { ...page, sims });
    for (const sim of sims) {
      received.add(sim.iccid);
    }
    if (page.nextCursor === undefined) {
      await deliver(partnerId, order, received.size);
      return 'stages';
    }
  } while (hasTime());
  return 'receive';
}

export async function receivedIccids(partnerId: PartnerId, orderId: OrderId): Promise<Set<string>> {
  const received = new Set<string>();
  for await (const { iccids } of eachManifestPage(orderManifest(partnerId, orderId))) {
    for (const iccid of iccids) {
      received.add(iccid);
    }
  }
  return received;
}

/** More SIMs than ordered are an error of the operator. The request is repeated until the order fails. */
function requireOrdered({ quantity, operatorId }: OrderRecord, received: number): void {
  if (received > quantity) {
    throw new OperatorUnavailable(`${operatorId} lists ${received} SIMs for an order of ${quantity}.`);
  }
}

type DeliveryPage = { sims: readonly DeliveredSim[]; leftOut: readonly LeftOutSim[]; nextCursor?: string | undefined };

async function savePage(partnerId: PartnerId, order: OrderRecord, page: DeliveryPage): Promise<OrderRecord> {
  const at = laterOf(order.updatedAt, clock.now().toISOString());
  const arrivals = page.sims.map((sim) => ({ sim: newSimInHolding(requireIccid(sim), order, at) }));
  const added = await addSims(partnerId, arrivals);
  const pages = pagesOf(
    added.flatMap(({ sim, isAdded }) => (isAdded ? [sim.iccid] : [])),
    order.pages,
  );
  const foreign = added.flatMap(({ sim, isAdded }) =>
    isAdded ? [] : [{ name: sim.iccid, problem: 'belongs to another order' }],
  );
  const events = eventsOf(order, [...page.leftOut, ...foreign], at);
  const lastPage = pages.pop() ?? { page: order.pages, iccids: [] };
  let current = order;
  for (const manifestPage of pages) {
    // Only the last manifest page advances the operator's cursor: until then the operator's page counts as not received.
    current = await addReceivedPage(partnerId, current, manifestPage, order.receiveCursor);
  }
  return addReceivedPage(partnerId, current, lastPage, page.nextCursor, events);
}

/** Reports SIMs that could not be read, in the log and in the order's timeline. */
function eventsOf({ id, operatorId }: OrderRecord, leftOut: readonly LeftOutSim[], at: string): OrderEvent[] {
  if (leftOut.length === 0) {
    return [];
  }
  logger.error('unreadable SIMs of a delivery left out', { ...correlation(id), operatorId, leftOut });
  return [{ at, type: 'order.sims_left_out', actor: operatorId, detail: describeLeftOut(leftOut) }];
}

function requireIccid({ iccid, ...sim }: DeliveredSim) {
  // The gateway has applied the operator's rule.
  if (!couldBeIccid(iccid)) {
    throw new OperatorUnavailable(`${iccid} is not an ICCID.`);
  }
  return { iccid, ...sim };
}

async function deliver(partnerId: PartnerId, order: OrderRecord, received: number): Promise<void> {
  const now = clock.now();
  await deliverOrder(partnerId, order, now, (current) =>
    markOrderDelivered(current, received, () => newId('operation', now), now.toISOString()),
  );
}
