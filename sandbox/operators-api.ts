import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Usage } from './behaviour.ts';
import { type Card, type CardPlace, cardAt, findPlace } from './cards.ts';
import { networkOf, type OperatorId } from './networks.ts';
import { createSandboxOrder, deliveredCards, type Order, orderAt, orderRequestSchema } from './orders.ts';
import { pageOfPlaces, repeated, repeatedOrder, repeatedPageOfPlaces } from './repeats.ts';
import {
  activate,
  type Change,
  changeCard,
  NOT_OURS,
  type SimStanding,
  type SimState,
  settled,
  simStateAt,
} from './sims.ts';
import type { FirstAnswer, OperatorBooks } from './store.ts';

/** A request to one operator's API; `path` has the segments below the operator's base URL. */
export type ApiRequest = {
  method: string;
  path: readonly string[];
  query: URLSearchParams;
  idempotencyKey: string | undefined;
  body: unknown;
};

/**
 * `changed` asks to save the store: `order` before the response is sent, `sims` soon. A body that is a text is an HTML page.
 */
export type ApiAnswer = {
  status: number;
  body: unknown;
  changed?: 'order' | 'sims';
  headers?: Record<string, string>;
};

export type Context = { operatorId: OperatorId; books: OperatorBooks; now: Date };

const MAX_BATCH = 500;
const DEFAULT_PAGE = 100;
const MAX_PAGE = 500;

const orderIdSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
const iccids = z.array(z.string().min(1).max(22)).min(1).max(MAX_BATCH);
const batchSchema = z.strictObject({ iccids });
const barsSchema = z.strictObject({ iccids, barred: z.boolean() });
const keySchema = z.string().regex(/^[\x20-\x7e]{1,255}$/);

/** Handles a request, according to the operator's behaviour and the time `now`. */
export function answerRequest(context: Context, request: ApiRequest): ApiAnswer {
  const [resource, id, part] = request.path;
  const route = [request.method, resource, resource === 'orders' ? ':id' : id, part].filter(Boolean).join(' ');
  switch (route) {
    case 'PUT orders :id':
      return submitOrder(context, id, request.body);
    case 'GET orders :id':
      return withOrder(context, id, (order) => ({ status: 200, body: orderBody(context, order) }));
    case 'POST orders :id cancel':
      return withOrder(context, id, (order) => cancelOrder(context, order));
    case 'GET orders :id sims':
      return withOrder(context, id, (order) => listDeliveredSims(context, order, request.query));
    case 'POST sims status':
      return simStatus(context, request.body, false);
    case 'POST sims details':
      return simStatus(context, request.body, true);
    case 'POST sims activations': {
      const refused = new Set(context.books.behaviour.refuseActivation);
      return changeSims(context, request, batchSchema, (iccid, standing) =>
        activate(iccid, standing, context.now, context.books.behaviour, refused),
      );
    }
    case 'POST sims bars':
      return changeSims(context, request, barsSchema, (iccid, standing, { barred }) =>
        changeCard(iccid, standing, barred ? 'barred' : 'active', context.now, context.books.behaviour),
      );
    case 'POST sims terminations':
      return changeSims(context, request, batchSchema, (iccid, standing) =>
        changeCard(iccid, standing, 'terminated', context.now, context.books.behaviour),
      );
    case 'GET usage':
      return usageSince(context, request.query);
    default:
      return refusal(404, 'unknown_path', `There is no ${request.method} /${request.path.join('/')}`);
  }
}

/** Records a SIM's usage, which `GET /usage` returns. */
export function addUsage({ operatorId, books, now }: Context, usage: Usage): void {
  const { iccid, bytes, at = now.toISOString(), network = networkOf(operatorId).mccMnc } = usage;
  books.usage.push({ iccid, bytes, at, network, recordedAt: now.toISOString() });
}

/** Builds an error response. */
export function refusal(status: number, code: string, reason: string): ApiAnswer {
  return { status, body: { code, reason } };
}

function submitOrder({ operatorId, books, now }: Context, id: string | undefined, body: unknown): ApiAnswer {
  const orderId = orderIdSchema.safeParse(id);
  const request = orderRequestSchema.safeParse(body);
  if (!orderId.success || !request.success) {
    return refusal(422, 'invalid_order', firstIssue(orderId.error ?? request.error));
  }
  const known = books.orders.get(orderId.data);
  if (known !== undefined) {
    return hashOf(known.request) === hashOf(request.data)
      ? { status: 200, body: orderAt(known, now) }
      : refusal(409, 'other_order', 'Another order was submitted with this id');
  }
  const order = createSandboxOrder(operatorId, orderId.data, request.data, {
    now,
    behaviour: books.behaviour,
    takenBlocks: books.orderOfBlock,
  });
  books.orders.set(order.orderId, order);
  if ('block' in order.outcome) {
    books.orderOfBlock.set(order.outcome.block, order.orderId);
  }
  return { status: 201, body: orderAt(order, now), changed: 'order' };
}

