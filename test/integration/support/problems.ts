import { expect } from '@jest/globals';
import type { ApiResponse } from './api-client.ts';
import type { ProblemDocument } from './partner.ts';

/**
 * Expects a problem document (RFC 9457) as in the contract: the status, the code at the end of `type`, the request id in
 * `instance`, and no internal details.
 */
export function expectProblem(answer: ApiResponse, status: number, code?: string): ProblemDocument {
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
  // Safe: the assertions above checked the common members.
  const problem = answer.body as ProblemDocument;
  if (code !== undefined) {
    expect(problem.type.split(/[/#]/).at(-1)).toBe(code);
  }
  return problem;
}

/** Expects 422 with exactly these errors, each a pointer and a code, in any order. */
export function expectInvalid(
  answer: ApiResponse,
  errors: readonly (readonly [pointer: string, code: string])[],
): void {
  const { errors: actual = [] } = expectProblem(answer, 422);
  expect(actual.map(({ pointer, code }) => [pointer, code]).sort()).toEqual(errors.map((error) => [...error]).sort());
  for (const { message } of actual) {
    expect(message).toMatch(/\S/);
  }
}

/** Expects an answer of API Gateway itself, which is not a problem document. */
export function expectGatewayMessage(answer: ApiResponse, status: number, message: string): void {
  expect({ status: answer.status, body: answer.body }).toEqual({ status, body: { message } });
}
