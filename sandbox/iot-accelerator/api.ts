import * as z from 'zod';
import { cardAt, findPlace } from '../cards.ts';
import { type ApiAnswer, type ApiRequest, type Context, numbersOf } from '../operators-api.ts';
import { createSandboxOrder, deliveredCards, type Order, orderAt } from '../orders.ts';
import { type ChangeRequest, changeBody, createChange, nextRequestId, stateOf, targetStates } from './changes.ts';
import { error, problem } from './errors.ts';
import { listUsageFiles, readUsageFile } from './usage-files.ts';

/** What the account can order. */
const SIM_SPECIFICATION = { simSpecificationId: 'Test 0100', minimumOrderVolume: 1, orderIncrement: 1 };
const SERVICE_CONTRACT = 'Standard';
const SUBSCRIPTION_PACKAGE = '200200202_SP_01';

const MAX_PAGE = 500;
const MAX_IDENTIFIERS = 500;
const MAX_FOUND = 100;
/** An order takes a number of cards; the sandbox keeps the address as one line. */
const orderSchema = z.object({
  companyId: z.string().min(1),
  quantity: z.int().min(1).max(100_000),
  deliveryAddress: z.string().min(1),
  simSpecification: z.literal(SIM_SPECIFICATION.simSpecificationId),
  serviceContract: z.literal(SERVICE_CONTRACT),
  subscriptionPackage: z.literal(SUBSCRIPTION_PACKAGE),
  initialState: z.enum(['Active', 'Deactivated']),
  contactName: z.string().min(1),
  contactEmail: z.string(),
  contactPhone: z.string(),
  packageMarkings: z.string(),
  preferredDeliveryDate: z.iso.date(),
});

const findSchema = z.object({
  subscriptionRequestTypes: z.array(z.string()).optional(),
  /** The account has one company, so that this selects nothing. */
  companyIds: z.array(z.string()).optional(),
  timeCreatedAfter: z.iso.datetime({ offset: true }).optional(),
  limit: z.int().min(1).optional(),
});

const changeSchema = z.object({
  subscriptions: z.object({
    identifier_type: z.literal('ICC'),
    identifiers: z
      .array(z.string().regex(/^\d{18,22}$/))
      .min(1)
      .max(MAX_IDENTIFIERS),
  }),
  change: z.object({ state: z.enum(targetStates) }),
});

const detailsSchema = z.object({
  identifierType: z.literal('ICC'),
  identifierValues: z.array(z.string()).min(1).max(MAX_IDENTIFIERS),
});

/** Handles an authorised request of a customer of IoT Accelerator. */
export function answerIotAccelerator(context: Context, { method, path, query, body }: ApiRequest): ApiAnswer {
  const route = [method, ...path].join(' ');
  const [, , part] = path;
  switch (route) {
    case 'GET subscriptions order metadata':
      return orderMetadata(context, query);
    case 'POST subscriptions order':
      return submitOrder(context, body);
    case 'POST subscriptions requests find':
      return findRequests(context, body);
    case 'POST subscriptions details':
      return subscriptionDetails(context, body);
    case 'POST sica subscriptions requests state-changes':
      return changeState(context, body);
    case 'GET business-analytics-service v1 usages':
      return listUsageFiles(context, query);
    case `GET business-analytics-service v1 usages ${path[3]}`:
      return readUsageFile(context, path[3] ?? '');
    case `GET subscriptions requests ${part}`:
      return readRequest(context, part ?? '', query);
    case `DELETE sica subscriptions sim-orders ${path[3]}`:
      return cancelOrder(context, path[3] ?? '');
    default:
      return problem(404, 'Not Found', 'Resource not found');
  }
}

function orderMetadata({ now }: Context, query: URLSearchParams): ApiAnswer {
  if (!query.get('companyId')) {
    return error(400, 4000, 'Request validation failed', 'companyId is required');
  }
  const body = {
    simSpecifications: [
      { ...SIM_SPECIFICATION, earliestDeliveryDate: now.toISOString().slice(0, 10), msisdnPools: [] },
    ],
    serviceContracts: [
      { name: SERVICE_CONTRACT, subscriptionPackages: [{ name: SUBSCRIPTION_PACKAGE, status: 'ACTIVE' }] },
    ],
    deliveryAddresses: [],
  };
  return { status: 200, body };
}

/** Every submission is another order: there is no idempotency key. */
function submitOrder(context: Context, body: unknown): ApiAnswer {
  const { operatorId, books, now } = context;
  const request = orderSchema.safeParse(body);
  if (!request.success) {
    const [issue] = request.error.issues;
    return error(400, 4000, 'Request validation failed', `${issue?.path.join('.')}: ${issue?.message}`);
  }
  const { quantity, deliveryAddress, contactName } = request.data;
  const kept = { name: contactName.slice(0, 200), lines: [deliveryAddress.slice(0, 200)], city: '-', country: 'XX' };
  const order = createSandboxOrder(
    operatorId,
    nextRequestId(context.books),
    { quantity, deliveryAddress: kept },
    { now, behaviour: books.behaviour, takenBlocks: books.orderOfBlock },
  );
  books.orders.set(order.orderId, order);
  if ('block' in order.outcome) {
    books.orderOfBlock.set(order.outcome.block, order.orderId);
  }
  return { status: 200, body: { jobId: order.orderId, resultCode: '0' }, changed: 'order' };
}