function withOrder({ books }: Context, id: string | undefined, answer: (order: Order) => ApiAnswer): ApiAnswer {
  const order = books.orders.get(id ?? '');
  return order === undefined ? refusal(404, 'unknown_order', 'No order was submitted with this id') : answer(order);
}

function orderBody({ books, now }: Context, order: Order) {
  return books.behaviour.duplicateAnswers
    ? repeatedOrder(order, now, countRequest(books, order.orderId))
    : orderAt(order, now);
}

function cancelOrder({ books, now }: Context, order: Order): ApiAnswer {
  const current = orderAt(order, now);
  switch (current.status) {
    case 'accepted':
    case 'processing': {
      const cancelled = { ...order, cancelledAt: now.getTime() };
      books.orders.set(order.orderId, cancelled);
      return { status: 200, body: orderAt(cancelled, now), changed: 'order' };
    }
    case 'cancelled':
      return { status: 200, body: current };
    case 'dispatched':
    case 'delivered':
      return refusal(409, 'already_dispatched', `The order is ${current.status}`);
    case 'rejected':
      return refusal(409, 'rejected', 'The order was rejected');
  }
}

/** Undocumented formats of SIMs, by place in a delivery. The last one is not a phone number. */
const oddities: readonly ((card: Card) => Record<keyof Card, unknown> | Record<string, unknown>)[] = [
  () => ({ msisdn: '447700900001' }),
  ({ iccid }) => ({ iccid: `${iccid}F` }),
  () => ({ msisdn: '' }),
  () => ({ msisdn: null }),
  () => ({ msisdn: '+4477009000011234' }),
];

function listDeliveredSims({ operatorId, books, now }: Context, order: Order, query: URLSearchParams): ApiAnswer {
  const delivered = deliveredCards(order, now);
  if (delivered === undefined) {
    return refusal(409, 'not_delivered', `The order is ${orderAt(order, now).status}`);
  }
  const page = pageOf(query);
  if (page === undefined) {
    return refusal(400, 'invalid_page', `cursor must come from an earlier answer, limit must be 1 to ${MAX_PAGE}`);
  }
  const { block, quantity } = delivered;
  const { places, end } = books.behaviour.duplicateAnswers
    ? repeatedPageOfPlaces(page.start, page.limit, quantity, countRequest(books, `${order.orderId} ${page.start}`))
    : pageOfPlaces(page.start, page.limit, quantity);
  return {
    status: 200,
    body: {
      sims: places.map((place) => {
        const card = cardAt(operatorId, { block, place });
        return books.behaviour.oddSims ? { ...card, ...oddities[place]?.(card) } : card;
      }),
      ...(end < quantity ? { nextCursor: String(end) } : {}),
    },
  };
}

function simStatus(context: Context, body: unknown, withNumbers: boolean): ApiAnswer {
  const batch = batchSchema.safeParse(body);
  if (!batch.success) {
    return refusal(422, 'invalid_batch', firstIssue(batch.error));
  }
  const sims = batch.data.iccids.flatMap((iccid) => {
    const card = deliveredCard(context, iccid);
    const state = card && simStateAt(card.order.sims.get(card.place), context.now);
    return state === undefined ? [] : [{ iccid, ...state, ...(withNumbers ? numbersOf(context, iccid) : {}) }];
  });
  return { status: 200, body: { sims: context.books.behaviour.duplicateAnswers ? repeated(sims) : sims } };
}

/** The numbers of a delivered SIM, as the operator has them now. */
export function numbersOf(context: Context, iccid: string): { imsi?: string; msisdn?: string; imei?: string } {
  const place = deliveredCard(context, iccid);
  if (!place) {
    return {};
  }
  const { imsi, msisdn } = cardAt(context.operatorId, place);
  const facts = context.books.facts.get(iccid);
  const number = facts?.msisdn ?? msisdn;
  return {
    imsi,
    ...(number === undefined ? {} : { msisdn: number }),
    ...(facts?.imei === undefined ? {} : { imei: facts.imei }),
  };
}

