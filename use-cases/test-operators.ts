import { allOperators } from '../adapters/dynamodb/operators.ts';
import type { TestOperators } from '../domain/sim-actions.ts';

/** The operators with a test status. */
export async function readTestOperators(): Promise<TestOperators> {
  return new Set((await allOperators()).flatMap(({ id, testStatus }) => (testStatus ? [id] : [])));
}
