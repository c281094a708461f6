import { type Order, type OrderAnswer, orderAt, turningPoints } from './orders.ts';

/** How many SIMs of an earlier page a page says again, at most. */
const MOST_REPEATS = 5;

/**
 * What an operator that repeats itself says of an order: every other time the truth, in between what was true at some
 * earlier time, by turns.
 */
export function repeatedOrderAnswer(order: Order, now: Date, timesAsked: number): OrderAnswer {
  const moments = turningPoints(order, now);
  const earlier = moments[Math.floor(timesAsked / 2) % moments.length];
  return orderAt(order, timesAsked % 2 === 0 || earlier === undefined ? now : earlier);
}

/** A page of places from `start`: the places that it says, and where the next page begins. */
export type PagePlaces = { places: number[]; end: number };

/** The page as a well-behaved operator says it: each SIM once, in order. */
export function pageOfPlaces(start: number, limit: number, quantity: number): PagePlaces {
  const end = Math.min(start + limit, quantity);
  return { places: Array.from({ length: Math.max(0, end - start) }, (_, index) => start + index), end };
}

/**
 * The page of an operator that repeats itself: it begins with SIMs of the page before (the first one says some of its
 * own twice), and comes in another order each time that it is asked for.
 */
export function repeatedPageOfPlaces(start: number, limit: number, quantity: number, timesAsked: number): PagePlaces {
  const repeats = Math.min(MOST_REPEATS, Math.floor(limit / 2), quantity);
  const page = pageOfPlaces(start, limit - repeats, quantity);
  const again =
    start === 0
      ? page.places.slice(0, repeats)
      : pageOfPlaces(start - Math.min(repeats, start), Math.min(repeats, start), quantity).places;
  return { places: turned([...again, ...page.places], timesAsked), end: page.end };
}

/** Answers about SIMs in another order, the first of them said twice. */
export function repeated<T>(answers: readonly T[]): T[] {
  return [...answers, ...answers.slice(0, 1)].reverse();
}

/** Reversed every other time, and begun elsewhere each time. */
function turned<T>(items: readonly T[], times: number): T[] {
  const from = items.length === 0 ? 0 : (times * 7) % items.length;
  const begun = [...items.slice(from), ...items.slice(0, from)];
  return times % 2 === 0 ? begun : begun.reverse();
}