/** Changes the SIMs of a batch one by one and stores the answer under the batch's key. */
function changeSims<Batch extends { iccids: string[] }>(
  context: Context,
  request: ApiRequest,
  schema: z.ZodType<Batch>,
  change: (iccid: string, standing: SimStanding | undefined, batch: Batch) => Change,
): ApiAnswer {
  const { books } = context;
  const key = keySchema.safeParse(request.idempotencyKey);
  if (!key.success) {
    return refusal(400, 'no_key', 'An Idempotency-Key of 1 to 255 printable characters is required');
  }
  const batch = schema.safeParse(request.body);
  if (!batch.success) {
    return refusal(422, 'invalid_batch', firstIssue(batch.error));
  }
  const requestHash = hashOf([request.path, batch.data]);
  const first = books.firstAnswers.get(key.data);
  if (first !== undefined && first.requestHash !== requestHash) {
    return refusal(422, 'key_used', 'The Idempotency-Key was used with another request');
  }
  const states =
    first === undefined
      ? batch.data.iccids.map((iccid) => changeSim(context, iccid, (standing) => change(iccid, standing, batch.data)))
      : batch.data.iccids.map((_, position) => stateIn(first, position));
  if (first === undefined) {
    books.firstAnswers.set(key.data, toFirstAnswer(requestHash, states));
  }
  const sims = batch.data.iccids.map((iccid, position) => ({ iccid, ...states[position] }));
  return {
    status: 200,
    body: { sims: books.behaviour.duplicateAnswers ? repeated(sims) : sims },
    ...(first === undefined ? { changed: 'sims' } : {}),
  };
}

function changeSim(context: Context, iccid: string, change: (standing: SimStanding | undefined) => Change): SimState {
  const card = deliveredCard(context, iccid);
  if (card === undefined) {
    return NOT_OURS;
  }
  const { sims } = card.order;
  const { standing, answer } = change(settled(sims.get(card.place), context.now));
  if (standing === undefined) {
    sims.delete(card.place);
  } else {
    sims.set(card.place, standing);
  }
  return answer;
}

/** Finds the delivered card with an ICCID. */
export function deliveredCard(
  { operatorId, books, now }: Context,
  iccid: string,
): (CardPlace & { order: Order }) | undefined {
  const at = findPlace(operatorId, iccid);
  const order = at && books.orders.get(books.orderOfBlock.get(at.block) ?? '');
  const delivered = order && deliveredCards(order, now);
  return at && order && delivered && at.place < delivered.quantity ? { ...at, order } : undefined;
}

/** Returns usage records from the cursor on. `nextCursor` is always present: later usage follows it. */
function usageSince({ operatorId, books }: Context, query: URLSearchParams): ApiAnswer {
  const page = pageOf(query);
  if (page === undefined) {
    return refusal(400, 'invalid_page', `cursor must come from an earlier answer, limit must be 1 to ${MAX_PAGE}`);
  }
  const count = books.usage.length;
  const { places, end } = books.behaviour.duplicateAnswers
    ? repeatedPageOfPlaces(page.start, page.limit, count, countRequest(books, `usage ${page.start}`))
    : pageOfPlaces(page.start, page.limit, count);
  // A record keeps its place in the books, so the place identifies it.
  const records = places.flatMap((place) => {
    const { recordedAt: _, ...record } = books.usage[place] ?? {};
    return 'iccid' in record ? [{ recordId: `${operatorId}-${place}`, ...record }] : [];
  });
  return { status: 200, body: { records, nextCursor: String(Math.max(page.start, end)) } };
}

function pageOf(query: URLSearchParams): { start: number; limit: number } | undefined {
  const start = query.get('cursor') ?? '0';
  const limit = Number(query.get('limit') ?? DEFAULT_PAGE);
  return /^\d{1,9}$/.test(start) && Number.isInteger(limit) && limit >= 1 && limit <= MAX_PAGE
    ? { start: Number(start), limit }
    : undefined;
}

/** Stores an answer compactly: most SIMs of a batch get the same state, so 100,000 SIMs take a few kilobytes. */
function toFirstAnswer(requestHash: string, states: readonly SimState[]): FirstAnswer {
  const usual = states.find(({ status }) => status !== 'refused')?.status ?? 'barred';
  return {
    requestHash,
    usual,
    exceptions: states.flatMap(({ status, reason }, position) =>
      status === usual ? [] : [[position, status, reason ?? '']],
    ),
  };
}

function stateIn({ usual, exceptions }: FirstAnswer, position: number): SimState {
  const exception = exceptions.find(([at]) => at === position);
  if (exception === undefined) {
    return { status: usual };
  }
  const [, status, reason] = exception;
  return reason === '' ? { status } : { status, reason };
}

/** Counts a request; returns how often it came before. */
export function countRequest(books: OperatorBooks, what: string): number {
  const count = books.timesAsked.get(what) ?? 0;
  books.timesAsked.set(what, count + 1);
  return count;
}

function hashOf(request: unknown): string {
  return createHash('sha256').update(JSON.stringify(request)).digest('base64url');
}

function firstIssue(error: z.ZodError | undefined): string {
  const issue = error?.issues[0];
  return issue === undefined ? 'The request is invalid' : `${issue.path.join('.')}: ${issue.message}`;
}
