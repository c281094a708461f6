import { expect } from '@jest/globals';
import type { Answer } from './api-client.ts';
import type { ProblemDocument } from './partner.ts';

/**
 * Expects a problem document (RFC 9457) as the contract describes it: the status, the code at the end of `type`, the
 * request id in `instance`, nothing of the code's insides.
 */
export function expectProblem(answer: Answer, status: number, code?: string): ProblemDocument {
  expect({ status: answer.status, body: answer.body }).toEqual({
    status,
    body: expect.objectContaining({
      type: expect.stringMatching(/^https?:\/\/[^/]+\/docs/),
      title: expect.stringMatching(/\S/),
      status,
      detail: expect.stringMatching(/\S/),
      instance: answer.headers.get('x-request-id'),
    }),
  });
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.headers.get('x-request-id')).toMatch(/\S/);
  expect(JSON.stringify(answer.body)).not.toMatch(/ at .*\.(ts|js|mjs):\d+|node:internal/);
  // Safe: the document was just seen to have what every one has.
  const problem = answer.body as ProblemDocument;
  if (code !== undefined) {
    expect(problem.type.split(/[/#]/).at(-1)).toBe(code);
  }
  return problem;
}

/** Expects 422 with exactly these errors: a pointer and a code each, in any order. */
export function expectInvalid(answer: Answer, errors: readonly (readonly [pointer: string, code: string])[]): void {
  const { errors: told = [] } = expectProblem(answer, 422);
  expect(told.map(({ pointer, code }) => [pointer, code]).sort()).toEqual(errors.map((error) => [...error]).sort());
  for (const { message } of told) {
    expect(message).toMatch(/\S/);
  }
}

/** Expects what API Gateway answers by itself, in its own words. */
export function expectGatewayMessage(answer: Answer, status: number, message: string): void {
  expect({ status: answer.status, body: answer.body }).toEqual({ status, body: { message } });
}
