import { describe, expect, it } from '@jest/globals';
import { ApiProblem } from '../api/api-problem.ts';
import { pollEvery } from './polling.ts';

const query = (error: Error | null, data?: { isDone: boolean }) => ({ state: { data, error } });

describe('a query that is read again and again', () => {
  it('follows its interval, or the one that its data asks for', () => {
    const byData = pollEvery<{ isDone: boolean }>((data) => (data?.isDone ? false : 500));
    expect(pollEvery(1000)(query(null))).toBe(1000);
    expect([undefined, { isDone: false }, { isDone: true }].map((data) => byData(query(null, data)))).toEqual([
      500,
      500,
      false,
    ]);
  });

  it('ends when the API refuses it, and goes on after other errors', () => {
    const errors = [403, 404, 429, 503].map((status) => new ApiProblem(status, {}));
    expect([...errors, new Error('offline')].map((error) => pollEvery(1000)(query(error)))).toEqual([
      false,
      false,
      1000,
      1000,
      1000,
    ]);
  });
});
