import { describe, expect, test } from '@jest/globals';
import { isThrottling, isWithoutAnswer } from '../../adapters/aws-errors.ts';

/** An error of the SDK, as far as these rules look at it. */
const anError = (name: string, fields: object = {}) => Object.assign(new Error('x'), { name }, fields);

describe('a call of AWS', () => {
  test.each([
    ['that hung up', anError('TimeoutError')],
    ['whose connection was reset', anError('Error', { code: 'ECONNRESET' })],
    [
      'that was answered with a server error',
      anError('InternalErrorException', { $metadata: { httpStatusCode: 500 } }),
    ],
  ])('%s was not answered', (_name, error) => {
    expect(isWithoutAnswer(error)).toBe(true);
    expect(isThrottling(error)).toBe(false);
  });

  test.each([
    ['that was throttled', anError('TooManyRequestsException', { $metadata: { httpStatusCode: 400 } })],
    ['that was refused', anError('AccessDeniedException', { $metadata: { httpStatusCode: 403 } })],
    ['that a bug prevented', new TypeError('x is undefined')],
    ['that threw no error', 'TimeoutError'],
  ])('%s was answered', (_name, error) => {
    expect(isWithoutAnswer(error)).toBe(false);
  });
});
