import type { OrderId, PartnerId } from '../../domain/ids.ts';
import type { Operation } from '../../domain/operation.ts';
import { isFinished, isWithOperator, type Order, type OrderEvent, type OrderStep } from '../../domain/order.ts';
import { firstPoll, startsPolling } from '../../domain/order-poll.ts';
import { addReceivedSims, type OrderReceipt } from '../../domain/order-receipt.ts';
import { withMonotonicTime } from '../../domain/order-steps.ts';
import { holdingServiceId } from '../../domain/service.ts';
import { clock } from '../clock.ts';
import { absent, atVersion, ConditionFailed, exists } from './conditions.ts';
import { itemKinds } from './item-kinds.ts';
import { due } from './keys.ts';
import { type ManifestPage, orderManifest, putPage } from './manifests.ts';
import { manualOrderWrites } from './manual-orders.ts';
import { putOperation } from './operations.ts';
import { putOrderPoll } from './order-polls.ts';
import { query, queryAll } from './queries.ts';
import { get } from './reads.ts';
import { retryOnConflict } from './retry-on-conflict.ts';
import type { Run } from './runs.ts';
import { serviceCountWrites } from './services.ts';
import { put, update, type Write } from './write-requests.ts';
import { createIdempotent, transact, write } from './writes.ts';

/** A stored order: with its execution, and how far receiving its SIMs has come. */
export type OrderRecord = Order &
  Run &
  OrderReceipt & {
    /** Resumes the execution that awaits the delivery. */
    taskToken?: string;
    /** A file of SIMs is being loaded, until this moment at the latest: real time, in milliseconds since 1970. */
    loadingUntil?: number;
  };

/** Creates an order with the first event of its timeline. @returns the stored order, which an earlier attempt may have created. */
export async function createOrder(partnerId: PartnerId, step: OrderStep, run: Run): Promise<OrderRecord> {
  const record: OrderRecord = { ...step.order, ...run, pages: 0 };
  const earlier = await createIdempotent<OrderRecord>(itemKinds.order.key({ partnerId, id: record.id }), [
    putOrder(partnerId, record, 'new'),
    ...eventWrites(partnerId, step),
    ...manualOrderWrites(partnerId, undefined, record),
    // Manual orders skip submission: they count as with the operator from the start.
    ...(isWithOperator(record) ? [putOrderPoll(partnerId, firstPoll(record))] : []),
  ]);
  return earlier ?? record;
}

export async function getOrder(partnerId: PartnerId, id: OrderId): Promise<OrderRecord | undefined> {
  return get<OrderRecord>(itemKinds.order.key({ partnerId, id }));
}

/**
 * Reads an order, decides on a step and saves it with its events; again when another writer was faster. Polling starts
 * with the step that brings the order to its operator.
 *
 * @param take a transition of domain/order-steps.ts; `undefined` for no step.
 * @param also further writes of the same transaction.
 * @returns the current order, whether it took the step, and the new events; `undefined` when there is no such order.
 */
export async function saveOrderStep(
  partnerId: PartnerId,
  id: OrderId,
  take: (order: OrderRecord) => OrderStep | undefined,
  also: (order: OrderRecord) => readonly Write[] = () => [],
): Promise<OrderStepResult | undefined> {
  const { stepped } = await retryOnConflict<{ stepped: OrderStepResult | undefined }>(async () => {
    const before = await getOrder(partnerId, id);
    const taken = before && take(before);
    if (!before) {
      return { stepped: undefined };
    }
    if (!taken) {
      return { stepped: { order: before, taken: false, events: [] } };
    }
    const step = withMonotonicTime(before, taken);
    const after: OrderRecord = { ...executionOf(before), ...step.order };
    try {
      await transact([
        putOrder(partnerId, after, before.version),
        ...eventWrites(partnerId, step),
        ...manualOrderWrites(partnerId, before, after),
        ...(startsPolling(before, after) ? [putOrderPoll(partnerId, firstPoll(after))] : []),
        ...also(after),
      ]);
      return { stepped: { order: after, taken: true, events: step.events } };
    } catch (error) {
      if (!(error instanceof ConditionFailed && error.failed.includes(0))) {
        throw error;
      }
      return undefined;
    }
  });
  return stepped;
}

type OrderStepResult = { order: OrderRecord; taken: boolean; events: readonly OrderEvent[] };

/** Creates the operations of a plan in the transaction that delivers its order. */
export function operationWrites(partnerId: PartnerId, operations: readonly Operation[]): Write[] {
  return operations.map((operation) => putOperation(partnerId, operation, 'new'));
}

