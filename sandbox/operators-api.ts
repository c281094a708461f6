import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Usage } from './behaviour.ts';
import { type CardPlace, cardAt, placeOf } from './cards.ts';
import { networks, type OperatorId } from './networks.ts';
import { deliveredCards, type Order, orderAt, orderRequestSchema, takeOrder } from './orders.ts';
import { pageOfPlaces, repeated, repeatedOrderAnswer, repeatedPageOfPlaces } from './repeats.ts';
import {
  activate,
  type Change,
  NOT_OURS,
  type SimStanding,
  type SimState,
  setBar,
  simStateAt,
  terminate,
} from './sims.ts';
import type { FirstAnswer, OperatorBooks } from './store.ts';

/** A request of one operator's API, its path below the operator's base URL cut at the slashes. */
export type ApiRequest = {
  method: string;
  path: readonly string[];
  query: URLSearchParams;
  idempotencyKey: string | undefined;
  body: unknown;
};

/** `changed`: the store has to be saved; `order` at once, before the answer is given, `sims` soon. */
export type ApiAnswer = { status: number; body: unknown; changed?: 'order' | 'sims' };

type Desk = { operatorId: OperatorId; books: OperatorBooks; now: Date };

const MAX_BATCH = 500;
const DEFAULT_PAGE = 100;
const MAX_PAGE = 500;

const orderIdSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
const iccids = z.array(z.string().min(1).max(22)).min(1).max(MAX_BATCH);
const batchSchema = z.strictObject({ iccids });
const barsSchema = z.strictObject({ iccids, barred: z.boolean() });
const keySchema = z.string().regex(/^[\x20-\x7e]{1,255}$/);

/** Answers one request, by the operator's behaviour, as things are at `now`. */
export function answerRequest(desk: Desk, request: ApiRequest): ApiAnswer {
  const [resource, id, part] = request.path;
  const route = [request.method, resource, resource === 'orders' ? ':id' : id, part].filter(Boolean).join(' ');
  switch (route) {
    case 'PUT orders :id':
      return submitOrder(desk, id, request.body);
    case 'GET orders :id':
      return withOrder(desk, id, (order) => ({ status: 200, body: sayOrder(desk, order) }));
    case 'POST orders :id cancel':
      return withOrder(desk, id, (order) => cancelOrder(desk, order));
    case 'GET orders :id sims':
      return withOrder(desk, id, (order) => deliveredSims(desk, order, request.query));
    case 'POST sims status':
      return simStatus(desk, request.body);
    case 'POST sims activations': {
      const refused = new Set(desk.books.behaviour.refuseActivation);
      return changeSims(desk, request, batchSchema, (iccid, standing) =>
        activate(iccid, standing, desk.now, desk.books.behaviour, refused),
      );
    }
    case 'POST sims bars':
      return changeSims(desk, request, barsSchema, (_iccid, standing, { barred }) =>
        setBar(standing, desk.now, barred),
      );
    case 'POST sims terminations':
      return changeSims(desk, request, batchSchema, terminate);
    case 'GET usage':
      return usageSince(desk, request.query);
    default:
      return refusal(404, 'unknown_path', `There is no ${request.method} /${request.path.join('/')}`);
  }
}

/** Notes what a SIM used, for `GET /usage` to tell. */
export function noteUsage({ operatorId, books, now }: Desk, usage: Usage): void {
  const { iccid, bytes, at = now.toISOString(), network = networks[operatorId].mccMnc } = usage;
  books.usage.push({ iccid, bytes, at, network });
}

/** The body of every answer that is not the one hoped for. */
export function refusal(status: number, code: string, reason: string): ApiAnswer {
  return { status, body: { code, reason } };
}

