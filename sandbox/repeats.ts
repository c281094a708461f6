import { type Order, type OrderAnswer, orderAt, turningPoints } from './orders.ts';

/** The maximum number of SIMs that a page repeats from the page before. */
const MAX_REPEATS = 5;

/**
 * The order representation of an operator that repeats itself: every other request returns the present one, the others an earlier
 * one in turn.
 */
export function repeatedOrder(order: Order, now: Date, timesAsked: number): OrderAnswer {
  const moments = turningPoints(order, now);
  const earlier = moments[Math.floor(timesAsked / 2) % moments.length];
  return orderAt(order, timesAsked % 2 === 0 || earlier === undefined ? now : earlier);
}

/** A page of places: its places, and where the next page begins. */
export type PagePlaces = { places: number[]; end: number };

/** The page of a well-behaved operator: each SIM once, in order. */
export function pageOfPlaces(start: number, limit: number, quantity: number): PagePlaces {
  const end = Math.min(start + limit, quantity);
  return { places: Array.from({ length: Math.max(0, end - start) }, (_, index) => start + index), end };
}

/**
 * The page of an operator that repeats itself: it repeats SIMs of the page before (the first page repeats its own), in a different
 * order for each request.
 */
export function repeatedPageOfPlaces(start: number, limit: number, quantity: number, timesAsked: number): PagePlaces {
  const repeats = Math.min(MAX_REPEATS, Math.floor(limit / 2), quantity);
  const page = pageOfPlaces(start, limit - repeats, quantity);
  const repeatedPlaces =
    start === 0
      ? page.places.slice(0, repeats)
      : pageOfPlaces(start - Math.min(repeats, start), Math.min(repeats, start), quantity).places;
  return { places: shuffled([...repeatedPlaces, ...page.places], timesAsked), end: page.end };
}

/** Reverses answers about SIMs and repeats the first one. */
export function repeated<T>(answers: readonly T[]): T[] {
  return [...answers, ...answers.slice(0, 1)].reverse();
}

/** Rotates the items by a different offset each time, and reverses them every other time. */
function shuffled<T>(items: readonly T[], times: number): T[] {
  const from = items.length === 0 ? 0 : (times * 7) % items.length;
  const rotated = [...items.slice(from), ...items.slice(0, from)];
  return times % 2 === 0 ? rotated : rotated.reverse();
}
