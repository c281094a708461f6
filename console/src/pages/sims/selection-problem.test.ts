import { expect, it } from '@jest/globals';
import { ApiProblem } from '../../api/api-problem.ts';
import { namingIccids } from './selection-problem.ts';

const listed = { kind: 'listed' as const, iccids: ['8944200000000000017', '8944200000000000024'] };

it('names the ICCID in place of its position in the list', () => {
  const error = new ApiProblem(422, {
    detail: 'Invalid.',
    errors: [
      { pointer: '/select/iccids/1', code: 'invalid_iccid', message: 'The check digit should be 5, not 4.' },
      { pointer: '/confirm', code: 'confirm_mismatch', message: 'confirm is 3.' },
    ],
  });
  expect(namingIccids(error, listed)).toMatchObject({
    status: 422,
    message: 'Invalid.',
    errors: [{ message: '8944200000000000024: The check digit should be 5, not 4.' }, { message: 'Confirm is 3.' }],
  });
});

it('leaves other problems as they are', () => {
  const error = new ApiProblem(409, {});
  expect(namingIccids(error, { kind: 'matching', filter: {} })).toBe(error);
  expect(namingIccids(undefined, listed)).toBeUndefined();
});
