import { describe, expect, it } from '@jest/globals';
import { ApiProblem, isStale, messagesFor } from './api-problem.ts';

const invalidInput = new ApiProblem(422, {
  type: 'https://api.example/docs#invalid_input',
  title: 'Invalid input',
  detail: 'The request has invalid fields.',
  instance: 'request-1',
  errors: [
    { pointer: '/quantity', code: 'multiple_of', message: 'Order a multiple of 50.' },
    { pointer: '/deliveryAddress/city', code: 'required', message: 'The city is missing.' },
    { pointer: '/plan/activate', code: 'needs_assign', message: 'Activation needs a customer.' },
  ],
});

describe('a problem document', () => {
  it('names fields in words, in its errors and in its text', () => {
    const errors = [
      { pointer: '/operatorId', code: 'required', message: 'operatorId is required.' },
      { pointer: '/quantity', code: 'multiple_of', message: 'quantity must be a multiple of 50.' },
    ];
    const detail = 'operatorId is required. quantity must be a multiple of 50.';
    const problem = new ApiProblem(422, { detail, errors });
    expect(problem.message).toBe('Operator id is required. Quantity must be a multiple of 50.');
    expect(problem.errors.map(({ message }) => message)).toEqual([
      'Operator id is required.',
      'Quantity must be a multiple of 50.',
    ]);
  });

  it('has its code, its text and the id of its request', () => {
    expect(invalidInput).toMatchObject({
      status: 422,
      code: 'invalid_input',
      message: 'The request has invalid fields.',
      requestId: 'request-1',
    });
  });

  it('is stale if the resource was changed since it was read', () => {
    expect([new ApiProblem(412, {}), new ApiProblem(409, {}), new Error('offline'), null].map(isStale)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it('may be an answer of API Gateway', () => {
    expect(new ApiProblem(401, { message: 'Unauthorized' })).toMatchObject({ code: '401', message: 'Unauthorized' });
  });

  it('may have no body', () => {
    expect(new ApiProblem(503, undefined).message).toBe('The API answered 503.');
  });
});

describe('messages for a form', () => {
  it('are at the field, or at the field that contains it', () => {
    const { fields, other } = messagesFor(invalidInput, ['/quantity', '/deliveryAddress', '/plan']);
    expect(fields).toEqual({
      '/quantity': 'Order a multiple of 50.',
      '/deliveryAddress': 'The city is missing.',
      '/plan': 'Activation needs a customer.',
    });
    expect(other).toBeUndefined();
  });

  it('prefer the most specific field', () => {
    const { fields } = messagesFor(invalidInput, ['/deliveryAddress', '/deliveryAddress/city']);
    expect(fields).toEqual({ '/deliveryAddress/city': 'The city is missing.' });
  });

  it('show what belongs to no field above the form', () => {
    const { other } = messagesFor(invalidInput, ['/quantity', '/deliveryAddress']);
    expect(other).toBe('Activation needs a customer.');
  });

  it('show other problems above the form', () => {
    const problem = new ApiProblem(409, { type: '/docs#name_taken', detail: 'The name is taken.' });
    expect(messagesFor(problem, ['/name'])).toEqual({ fields: {}, other: 'The name is taken.' });
  });
});
