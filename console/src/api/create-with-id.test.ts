import { describe, expect, it } from '@jest/globals';
import { ApiProblem, messagesFor } from './api-problem.ts';
import { createWithId } from './create-with-id.ts';

describe('the creation of a resource with a chosen id', () => {
  it('reports a taken id at its field', async () => {
    const error = await createWithId(Promise.reject(new ApiProblem(412, {})), 'Taken.').catch((problem) => problem);
    expect(messagesFor(error, ['/id', '/name'])).toEqual({ fields: { '/id': 'Taken.' }, other: undefined });
  });

  it('reports other problems as they are', async () => {
    const problem = new ApiProblem(422, { detail: 'Wrong.' });
    await expect(createWithId(Promise.reject(problem), 'Taken.')).rejects.toBe(problem);
    await expect(createWithId(Promise.resolve(1), 'Taken.')).resolves.toBe(1);
  });
});
