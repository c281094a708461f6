import type { CheckDigitRule } from '../../../domain/iccid.ts';
import {
  type CancelAnswer,
  type DeliveredSimsPage,
  type OperatorGateway,
  type OperatorOrderStatus,
  OperatorUnavailable,
  type OrderReference,
  type PlacedOrder,
  type SimAnswer,
  type SimDetails,
  type SubmissionAnswer,
} from '../../../domain/operator-port.ts';
import { askInBatches, batchesOf } from '../batches.ts';
import { deliveredSimsSchema } from '../delivered-sims.ts';
import { notOffered } from '../not-offered.ts';
import type { Transport } from '../transport.ts';
import {
  cancellationAnswers,
  detailsAnswers,
  foundRequestsAnswers,
  metadataAnswers,
  orderAnswers,
  type Resource,
  requestAnswers,
  type SubscriptionRequest,
  type SubscriptionStates,
  stateChangeAnswers,
  statusOf,
} from './accelerator-answers.ts';
import { orderBody } from './accelerator-order.ts';
import { usageSince } from './accelerator-usage.ts';
import { accountOf, paths } from './protocol.ts';

/** The maximum number of SIMs in a request, and of resources in a page of one. */
const MAX_BATCH = 500;
/** The maximum number of requests that a search returns. */
const MAX_FOUND = 100;

type TargetState = 'ACTIVE' | 'PAUSE' | 'TERMINATED';

/**
 * The gateway to an operator on IoT Accelerator. Orders and changes of SIMs become requests, which the operator processes later.
 *
 * The reference of an order is the id of its request. Answers to changes carry the ids of theirs; `simStatus` reads the state of
 * the subscriptions, and the outcomes of these requests for the refusals.
 */
export function iotAcceleratorGateway(transport: Transport, batchSize = MAX_BATCH): OperatorGateway {
  const size = Math.min(batchSize, MAX_BATCH);
  const change = (iccids: readonly string[], state: TargetState) =>
    requestChanges(transport, batchesOf(iccids, size), state);
  return {
    async submitOrder(order): Promise<SubmissionAnswer> {
      const account = await accountOf(transport);
      const query = new URLSearchParams({ companyId: account.companyId });
      const path = `${paths.orderMetadata}?${query}`;
      const metadata = await transport.call({ method: 'GET', path, expected: metadataAnswers });
      const made = orderBody(order, metadata, account);
      if ('problem' in made) {
        return { outcome: 'rejected', reason: made.problem };
      }
      const answer = await transport.call({
        method: 'POST',
        path: paths.order,
        body: made.body,
        isRepeatable: false,
        expected: orderAnswers,
      });
      return 'refused' in answer
        ? { outcome: 'rejected', reason: answer.refused }
        : { outcome: 'accepted', operatorReference: answer.requestId };
    },
    ordersSince: (since, except) => ordersSince(transport, since, except),
    orderStatus: async (order) => toOrderStatus(await readOrder(transport, order, { page: 0, perPage: 1 })),
    cancelOrder: (order) => cancelOrder(transport, order),
    deliveredSims: (order, checkDigit, cursor) => deliveredSims(transport, order, checkDigit, cursor),
    activate: (_batchKey, iccids) => change(iccids, 'ACTIVE'),
    startTest: (_batchKey, iccids) => change(iccids, 'ACTIVE'),
    setBars: (_batchKey, iccids, barred) => change(iccids, barred ? 'PAUSE' : 'ACTIVE'),
    terminate: (_batchKey, iccids) => change(iccids, 'TERMINATED'),
    simStatus: (iccids, { requestIds = [] } = {}) => simStatus(transport, batchesOf(iccids, size), requestIds),
    simDetails: (iccids) => simDetails(transport, batchesOf(iccids, size)),
    usageSince: (cursor) => usageSince(transport, cursor),
    dataSession: notOffered('The adapter for IoT Accelerator does not read data sessions.'),
    usageTotals: notOffered('IoT Accelerator reports usage as records, not as totals.'),
  };
}