function findRequests({ books }: Context, body: unknown): ApiAnswer {
  const filter = findSchema.safeParse(body);
  if (!filter.success) {
    return error(400, 4000, 'Request validation failed', filter.error.issues[0]?.message);
  }
  const { subscriptionRequestTypes: types, timeCreatedAfter, limit = MAX_FOUND } = filter.data;
  const after = timeCreatedAfter === undefined ? 0 : Date.parse(timeCreatedAfter);
  const all = [
    ...[...books.orders.values()].map(({ orderId, submittedAt }) => ({
      id: orderId,
      at: submittedAt,
      type: 'SIM_ORDER',
    })),
    ...books.changes.map(({ id, createdAt }) => ({ id, at: createdAt, type: 'CHANGE_SUBSCRIPTIONSTATE' })),
  ];
  const found = all.filter(({ type, at }) => at > after && (types === undefined || types.includes(type)));
  return { status: 200, body: found.slice(0, limit).map(({ id }) => ({ subscriptionRequestId: id })) };
}

function readRequest({ operatorId, books, now }: Context, id: string, query: URLSearchParams): ApiAnswer {
  const page = Number(query.get('page') ?? 0);
  const perPage = Number(query.get('perPage') ?? MAX_PAGE);
  if (!Number.isInteger(page) || page < 0 || !Number.isInteger(perPage) || perPage < 1 || perPage > MAX_PAGE) {
    return error(400, 4000, 'Request validation failed', `page starts at 0, perPage is 1 to ${MAX_PAGE}`);
  }
  const order = books.orders.get(id);
  if (order) {
    return { status: 200, body: orderRequestBody({ operatorId, books, now }, order, page * perPage, perPage) };
  }
  const change = books.changes.find((each: ChangeRequest) => each.id === id);
  return change
    ? { status: 200, body: changeBody(change, now, page * perPage, perPage) }
    : error(404, 4004, 'Not found', 'There is no request with this id');
}

const requestStates = {
  accepted: 'PENDING',
  processing: 'IN_PROGRESS',
  dispatched: 'IN_PROGRESS',
  delivered: 'COMPLETED',
  rejected: 'REJECTED',
  cancelled: 'CANCELED',
} as const;

function orderRequestBody({ operatorId, books, now }: Context, order: Order, start: number, perPage: number) {
  const { status, reason } = orderAt(order, now);
  const delivered = deliveredCards(order, now);
  const { quantity } = order.request;
  const missing = delivered ? quantity - delivered.quantity : 0;
  const count = delivered ? Math.max(0, Math.min(perPage, delivered.quantity - start)) : 0;
  return {
    subscriptionRequestId: order.orderId,
    subscriptionRequestType: 'SIM_ORDER',
    subscriptionRequestState: missing > 0 ? 'COMPLETED_WITH_FAILURES' : requestStates[status],
    timeCreated: { epochSecond: Math.floor(order.submittedAt / 1_000), nano: 0 },
    size: quantity,
    subscriptionRequestResourceCounters: { completed: delivered?.quantity ?? 0, failed: missing },
    ...(reason === undefined ? {} : { subscriptionRequestFailureInfos: [{ errorObject: { message: reason } }] }),
    subscriptionRequestResources: Array.from({ length: count }, (_, index) => {
      const { iccid, imsi, msisdn } = cardAt(operatorId, { block: delivered?.block ?? 0, place: start + index });
      const oddMsisdn = books.behaviour.oddSims && index === 0 ? 'none' : msisdn?.slice(1);
      return {
        resourceProperties: [
          { type: 'ICCID', value: iccid },
          { type: 'IMSI', value: imsi },
          // Without the plus sign.
          ...(oddMsisdn === undefined ? [] : [{ type: 'MSISDN', value: oddMsisdn }]),
        ],
        resourceState: 'COMPLETED',
      };
    }),
  };
}

function cancelOrder({ books, now }: Context, id: string): ApiAnswer {
  const order = books.orders.get(id);
  if (!order) {
    return problem(404, 'Not Found', 'There is no order with this id');
  }
  const { status } = orderAt(order, now);
  if (status !== 'accepted' && status !== 'processing') {
    return problem(400, 'Bad Request', `The order is ${status} and cannot be cancelled`);
  }
  books.orders.set(id, { ...order, cancelledAt: now.getTime() });
  return { status: 200, body: { status: 'success' }, changed: 'order' };
}

function changeState(context: Context, body: unknown): ApiAnswer {
  const { books, now } = context;
  const request = changeSchema.safeParse(body);
  if (!request.success) {
    return problem(400, 'Bad Request', 'Missing mandatory request parameters and/or incorrect parameter format');
  }
  const { subscriptions, change } = request.data;
  const taken = createChange(
    { id: nextRequestId(context.books), state: change.state, iccids: subscriptions.identifiers },
    { now, behaviour: books.behaviour, earlier: books.changes, isOurs: (iccid) => isOurs(context, iccid) },
  );
  books.changes.push(taken);
  return { status: 201, body: { subscription_request_id: taken.id }, changed: 'sims' };
}

function subscriptionDetails(context: Context, body: unknown): ApiAnswer {
  const request = detailsSchema.safeParse(body);
  if (!request.success) {
    return problem(400, 'Bad Request', 'identifierType and identifierValues are required');
  }
  const { books, now } = context;
  const subscriptions = request.data.identifierValues
    .filter((iccid) => isOurs(context, iccid))
    .map((iccid) => ({
      iccid,
      ...numbersOf(context, iccid),
      state: stateOf(iccid, books.changes, now.getTime()),
      organizationId: '3.78.3',
    }));
  return { status: 200, body: { subscriptions } };
}

function isOurs({ operatorId, books, now }: Context, iccid: string): boolean {
  const at = findPlace(operatorId, iccid);
  const order = at && books.orders.get(books.orderOfBlock.get(at.block) ?? '');
  const delivered = order && deliveredCards(order, now);
  return at !== undefined && delivered !== undefined && at.place < delivered.quantity;
}
