import { between, type Draw } from './draws.ts';
import { rates } from './rates.ts';

/** Decides how often an asynchronous invocation is delivered: after how many milliseconds each time. */
export function deliveries(draw: Draw): () => readonly number[] {
  const { share, laterByMs } = rates.repeatedInvocations;
  return () => (draw() < share ? [0, between(draw, laterByMs)] : [0]);
}

/** Decides whether something with a share of all cases happens now. */
export function chance(draw: Draw, share: number): () => boolean {
  return () => draw() < share;
}
