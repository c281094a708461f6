import pMap from 'p-map';
import { clock } from '../../adapters/clock.ts';
import { eachManifestPage, orderManifest, pagesOf } from '../../adapters/dynamodb/manifests.ts';
import {
  addReceivedPage,
  getOrder,
  type OrderRecord,
  operationWrites,
  putHoldingWatch,
} from '../../adapters/dynamodb/orders.ts';
import { getPartner } from '../../adapters/dynamodb/partners.ts';
import { addSim } from '../../adapters/dynamodb/sims.ts';
import { correlation, logger } from '../../adapters/telemetry/logger.ts';
import { afterWorkingDays } from '../../domain/calendar.ts';
import { describeLeftOut, type LeftOutSim } from '../../domain/delivered-sim.ts';
import { isIccid } from '../../domain/iccid.ts';
import { newId } from '../../domain/ids.ts';
import { laterOf } from '../../domain/moment.ts';
import type { Operation } from '../../domain/operation.ts';
import { type DeliveredSim, OperatorUnavailable } from '../../domain/operator-port.ts';
import { markOrderDelivered, type OrderEvent } from '../../domain/order.ts';
import { HOLDING_DAYS } from '../../domain/partner.ts';
import { arriveInHolding } from '../../domain/sim.ts';
import { operatorOf } from '../../use-cases/operators.ts';
import { applyOrderStep } from '../../use-cases/orders/apply-order-step.ts';
import { WRITES_IN_FLIGHT } from '../../use-cases/sims/stage-limits.ts';
import { createTask, itemInput } from '../background/task.ts';

/**
 * Takes the SIMs that the operator delivered into the holding service, a page of its list at a time. A page is in the
 * order's manifest once its SIMs are in the table; what a crash cut short is done again, and changes nothing twice.
 */
export const handler = createTask(
  itemInput,
  async ({ partnerId, id }, hasTime): Promise<{ goTo: 'receive' | 'stages' }> => {
    let order = await getOrder(partnerId, id);
    if (order?.state !== 'dispatched') {
      return { goTo: 'stages' };
    }
    const known = await receivedBefore(partnerId, order);
    for (;;) {
      const { sims, leftOut, nextCursor } = await operatorOf(order.operatorId).deliveredSims(id, order.receiveCursor);
      const fresh = [...new Map(sims.map((sim) => [sim.iccid, sim])).values()].filter(({ iccid }) => !known.has(iccid));
      requireOrdered(order, known.size + fresh.length);
      order = await take(partnerId, order, fresh, { leftOut, nextCursor });
      for (const { iccid } of fresh) {
        known.add(iccid);
      }
      if (nextCursor === undefined) {
        await deliver(partnerId, id, known.size);
        return { goTo: 'stages' };
      }
      if (!hasTime()) {
        return { goTo: 'receive' };
      }
    }
  },
);

async function receivedBefore(partnerId: string, order: OrderRecord): Promise<Set<string>> {
  const known = new Set<string>();
  for await (const { iccids } of eachManifestPage(orderManifest(partnerId, order.id))) {
    for (const iccid of iccids) {
      known.add(iccid);
    }
  }
  return known;
}

/** More SIMs than were ordered cannot be: the operator is asked again, until it answers sense or the order fails. */
function requireOrdered({ quantity, operatorId }: OrderRecord, received: number): void {
  if (received > quantity) {
    throw new OperatorUnavailable(`${operatorId} lists ${received} SIMs for an order of ${quantity}.`);
  }
}

/** Puts SIMs into the table, then into the manifest with where the operator's list goes on, and names those left out. */
async function take(
  partnerId: string,
  order: OrderRecord,
  sims: readonly DeliveredSim[],
  { leftOut, nextCursor }: { leftOut: readonly LeftOutSim[]; nextCursor: string | undefined },
): Promise<OrderRecord> {
  const at = laterOf(order.updatedAt, clock.now().toISOString());
  const events: OrderEvent[] = [];
  if (leftOut.length > 0) {
    logger.error('SIMs of a delivery left out', { ...correlation(order.id), operatorId: order.operatorId, leftOut });
    const detail = describeLeftOut(leftOut);
    events.push({ at, type: 'order.sims_left_out', actor: order.operatorId, detail });
  }
  await pMap(sims, (sim) => addSim(partnerId, arriveInHolding(checked(sim), order, at)), {
    concurrency: WRITES_IN_FLIGHT,
  });
  const pages = pagesOf(
    sims.map(({ iccid }) => iccid),
    order.pages,
  );
  let current = order;
  for (const page of pages.length > 0 ? pages : [{ page: order.pages, iccids: [] }]) {
    // Only the last page moves the operator's cursor: until then the whole of its list page counts as not received.
    const isLast = page.page === order.pages + Math.max(pages.length - 1, 0);
    const cursor = isLast ? nextCursor : order.receiveCursor;
    current = await addReceivedPage(partnerId, current, page, cursor, isLast ? events : []);
  }
  return current;
}

function checked({ iccid, ...sim }: DeliveredSim) {
  if (!isIccid(iccid)) {
    throw new OperatorUnavailable(`${iccid} is no ICCID.`);
  }
  return { iccid, ...sim };
}

/**
 * The order is delivered, and its SIMs are watched as long as they may be in holding; with a plan, in the same write the
 * operations are there that carry it out.
 */
async function deliver(partnerId: string, id: string, received: number): Promise<void> {
  const now = clock.now();
  const at = now.toISOString();
  const days = (await getPartner(partnerId))?.holdingDays ?? HOLDING_DAYS;
  await applyOrderStep(
    partnerId,
    id,
    (order) => markOrderDelivered(order, received, () => newId('operation', now), at),
    (order) => [
      ...operationWrites(partnerId, planOperations(order, at)),
      putHoldingWatch(partnerId, id, { days, dueAt: afterWorkingDays(order.operatorId, now, days) }),
    ],
  );
}

function planOperations(order: OrderRecord, at: string): Operation[] {
  const { plan } = order;
  return plan === undefined
    ? []
    : order.operations.map(({ stage, operationId }, place) => ({
        id: operationId,
        action: stage,
        target: {
          partnerServiceId: plan.partnerServiceId,
          ...(plan.customerId === undefined ? {} : { customerId: plan.customerId }),
          ...(plan.customerServiceId === undefined ? {} : { customerServiceId: plan.customerServiceId }),
        },
        selection: { kind: 'order', orderId: order.id },
        state: 'queued',
        total: order.receivedQuantity,
        pages: order.pages,
        succeeded: 0,
        failed: 0,
        planStage: { orderId: order.id, stage, last: place === order.operations.length - 1, retry: false },
        requestedBy: order.requestedBy,
        createdAt: at,
        updatedAt: at,
        version: 1,
      }));
}
