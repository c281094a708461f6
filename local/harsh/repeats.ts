import { type Draw, uniform } from './draws.ts';
import { rates } from './rates.ts';

/** Decides how often an asynchronous invocation is delivered, and the delay of each delivery in milliseconds. */
export function deliveries(draw: Draw): () => readonly number[] {
  const { share: probability, laterByMs } = rates.repeatedInvocations;
  return () => (draw() < probability ? [0, uniform(draw, laterByMs)] : [0]);
}

/** Decides whether an event with the given probability happens. */
export function chance(draw: Draw, probability: number): () => boolean {
  return () => draw() < probability;
}
