import type { OperatorSettings } from './operator.ts';
import { MINUTE_MS, SECOND_MS } from './time-units.ts';

/*
 * An operator with limits serves one function at a time: a function takes a turn, makes its calls, and ends the turn. Who has the
 * turn, which calls are taken and who waits is in one item for each operator, the turn book. Times are milliseconds of real time,
 * because the operator counts in real time.
 */

/** The limits of an operator, for all calls together. Each is optional; without any, an operator has no turns. */
export type OperatorLimits = Pick<
  NonNullable<OperatorSettings['platform']>,
  'requestsPerSecond' | 'requestsPerMinute' | 'concurrency'
>;

/** Whether an operator has any limit, so that its calls need turns. */
export function isLimited({ requestsPerSecond, requestsPerMinute, concurrency }: OperatorLimits): boolean {
  return requestsPerSecond !== undefined || requestsPerMinute !== undefined || concurrency !== undefined;
}

/** A waiting holder: when it asks again, and how long its work takes. */
export type Ticket = { holder: string; at: number; workMs: number };

export type TurnBook = {
  /** Who has the turn, since when without a break, when it is expected to end, and when it expires if nobody ends it. */
  turn?: { holder: string; since: number; endsAt: number; expiresAt: number };
  /** When the next call may start, by the limit of a second. */
  nextAt: number;
  /** When all calls of the limit of a minute will have been spread, if no more are made. */
  minuteAt: number;
  /** Until when only urgent calls get a turn. */
  urgentUntil: number;
  /** How often in a row the operator has received too many calls. */
  pauses?: number;
  /** Waiting holders, in the order of their turns. */
  queue: readonly Ticket[];
};

export const emptyTurnBook: TurnBook = { nextAt: 0, minuteAt: 0, urgentUntil: 0, queue: [] };

/**
 * `calls`: how many the holder would make. `urgent`: a single call that somebody waits for, or that is rare. `unused`: how many calls at
 * the end of the holder's last turn were not made.
 */
export type TurnRequest = { holder: string; calls: number; urgent: boolean; unused?: number };

/** A turn: call `n` starts no earlier than `from + n * intervalMs`, and the last one no later than `until`. */
export type Turn = { calls: number; from: number; intervalMs: number; until: number };

/** Calls start a little further apart than the limit permits, because they do not all take equally long to arrive. */
const SPACING = 1.05;

/** A tenth of the calls of a minute may be made as fast as the limit of a second permits. The others are spread over the minute. */
const BURST = 0.1;

/** How long a turn lasts at most. Urgent calls wait for its end. */
const TURN_MS = 2 * SECOND_MS;

/** How long a function keeps the turn while others wait. Then it is theirs. */
const STREAK_MS = 10 * SECOND_MS;

/** A turn expires this long after its last call started, if its function crashed. Longer than a call can take. */
const CALL_MS = 8 * SECOND_MS;

/** How long the turn is kept for a holder that is due. Covers a pause of the state machine and a cold start. */
const PATIENCE_MS = 4 * SECOND_MS;

/** How long an urgent call keeps the next turn free. It asks more often than that. */
const URGENT_MS = SECOND_MS;

/** A turn that starts later than this is not given, so that no function waits for it while it runs. */
const MAX_START_MS = SECOND_MS;

/** When to ask again about a turn that ends any moment. */
const SHORT_WAIT_MS = 250;

/** How long a call takes at an operator without a limit a second, to estimate how long others have to wait. */
const ASSUMED_CALL_MS = 200;

const MAX_PAUSE_MS = 15 * MINUTE_MS;
const MAX_CALLS_OF_A_TURN = 100;
const MAX_TICKETS = 50;

/** The minimum time between the starts of two calls. */
function intervalOf({ requestsPerSecond }: OperatorLimits): number {
  return requestsPerSecond === undefined ? 0 : (SECOND_MS / requestsPerSecond) * SPACING;
}

/** The limit of a minute as a rate and a burst: any minute has at most the calls of the burst and those at the rate. */
function minuteRate(requestsPerMinute: number): { everyMs: number; burst: number } {
  const burst = Math.max(1, Math.floor(requestsPerMinute * BURST));
  return { burst, everyMs: (MINUTE_MS / (requestsPerMinute - burst + 1)) * SPACING };
}

