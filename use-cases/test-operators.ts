import { allOperators } from '../adapters/dynamodb/operators.ts';
import type { Sim } from '../domain/sim.ts';
import type { TestOperators } from '../domain/sim-actions.ts';

/** The operators with a test status. */
export async function readTestOperators(): Promise<TestOperators> {
  return new Set((await allOperators()).flatMap(({ id, testStatus }) => (testStatus ? [id] : [])));
}

const none: TestOperators = new Set();

/** The operators with a test status, as far as the actions of these SIMs depend on it: only those of assigned SIMs do. */
export async function testOperatorsFor(sims: readonly Pick<Sim, 'state'>[]): Promise<TestOperators> {
  return sims.some(({ state }) => state === 'assigned') ? readTestOperators() : none;
}
