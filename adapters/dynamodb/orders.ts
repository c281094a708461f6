import type { Operation } from '../../domain/operation.ts';
import {
  isFinished,
  isWithOperator,
  type Order,
  type OrderEvent,
  type OrderStep,
  withMonotonicTime,
} from '../../domain/order.ts';
import { holdingServiceId } from '../../domain/service.ts';
import {
  absent,
  atVersion,
  type Condition,
  ConditionFailed,
  exists,
  get,
  makeOnce,
  put,
  query,
  queryAll,
  queryDue,
  remove,
  transact,
  update,
  type Write,
  write,
  writeIf,
} from './items.ts';
import {
  due,
  holdingWatchKey,
  orderEventKey,
  orderKey,
  orderPartition,
  orderPollKey,
  partnerServiceKey,
} from './keys.ts';
import { type ManifestPage, orderManifest, putPage } from './manifests.ts';
import { putOperation } from './operations.ts';
import { retryOnConflict } from './retry-on-conflict.ts';
import type { Run } from './runs.ts';

/** An order as it is kept: with the run that carries it out and how far receiving its SIMs has come. */
export type OrderRecord = Order &
  Run & {
    /** Answers the execution that awaits delivery. */
    taskToken?: string;
    /** Pages of the manifest so far, and where the operator's list of SIMs goes on. */
    pages: number;
    receiveCursor?: string;
    /** The first and the last of the ICCIDs received: its SIMs are searched for between them. */
    iccids?: { from: string; upTo: string };
  };

/** Writes a new order with the first line of its timeline. */
export async function createOrder(partnerId: string, step: OrderStep, run: Run): Promise<OrderRecord> {
  const record: OrderRecord = { ...step.order, ...run, pages: 0 };
  const earlier = await makeOnce<OrderRecord>(orderKey(partnerId, record.id), [
    putOrder(partnerId, record, 'new'),
    ...eventWrites(partnerId, step),
  ]);
  return earlier ?? record;
}

export async function getOrder(partnerId: string, id: string): Promise<OrderRecord | undefined> {
  return get<OrderRecord>(orderKey(partnerId, id));
}

/**
 * Takes the step that `take` finds for an order as it is now, with its events, and asks again while another writer is
 * faster. The watch over the operator's answers begins and ends with the states that need it.
 *
 * @param take a rule of `domain/order.ts`; `undefined` when there is no step to take.
 * @param also what is written in the same transaction.
 * @returns the order as it is then, whether the step was taken, and its events if so; `undefined` when it is not there.
 */