/**
 * Takes a turn, or a place in the queue.
 *
 * - The holder keeps the turn for up to ten seconds, then waiting holders that are due have theirs.
 * - Urgent calls come first at the next end of a turn, at most two seconds later.
 * - A holder that is due has the turn kept for four seconds. Until a holder is due, the turn is free for others.
 *
 * @returns the book after the request; the turn, or how long to wait before the next request.
 */
export function takeTurn(
  book: TurnBook,
  limits: OperatorLimits,
  request: TurnRequest,
  now: number,
): { book: TurnBook; turn: Turn } | { book: TurnBook; waitMs: number } {
  const { holder, urgent, unused = 0 } = request;
  const current = giveBack(upToDate(book, now), limits, holder, unused, now);
  const { turn, queue, urgentUntil } = current;
  const isMine = turn?.holder === holder;
  if (turn && !isMine) {
    return urgent ? waitUrgently(current, now) : joinQueue(current, limits, request, now);
  }
  if (!urgent) {
    if (urgentUntil > now) {
      return { book: isMine ? withoutTurn(current) : current, waitMs: SHORT_WAIT_MS };
    }
    const first = queue.find(({ at }) => at <= now + SHORT_WAIT_MS);
    const isTheirTurn = first !== undefined && first.holder !== holder;
    if (isTheirTurn && (!isMine || now - turn.since >= STREAK_MS)) {
      return joinQueue(withoutTurn(current), limits, request, now);
    }
  }
  return grant(current, limits, request, now);
}

/** The turn has ended. `unused`: the calls at its end that were not made, so that others can make them. */
export function endTurn(book: TurnBook, limits: OperatorLimits, holder: string, unused: number, now: number): TurnBook {
  if (book.turn?.holder !== holder) {
    return book;
  }
  const { pauses: _pauses, ...ended } = withoutTurn(giveBack(book, limits, holder, unused, now));
  return ended;
}

function giveBack(book: TurnBook, limits: OperatorLimits, holder: string, unused: number, now: number): TurnBook {
  if (unused === 0 || book.turn?.holder !== holder) {
    return book;
  }
  const interval = intervalOf(limits);
  const { requestsPerMinute } = limits;
  const minute = requestsPerMinute === undefined ? 0 : minuteRate(requestsPerMinute).everyMs;
  return {
    ...book,
    nextAt: Math.min(book.nextAt, Math.max(book.nextAt - unused * interval, now + interval)),
    minuteAt: book.minuteAt - unused * minute,
  };
}

/**
 * The operator has received too many calls, whatever its limits say: its turn ends, and nobody calls it for a while. The pause doubles
 * each time until the operator takes calls again, up to a quarter of an hour.
 *
 * @param tookCalls whether it has taken others in this turn.
 */
export function pauseCalls(book: TurnBook, ms: number, tookCalls: boolean, now: number): TurnBook {
  const pauses = tookCalls ? 0 : (book.pauses ?? 0);
  const until = now + Math.min(MAX_PAUSE_MS, ms * 2 ** Math.min(pauses, 10));
  return { ...withoutTurn(book), nextAt: Math.max(book.nextAt, until), pauses: pauses + 1 };
}

function upToDate({ turn, queue, ...rest }: TurnBook, now: number): TurnBook {
  return {
    ...rest,
    ...(turn && turn.expiresAt > now ? { turn } : {}),
    queue: queue.filter(({ at }) => at + PATIENCE_MS > now),
  };
}

function withoutTurn({ turn: _turn, ...rest }: TurnBook): TurnBook {
  return rest;
}

function waitUrgently(book: TurnBook, now: number): { book: TurnBook; waitMs: number } {
  return { book: { ...book, urgentUntil: now + URGENT_MS }, waitMs: SHORT_WAIT_MS };
}