function submitOrder({ operatorId, books, now }: Desk, id: string | undefined, body: unknown): ApiAnswer {
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
  const order = takeOrder(operatorId, orderId.data, request.data, {
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

function withOrder({ books }: Desk, id: string | undefined, answer: (order: Order) => ApiAnswer): ApiAnswer {
  const order = books.orders.get(id ?? '');
  return order === undefined ? refusal(404, 'unknown_order', 'No order was submitted with this id') : answer(order);
}

function sayOrder({ books, now }: Desk, order: Order) {
  return books.behaviour.duplicateAnswers
    ? repeatedOrderAnswer(order, now, countAsked(books, order.orderId))
    : orderAt(order, now);
}

function cancelOrder({ books, now }: Desk, order: Order): ApiAnswer {
  const said = orderAt(order, now);
  switch (said.status) {
    case 'accepted':
    case 'processing': {
      const cancelled = { ...order, cancelledAt: now.getTime() };
      books.orders.set(order.orderId, cancelled);
      return { status: 200, body: orderAt(cancelled, now), changed: 'order' };
    }
    case 'cancelled':
      return { status: 200, body: said };
    case 'dispatched':
    case 'delivered':
      return refusal(409, 'already_dispatched', `The order is ${said.status}`);
    case 'rejected':
      return refusal(409, 'rejected', 'The order was rejected');
  }
}

type Card = ReturnType<typeof cardAt>;

/** How operators write SIMs otherwise than documented, by place in a delivery. The last one is no phone number. */
const oddities: readonly ((card: Card) => Record<keyof Card, unknown> | Record<string, unknown>)[] = [
  () => ({ msisdn: '447700900001' }),
  ({ iccid }) => ({ iccid: `${iccid}F` }),
  () => ({ msisdn: '' }),
  () => ({ msisdn: null }),
  () => ({ msisdn: '+4477009000011234' }),
];

function deliveredSims({ operatorId, books, now }: Desk, order: Order, query: URLSearchParams): ApiAnswer {
  const delivered = deliveredCards(order, now);
  if (delivered === undefined) {
    return refusal(409, 'not_delivered', `The order is ${orderAt(order, now).status}`);
  }
  const page = pageOf(query);
  if (page === undefined) {
    return refusal(400, 'invalid_page', `cursor is one that was given, limit is 1 to ${MAX_PAGE}`);
  }
  const { block, quantity } = delivered;
  const { places, end } = books.behaviour.duplicateAnswers
    ? repeatedPageOfPlaces(page.start, page.limit, quantity, countAsked(books, `${order.orderId} ${page.start}`))
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

function simStatus(desk: Desk, body: unknown): ApiAnswer {
  const batch = batchSchema.safeParse(body);
  if (!batch.success) {
    return refusal(422, 'invalid_batch', firstIssue(batch.error));
  }
  const sims = batch.data.iccids.flatMap((iccid) => {
    const card = deliveredCard(desk, iccid);
    return card === undefined ? [] : [{ iccid, ...simStateAt(card.order.sims.get(card.place), desk.now) }];
  });
  return { status: 200, body: { sims: desk.books.behaviour.duplicateAnswers ? repeated(sims) : sims } };
}

/** Changes the SIMs of a batch one by one and remembers the answer under the batch's key. */
function changeSims<Batch extends { iccids: string[] }>(
  desk: Desk,
  request: ApiRequest,
  schema: z.ZodType<Batch>,
  change: (iccid: string, standing: SimStanding | undefined, batch: Batch) => Change,
): ApiAnswer {
  const { books } = desk;
  const key = keySchema.safeParse(request.idempotencyKey);
  if (!key.success) {
    return refusal(400, 'no_key', 'An Idempotency-Key of 1 to 255 printable characters is needed');
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
      ? batch.data.iccids.map((iccid) => changeSim(desk, iccid, (standing) => change(iccid, standing, batch.data)))
      : batch.data.iccids.map((_, position) => stateIn(first, position));
  if (first === undefined) {
    books.firstAnswers.set(key.data, rememberedAs(requestHash, states));
  }
  const sims = batch.data.iccids.map((iccid, position) => ({ iccid, ...states[position] }));
  return {
    status: 200,
    body: { sims: books.behaviour.duplicateAnswers ? repeated(sims) : sims },
    ...(first === undefined ? { changed: 'sims' } : {}),
  };
}

function changeSim(desk: Desk, iccid: string, change: (standing: SimStanding | undefined) => Change): SimState {
  const card = deliveredCard(desk, iccid);
  if (card === undefined) {
    return NOT_OURS;
  }
  const { sims } = card.order;
  const { standing, answer } = change(sims.get(card.place));
  if (standing === undefined) {
    sims.delete(card.place);
  } else {
    sims.set(card.place, standing);
  }
  return answer;
}

/** Finds the card of an ICCID among those delivered. */
function deliveredCard({ operatorId, books, now }: Desk, iccid: string): (CardPlace & { order: Order }) | undefined {
  const at = placeOf(operatorId, iccid);
  const order = at && books.orders.get(books.orderOfBlock.get(at.block) ?? '');
  const delivered = order && deliveredCards(order, now);
  return at && order && delivered && at.place < delivered.quantity ? { ...at, order } : undefined;
}

/** Records from the cursor on. `nextCursor` is always there: what is used later is found behind it. */
function usageSince({ operatorId, books }: Desk, query: URLSearchParams): ApiAnswer {
  const page = pageOf(query);
  if (page === undefined) {
    return refusal(400, 'invalid_page', `cursor is one that was given, limit is 1 to ${MAX_PAGE}`);
  }
  const told = books.usage.length;
  const { places, end } = books.behaviour.duplicateAnswers
    ? repeatedPageOfPlaces(page.start, page.limit, told, countAsked(books, `usage ${page.start}`))
    : pageOfPlaces(page.start, page.limit, told);
  // A record keeps its place in the books, so that tells it from all others of the operator.
  const records = places.flatMap((place) => {
    const record = books.usage[place];
    return record === undefined ? [] : [{ recordId: `${operatorId}-${place}`, ...record }];
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

/** Kept short, as most SIMs of a batch get the same answer: a hundred thousand SIMs are a few kilobytes. */
function rememberedAs(requestHash: string, states: readonly SimState[]): FirstAnswer {
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

function countAsked(books: OperatorBooks, what: string): number {
  const times = books.timesAsked.get(what) ?? 0;
  books.timesAsked.set(what, times + 1);
  return times;
}

function hashOf(request: unknown): string {
  return createHash('sha256').update(JSON.stringify(request)).digest('base64url');
}

function firstIssue(error: z.ZodError | undefined): string {
  const issue = error?.issues[0];
  return issue === undefined ? 'The request is not understood' : `${issue.path.join('.')}: ${issue.message}`;
}