async function ordersSince(transport: Transport, since: Date, except: readonly string[]): Promise<PlacedOrder[]> {
  const { companyId } = await accountOf(transport);
  const found = await transport.call({
    method: 'POST',
    path: paths.findRequests,
    body: {
      subscriptionRequestTypes: ['SIM_ORDER'],
      companyIds: [companyId],
      timeCreatedAfter: since.toISOString(),
      limit: MAX_FOUND,
    },
    expected: foundRequestsAnswers,
  });
  if (found.length >= MAX_FOUND) {
    throw new OperatorUnavailable(`The operator lists ${found.length} orders or more, so that some may be missing.`);
  }
  const placed: PlacedOrder[] = [];
  for (const operatorReference of found.filter((id) => !except.includes(id))) {
    const request = await readRequest(transport, operatorReference, { page: 0, perPage: 1 });
    if (request) {
      placed.push({ operatorReference, quantity: request.size });
    }
  }
  return placed;
}

function readRequest(
  { call }: Transport,
  id: string,
  { page, perPage }: { page: number; perPage: number },
): Promise<SubscriptionRequest | undefined> {
  const query = new URLSearchParams({ page: String(page), perPage: String(perPage) });
  return call({ method: 'GET', path: `${paths.request(id)}?${query}`, expected: requestAnswers(id) });
}

async function readOrder(
  transport: Transport,
  { id, operatorReference }: OrderReference,
  page: { page: number; perPage: number },
): Promise<SubscriptionRequest> {
  const request = operatorReference === undefined ? undefined : await readRequest(transport, operatorReference, page);
  if (!request) {
    throw new OperatorUnavailable(`The operator does not know the order ${id} (${operatorReference}).`);
  }
  return request;
}

function toOrderStatus({ state, completed, reason }: SubscriptionRequest): OperatorOrderStatus {
  switch (state) {
    case 'PENDING':
      return { status: 'accepted' };
    case 'IN_PROGRESS':
      return { status: 'processing' };
    case 'REJECTED':
      return { status: 'rejected', reason };
    case 'CANCELED':
      return { status: 'cancelled', reason };
    case 'COMPLETED':
    case 'COMPLETED_WITH_FAILURES':
      return { status: 'delivered', deliveredQuantity: completed };
  }
}

/** A refused cancellation is read again: the order may have been cancelled by an attempt whose answer was lost. */
async function cancelOrder(transport: Transport, order: OrderReference): Promise<CancelAnswer> {
  if (order.operatorReference === undefined) {
    return { outcome: 'unknown' };
  }
  const { companyId } = await accountOf(transport);
  const answer = await transport.call({
    method: 'DELETE',
    path: paths.simOrder(order.operatorReference),
    headers: { 'enterprise-id': companyId },
    expected: cancellationAnswers,
  });
  if ('cancelled' in answer) {
    return { outcome: 'cancelled' };
  }
  const { state } = await readOrder(transport, order, { page: 0, perPage: 1 });
  return state === 'CANCELED' ? { outcome: 'cancelled' } : { outcome: 'refused', reason: answer.refused };
}

/** A page of the SIMs of an order's request. The cursor is the number of the page. */
async function deliveredSims(
  transport: Transport,
  order: OrderReference,
  checkDigit: CheckDigitRule,
  cursor = '0',
): Promise<DeliveredSimsPage> {
  const page = Number(cursor);
  const { resources } = await readOrder(transport, order, { page, perPage: MAX_BATCH });
  const listed = resources.flatMap((resource): unknown[] => {
    if ('unreadable' in resource) {
      return [resource.unreadable];
    }
    const [iccid, imsi, msisdn] = ['ICCID', 'IMSI', 'MSISDN'].map((type) => resource.property(type));
    // The others were not delivered: the order has a shortfall.
    return resource.state === 'COMPLETED' ? [{ iccid, imsi, ...(msisdn === undefined ? {} : { msisdn }) }] : [];
  });
  const { data, error } = deliveredSimsSchema(checkDigit, page === 0).safeParse(listed);
  if (!data) {
    throw new OperatorUnavailable(`No SIM of the delivery of ${order.id} can be read: ${error.issues[0]?.message}`);
  }
  return { ...data, ...(resources.length < MAX_BATCH ? {} : { nextCursor: String(page + 1) }) };
}

