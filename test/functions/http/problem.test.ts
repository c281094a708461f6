import { describe, expect, test } from '@jest/globals';
import {
  HttpProblem,
  type ProblemCode,
  problemDocument,
  problemOf,
  problems,
} from '../../../functions/http/problem.ts';
import { type InputError, invalidInput, notFound, Refusal, unknownId } from '../../../use-cases/refusal.ts';

const document = (problem: HttpProblem | Refusal) =>
  problemDocument(problem instanceof Refusal ? problemOf(problem) : problem, 'https://api.example.com', 'req-1');
const codes = Object.keys(problems).filter((code): code is ProblemCode => code in problems);

const tooMany: InputError = {
  pointer: '/quantity',
  code: 'multiple_of',
  message: 'quantity must be a multiple of 50.',
  nearest: [100, 150],
};
const missing: InputError = { pointer: '/operatorId', code: 'required', message: 'operatorId is required.' };

describe('a problem document', () => {
  test('has its type, its explanation and its request', () => {
    expect(document(new HttpProblem('wrong_state', 'The order is delivered.'))).toEqual({
      type: 'https://api.example.com/docs#wrong_state',
      title: 'Not allowed in this state',
      status: 409,
      code: 'wrong_state',
      detail: 'The order is delivered.',
      instance: 'req-1',
    });
  });

  test.each(codes)('of %s has a type that ends in the code, and a status of an error', (code) => {
    const { type, status, title } = document(new HttpProblem(code, 'It is so.'));
    expect(new URL(type).href).toMatch(new RegExp(`[/#]${code}$`));
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(title).not.toBe('');
  });

  test.each([
    ['bad JSON', 'invalid_json', 400],
    ['bytes that are not UTF-8', 'invalid_encoding', 400],
    ['a cursor of elsewhere', 'invalid_cursor', 400],
    ['a role that may not', 'forbidden', 403],
    ['a resource that does not exist or belongs to others', 'not_found', 404],
    ['a state that forbids it', 'wrong_state', 409],
    ['a stale tag', 'precondition_failed', 412],
    ['too large a body', 'body_too_large', 413],
    ['a wrong content type', 'unsupported_media_type', 415],
    ['a rule of the input', 'invalid_input', 422],
  ] as const)('for %s is a %s, %d', (_what, code, status) => {
    expect(document(new HttpProblem(code, 'It is so.')).status).toBe(status);
  });

  test('about one field has the code of its rule, and its details', () => {
    expect(document(invalidInput([tooMany]))).toMatchObject({
      type: 'https://api.example.com/docs#multiple_of',
      code: 'multiple_of',
      status: 422,
      detail: 'quantity must be a multiple of 50.',
      errors: [tooMany],
      nearest: [100, 150],
    });
  });

  test('names the field in its detail, by its pointer where the message does not', () => {
    const detailOf = (error: InputError) => document(invalidInput([error])).detail;
    expect(detailOf(missing)).toBe('operatorId is required.');
    expect(detailOf({ pointer: '/contact/email', code: 'x', message: 'contact.email must be an email address.' })).toBe(
      'contact.email must be an email address.',
    );
    expect(detailOf({ pointer: '/select', code: 'exactly_one', message: 'Set exactly one.' })).toBe(
      '/select: Set exactly one.',
    );
    expect(detailOf({ pointer: '/a~1b', code: 'unknown_field', message: 'Unknown field "a/b".' })).toBe(
      'Unknown field "a/b".',
    );
  });

  test('about two rules of one field has the code of the first', () => {
    const minimum = { pointer: '/quantity', code: 'minimum', message: 'At least 50.' };
    expect(document(invalidInput([minimum, tooMany])).code).toBe('minimum');
  });

  test('about several fields has the code of the input, and lists them', () => {
    expect(document(invalidInput([missing, tooMany]))).toMatchObject({
      type: 'https://api.example.com/docs#invalid_input',
      code: 'invalid_input',
      detail: 'operatorId is required. quantity must be a multiple of 50.',
      errors: [missing, tooMany],
      nearest: [100, 150],
    });
  });

  test('about the whole body and one of its fields distinguishes them', () => {
    const whole = { pointer: '', code: 'exactly_one', message: 'One of them.' };
    expect(document(invalidInput([whole, missing]))).toMatchObject({
      code: 'invalid_input',
      detail: '/: One of them. operatorId is required.',
    });
  });
});

describe('a missing resource', () => {
  test('by its path is 404, and a long name is shortened', () => {
    expect(document(notFound('order', 'ord_1'))).toMatchObject({ status: 404, detail: 'There is no order "ord_1".' });
    expect(notFound('order', 'x'.repeat(10_000)).message.length).toBeLessThan(200);
  });

  test('by an id in a body is 422 with the code not_found', () => {
    expect(document(unknownId('/tariffId', 'tariff', 'trf_1'))).toMatchObject({
      status: 422,
      code: 'not_found',
      errors: [{ pointer: '/tariffId', code: 'not_found', message: 'There is no tariff trf_1.' }],
    });
  });
});