/** Where a list of orders continues after one. */
export const orderPosition = ({ id }: Pick<Order, 'id'>) => itemKinds.order.sk({ id });

/** The orders of a partner, newest first. */
export async function queryOrders(
  partnerId: PartnerId,
  limit: number,
  after: string | undefined,
): Promise<{ items: OrderRecord[]; last?: string }> {
  return query<OrderRecord>({ ...itemKinds.order.range({ partnerId }), after, descending: true }, limit);
}

/**
 * The number of SIMs that a partner has received. With the imported ones they are its fleet, because SIMs are never removed. Counted from the
 * orders, which are far fewer.
 */
export async function countReceivedSims(partnerId: PartnerId): Promise<number> {
  const orders = await queryAll<OrderRecord>(itemKinds.order.range({ partnerId }));
  return orders.reduce((sims, { progress }) => sims + progress.received, 0);
}

/** The timeline of an order, oldest event first. */
export async function queryOrderEvents(
  partnerId: PartnerId,
  id: OrderId,
  limit: number,
  after: string | undefined,
): Promise<{ items: OrderEvent[]; last?: string }> {
  return query<OrderEvent>({ ...itemKinds.orderEvent.range({ partnerId, orderId: id }), after }, limit);
}

/**
 * Stores the token of the execution that awaits the delivery, unless the order is no longer with its operator. Both this
 * and the poller answer the token when they find what the other one wrote, so that neither misses the delivery.
 *
 * @returns the order; `undefined` when there is none.
 */
export async function storeTaskToken(
  partnerId: PartnerId,
  id: OrderId,
  taskToken: string,
): Promise<OrderRecord | undefined> {
  const stepped = await saveOrderStep(partnerId, id, (before) => {
    const order: OrderRecord = { ...before, taskToken, version: before.version + 1 };
    return isWithOperator(before) ? { order, events: [] } : undefined;
  });
  return stepped?.order;
}

/**
 * Saves a page of received SIMs: in the order's manifest and progress, and in the count of the holding service.
 *
 * @param receiveCursor where the operator's list continues; `undefined` at its end.
 * @param events new events of the order's timeline.
 */
export async function addReceivedPage(
  partnerId: PartnerId,
  order: OrderRecord,
  page: ManifestPage,
  receiveCursor: string | undefined,
  events: readonly OrderEvent[] = [],
): Promise<OrderRecord> {
  const received = page.iccids.length;
  const next = addReceivedSims(order, page.iccids, receiveCursor);
  await transact([
    putOrder(partnerId, next, order.version),
    ...eventWrites(partnerId, { order: next, events: [...events] }),
    ...(received > 0
      ? [
          putPage(orderManifest(partnerId, order.id), page),
          ...serviceCountWrites(
            partnerId,
            new Map([[holdingServiceId(order.operatorId), received]]),
            clock.now().toISOString(),
          ),
        ]
      : []),
  ]);
  return next;
}

/** Sets the number of SIMs that could not complete the plan. */
export async function setFailedSims(partnerId: PartnerId, id: OrderId, failed: number): Promise<void> {
  await write(
    update(
      itemKinds.order.key({ partnerId, id }),
      { set: { 'progress.failed': failed }, increase: { version: 1 } },
      exists,
    ),
  );
}

function putOrder(partnerId: PartnerId, record: OrderRecord, expected: number | 'new'): Write {
  return put(
    {
      ...record,
      ...itemKinds.order.key({ partnerId, id: record.id }),
      ...(isFinished(record) ? {} : { duePk: due.work, dueAt: record.runDueAt }),
    },
    expected === 'new' ? absent : atVersion(expected),
  );
}

function eventWrites(partnerId: PartnerId, { order, events }: OrderStep): Write[] {
  return events.map((event, line) =>
    put({ ...itemKinds.orderEvent.key({ partnerId, orderId: order.id, version: order.version, line }), ...event }),
  );
}

/** The fields of a stored order that transitions do not know. */
function executionOf({ runAttempt, runDueAt, runStartedAt, taskToken, pages, receiveCursor, iccids }: OrderRecord) {
  return {
    runAttempt,
    runDueAt,
    pages,
    ...(runStartedAt === undefined ? {} : { runStartedAt }),
    ...(taskToken === undefined ? {} : { taskToken }),
    ...(receiveCursor === undefined ? {} : { receiveCursor }),
    ...(iccids === undefined ? {} : { iccids }),
  };
}