/** Requests a state for SIMs, one batch after another. The operator reports the outcome for each SIM later. */
function requestChanges(transport: Transport, batches: readonly string[][], state: TargetState): Promise<SimAnswer[]> {
  return askInBatches(batches, (batch) => requestChange(transport, batch, state));
}

/** A batch that the operator refuses is split, so that one SIM does not spoil it for the others. */
async function requestChange(transport: Transport, batch: string[], state: TargetState): Promise<SimAnswer[]> {
  const answer = await transport.call({
    method: 'POST',
    path: paths.stateChanges,
    body: { subscriptions: { identifier_type: 'ICC', identifiers: batch }, change: { state } },
    expected: stateChangeAnswers,
  });
  if ('requestId' in answer) {
    return batch.map((iccid) => ({ iccid, status: 'pending', requestId: answer.requestId }));
  }
  if (batch.length === 1) {
    return batch.map((iccid) => ({ iccid, status: 'refused', reason: answer.refused }));
  }
  const halves = batchesOf(batch, Math.ceil(batch.length / 2));
  return askInBatches(halves, (half) => requestChange(transport, half, state));
}

/**
 * The state of subscriptions, and what their requests say about changes in progress and refusals. The requests are read first: a
 * change that is completed in between is seen as done, not as lost.
 */
async function simStatus(
  transport: Transport,
  batches: readonly string[][],
  requestIds: readonly string[],
): Promise<SimAnswer[]> {
  const latest = await latestOutcomes(transport, requestIds);
  return askInBatches(batches, async (batch) => {
    const { statuses } = await readSubscriptions(transport, batch);
    return [...statuses].map(([iccid, status]) => toAnswer(iccid, status, latest.get(iccid)));
  });
}

async function simDetails(transport: Transport, batches: readonly string[][]): Promise<SimDetails[]> {
  return askInBatches(batches, async (batch) => {
    const { statuses, numbers, leftOut } = await readSubscriptions(transport, batch);
    const isUnreadable = new Set(leftOut.map(({ name }) => name));
    return batch.flatMap((iccid): SimDetails[] => {
      const status = statuses.get(iccid);
      if (status === undefined) {
        return isUnreadable.has(iccid) ? [] : [{ iccid, status: 'unknown' }];
      }
      return [{ iccid, status, ...numbers.get(iccid) }];
    });
  });
}

async function readSubscriptions(transport: Transport, batch: readonly string[]): Promise<SubscriptionStates> {
  const read = await transport.call({
    method: 'POST',
    path: paths.details,
    body: { identifierType: 'ICC', identifierValues: batch },
    expected: detailsAnswers(batch),
  });
  if (read.leftOut.length > 0) {
    await transport.logLeftOut('invalid answer of an operator about SIMs', paths.details, read.leftOut);
  }
  return read;
}

/** The latest outcome of each SIM in requests, which are given oldest first. */
async function latestOutcomes(transport: Transport, requestIds: readonly string[]): Promise<Map<string, Resource>> {
  const latest = new Map<string, Resource>();
  for (const id of requestIds) {
    for (let page = 0, isEnd = false; !isEnd; page += 1) {
      const resources = (await readRequest(transport, id, { page, perPage: MAX_BATCH }))?.resources ?? [];
      for (const resource of resources) {
        const iccid = 'unreadable' in resource ? undefined : resource.property('ICCID');
        if (iccid !== undefined && !('unreadable' in resource)) {
          latest.set(iccid, resource);
        }
      }
      isEnd = resources.length < MAX_BATCH;
    }
  }
  return latest;
}

/** A SIM that has reached the target of its request counts as changed, whatever the request says: a repeated one may have failed. */
function toAnswer(iccid: string, status: SimAnswer['status'], latest: Resource | undefined): SimAnswer {
  if (!latest || latest.state === 'COMPLETED' || statusOf(latest.property('TARGET_SUBSCRIPTION_STATE')) === status) {
    return { iccid, status };
  }
  return latest.state === 'PENDING' || latest.state === 'IN_PROGRESS'
    ? { iccid, status: 'pending' }
    : { iccid, status: 'refused', reason: latest.reason };
}
