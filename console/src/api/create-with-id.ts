import { ApiProblem } from './api-problem.ts';

/** The header of a `PUT` that only creates. */
export const ifNew = { headers: { 'if-none-match': '*' } };

/**
 * Creates a resource whose id the user chose.
 *
 * @throws ApiProblem at the field `/id` when the id is taken
 */
export async function createWithId<Created>(creation: Promise<Created>, taken: string): Promise<Created> {
  try {
    return await creation;
  } catch (error) {
    throw error instanceof ApiProblem && error.status === 412
      ? new ApiProblem(412, { errors: [{ pointer: '/id', code: 'taken', message: taken }] })
      : error;
  }
}
