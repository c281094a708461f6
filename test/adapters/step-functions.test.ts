import { expect, test } from '@jest/globals';
import { aliasOf, attemptOf } from '../../adapters/step-functions.ts';

const machine = 'arn:aws:states:eu-west-2:123456789012:stateMachine:Fulfilment';

test.each([
  ['itself', machine],
  ['a version of it', `${machine}:7`],
  ['an alias of it', `${machine}:live`],
])('the alias of a state machine is known from the ARN of %s', (_, arn) => {
  expect(aliasOf(arn, 'live')).toBe(`${machine}:live`);
});

test.each([
  ['op_1-3', 3],
  ['op_1-12', 12],
  ['op_1-0', undefined],
  ['op_1-x', undefined],
  ['op_1', undefined],
  ['op_2-3', undefined],
])('the attempt of op_1 that the execution %s is', (name, attempt) => {
  expect(attemptOf('op_1', name)).toBe(attempt);
});