export async function saveOrderStep(
  partnerId: string,
  id: string,
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
    const after: OrderRecord = { ...bookkeepingOf(before), ...step.order };
    try {
      await transact([
        putOrder(partnerId, after, before.version),
        ...eventWrites(partnerId, step),
        ...watchWrites(partnerId, before, after),
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

/** The operations of a plan, written in the transaction that delivers its order. */
export function operationWrites(partnerId: string, operations: readonly Operation[]): Write[] {
  return operations.map((operation) => putOperation(partnerId, operation, 'new'));
}

/** A partner's orders, newest first. */
export async function queryOrders(
  partnerId: string,
  limit: number,
  after: string | undefined,
): Promise<{ items: OrderRecord[]; last?: string }> {
  const { pk, sk } = orderKey(partnerId, '');
  return query<OrderRecord>({ partition: pk, prefix: sk, after, descending: true }, limit);
}

/**
 * How many SIMs a partner has received with all of its orders: its fleet, as SIMs are never removed. Reads the orders and
 * not the SIMs: there are a hundred times as many.
 */
export async function countReceivedSims(partnerId: string): Promise<number> {
  const { pk, sk } = orderKey(partnerId, '');
  const orders = await queryAll<OrderRecord>({ partition: pk, prefix: sk });
  return orders.reduce((sims, { progress }) => sims + progress.received, 0);
}

/** Lines of an order's timeline, oldest first. */
export async function queryOrderEvents(
  partnerId: string,
  id: string,
  limit: number,
  after: string | undefined,
): Promise<{ items: OrderEvent[]; last?: string }> {
  return query<OrderEvent>({ partition: orderPartition(partnerId, id), prefix: 'EVT#', after }, limit);
}

/**
 * Keeps the token of the execution that waits for the delivery, and answers the order as it is then: whoever writes
 * second, this or the poller, sees what the other wrote, and answers the token. An order that is no longer with its
 * operator is left as it is.
 *
 * @returns `undefined` when the order is not there.
 */
export async function storeTaskToken(
  partnerId: string,
  id: string,
  taskToken: string,
): Promise<OrderRecord | undefined> {
  const stepped = await saveOrderStep(partnerId, id, (before) => {
    const order: OrderRecord = { ...before, taskToken, version: before.version + 1 };
    return isWithOperator(before) ? { order, events: [] } : undefined;
  });
  return stepped?.order;
}

/**
 * Adds a page to the SIMs received, with where the operator's list goes on, and its SIMs to the holding service's; a page
 * that was added already stays.
 *
 * @param events lines for the order's timeline.
 */
export async function addReceivedPage(
  partnerId: string,
  order: OrderRecord,
  page: ManifestPage,
  receiveCursor: string | undefined,
  events: readonly OrderEvent[] = [],
): Promise<OrderRecord> {
  const received = page.iccids.length;
  const next: OrderRecord = {
    ...order,
    pages: order.pages + (received > 0 ? 1 : 0),
    progress: { ...order.progress, received: order.progress.received + received },
    ...(received > 0 ? { iccids: spanOf(order, page) } : {}),
    version: order.version + 1,
  };
  if (receiveCursor === undefined) {
    delete next.receiveCursor;
  } else {
    next.receiveCursor = receiveCursor;
  }
  await transact([
    putOrder(partnerId, next, order.version),
    ...eventWrites(partnerId, { order: next, events: [...events] }),
    ...(received > 0
      ? [
          putPage(orderManifest(partnerId, order.id), page),
          update(partnerServiceKey(partnerId, holdingServiceId(order.operatorId)), { add: { sims: received } }, exists),
        ]
      : []),
  ]);
  return next;
}

/** From the least to the greatest ICCID of an order, with another page of them. */
function spanOf({ iccids: before }: OrderRecord, page: ManifestPage): NonNullable<OrderRecord['iccids']> {
  const all = [...page.iccids, ...(before ? [before.from, before.upTo] : [])].sort();
  return { from: all[0] ?? '', upTo: all.at(-1) ?? '' };
}

/** Counts at the end of a stage how many of an order's SIMs could not complete it. */
export async function setFailedSims(partnerId: string, id: string, failed: number): Promise<void> {
  await write(
    update(orderKey(partnerId, id), { set: { 'progress.failed': failed }, increase: { version: 1 } }, exists),
  );
}

/**
 * The watch over an order that is with its operator: when the poller asks next, and how often it asked in vain. Apart
 * from the order, so that asking changes nothing on the order itself.
 */
export type OrderPoll = {
  orderId: string;
  /** The version of the order with which it began: an order that was resumed is watched anew. */
  since: number;
  asked: number;
  failures: number;
  nextAt: string;
};

const sameWatch = ({ since }: OrderPoll): Condition => ({
  expression: '#since = :since',
  names: { '#since': 'since' },
  values: { ':since': since },
});

/** What the poller has to ask about now, across partners, the longest waiting first. */
export async function dueOrderPolls(now: Date, limit: number) {
  return dueOfOrders(due.orders, now, limit);
}

/** When an order's SIMs should be out of holding, and after how many working days that is. */
export type HoldingWatch = { days: number; dueAt: string };

/** The watch over SIMs in holding, written in the transaction that delivers their order. */
export function putHoldingWatch(partnerId: string, orderId: string, { days, dueAt }: HoldingWatch): Write {
  return put({ ...holdingWatchKey(partnerId, orderId), days, duePk: due.holding, dueAt });
}

/** It is looked at once: who comes second finds it gone. */
export function removeHoldingWatch(partnerId: string, orderId: string): Write {
  return remove(holdingWatchKey(partnerId, orderId), exists);
}

/** Ends a watch that has nothing to tell. */
export async function endHoldingWatch(partnerId: string, orderId: string): Promise<void> {
  await writeIf(removeHoldingWatch(partnerId, orderId));
}

export async function getHoldingWatch(partnerId: string, orderId: string): Promise<{ days: number } | undefined> {
  return get<{ days: number }>(holdingWatchKey(partnerId, orderId));
}

/** The orders whose SIMs should be out of holding by now, across partners. */
export async function dueHoldingWatches(now: Date, limit: number) {
  return dueOfOrders(due.holding, now, limit);
}

/** Whose order it is. */
export type OrderRef = { partnerId: string; orderId: string };

async function dueOfOrders(kind: string, now: Date, limit: number): Promise<(OrderRef & { dueAt: string })[]> {
  return (await queryDue(kind, now, limit)).flatMap(({ key, dueAt }) => {
    const [, partnerId, orderId] = /^P#(.+)#ORD#(.+)$/.exec(key.pk) ?? [];
    return partnerId && orderId ? [{ partnerId, orderId, dueAt }] : [];
  });
}

export async function getOrderPoll(partnerId: string, orderId: string): Promise<OrderPoll | undefined> {
  return get<OrderPoll>(orderPollKey(partnerId, orderId));
}

/** Puts off the next look; nothing when the watch has ended meanwhile, or begun anew. */
export async function reschedulePoll(partnerId: string, watch: OrderPoll): Promise<void> {
  const next = { set: { ...watch, dueAt: watch.nextAt } };
  await writeIf(update(orderPollKey(partnerId, watch.orderId), next, sameWatch(watch)));
}

/**
 * Ends the watch: the operator has nothing more to say, and the waiting execution has been answered. One that has begun
 * anew meanwhile, since its order was resumed, goes on.
 */
export async function endOrderPoll(partnerId: string, watch: OrderPoll): Promise<void> {
  await writeIf(remove(orderPollKey(partnerId, watch.orderId), sameWatch(watch)));
}

function putOrder(partnerId: string, record: OrderRecord, expected: number | 'new'): Write {
  return put(
    {
      ...record,
      ...orderKey(partnerId, record.id),
      ...(isFinished(record) ? {} : { duePk: due.work, dueAt: record.runDueAt }),
    },
    expected === 'new' ? absent : atVersion(expected),
  );
}

function eventWrites(partnerId: string, { order, events }: OrderStep): Write[] {
  return events.map((event, line) => put({ ...orderEventKey(partnerId, order.id, order.version, line), ...event }));
}

/**
 * An order is watched from when the operator has it. The watch outlives the answer that the poller waits for: the
 * poller itself ends it, after it answered the waiting execution.
 */
function watchWrites(partnerId: string, before: Order, after: Order): Write[] {
  if (!isWithOperator(after) || isWithOperator(before)) {
    return [];
  }
  const watch: OrderPoll = { orderId: after.id, since: after.version, asked: 0, failures: 0, nextAt: after.updatedAt };
  return [put({ ...orderPollKey(partnerId, after.id), ...watch, duePk: due.orders, dueAt: watch.nextAt })];
}

/** What the store keeps on an order beside the domain's own fields. */
function bookkeepingOf({ runAttempt, runDueAt, taskToken, pages, receiveCursor, iccids }: OrderRecord) {
  return {
    runAttempt,
    runDueAt,
    pages,
    ...(taskToken === undefined ? {} : { taskToken }),
    ...(receiveCursor === undefined ? {} : { receiveCursor }),
    ...(iccids === undefined ? {} : { iccids }),
  };
}