/** A holder that is in the queue already keeps its place. */
function joinQueue(
  book: TurnBook,
  limits: OperatorLimits,
  { holder, calls }: TurnRequest,
  now: number,
): { book: TurnBook; waitMs: number } {
  const workMs = Math.min(STREAK_MS, workOf(limits, calls));
  const place = book.queue.findIndex((ticket) => ticket.holder === holder);
  const ahead = place < 0 ? book.queue : book.queue.slice(0, place);
  const start = Math.max(now + SHORT_WAIT_MS, book.turn?.endsAt ?? 0, book.nextAt);
  const at = start + ahead.reduce((sum, ticket) => sum + ticket.workMs, 0);
  const ticket = { holder, at, workMs };
  const queue = place < 0 ? [...book.queue, ticket].slice(0, MAX_TICKETS) : book.queue.with(place, ticket);
  return { book: { ...book, queue }, waitMs: at - now };
}

/** The limits permit no call for a while. The holder is the first to call then. */
function waitFor(
  book: TurnBook,
  limits: OperatorLimits,
  { holder, calls, urgent }: TurnRequest,
  waitMs: number,
  now: number,
): { book: TurnBook; waitMs: number } {
  const { queue, ...free } = withoutTurn(book);
  const others = queue.filter((ticket) => ticket.holder !== holder);
  const ticket = { holder, at: now + waitMs, workMs: Math.min(STREAK_MS, workOf(limits, calls)) };
  return { book: { ...free, queue: urgent ? queue : [ticket, ...others].slice(0, MAX_TICKETS) }, waitMs };
}

/** How long calls take at the limits. */
function workOf(limits: OperatorLimits, calls: number): number {
  const { requestsPerSecond, requestsPerMinute } = limits;
  const perCall = requestsPerSecond === undefined ? ASSUMED_CALL_MS : intervalOf(limits);
  const { everyMs, burst } = requestsPerMinute === undefined ? { everyMs: 0, burst: 0 } : minuteRate(requestsPerMinute);
  return Math.max(calls * perCall, (calls - burst) * everyMs);
}

function grant(
  book: TurnBook,
  limits: OperatorLimits,
  request: TurnRequest,
  now: number,
): { book: TurnBook; turn: Turn } | { book: TurnBook; waitMs: number } {
  const { holder, calls, urgent } = request;
  const intervalMs = intervalOf(limits);
  const from = Math.max(now, book.nextAt);
  if (from - now > Math.max(MAX_START_MS, 2 * intervalMs)) {
    return waitFor(book, limits, request, from - now, now);
  }
  const minute = limits.requestsPerMinute === undefined ? undefined : minuteRate(limits.requestsPerMinute);
  const allowance = minute && minuteAllowance(minute, book.minuteAt, urgent ? 1 : calls, now);
  if (allowance && allowance.calls < 1) {
    return waitFor(book, limits, request, allowance.waitMs, now);
  }
  const inTime = intervalMs === 0 ? MAX_CALLS_OF_A_TURN : Math.max(1, Math.floor(TURN_MS / intervalMs));
  const granted = Math.min(calls, inTime, MAX_CALLS_OF_A_TURN, allowance?.calls ?? calls);
  const since = book.turn?.holder === holder ? book.turn.since : now;
  const until = from + Math.max(TURN_MS, granted * intervalMs);
  const endsAt = Math.min(now + workOf(limits, calls), Math.max(since + STREAK_MS, until));
  return {
    turn: { calls: granted, from, intervalMs, until },
    book: {
      ...book,
      turn: { holder, since, endsAt, expiresAt: until + CALL_MS },
      nextAt: from + granted * intervalMs,
      minuteAt: minute ? Math.max(book.minuteAt, now) + granted * minute.everyMs : book.minuteAt,
      queue: book.queue.filter((ticket) => ticket.holder !== holder),
      urgentUntil: urgent ? 0 : book.urgentUntil,
    },
  };
}

/** How many calls the limit of a minute permits now; if none, when it permits as many as wanted, up to a burst. */
function minuteAllowance(
  { everyMs, burst }: { everyMs: number; burst: number },
  minuteAt: number,
  wanted: number,
  now: number,
): { calls: number; waitMs: number } {
  const room = now + burst * everyMs - Math.max(minuteAt, now);
  return {
    calls: Math.floor(room / everyMs),
    waitMs: Math.max(SHORT_WAIT_MS, Math.min(wanted, burst) * everyMs - room),
  };
}
