import { expect, test } from '@jest/globals';
import { aliasOf } from '../../adapters/step-functions.ts';

const machine = 'arn:aws:states:eu-west-2:123456789012:stateMachine:Fulfilment';

test.each([
  ['itself', machine],
  ['a version of it', `${machine}:7`],
  ['an alias of it', `${machine}:live`],
])('the alias of a state machine is known from the ARN of %s', (_, arn) => {
  expect(aliasOf(arn, 'live')).toBe(`${machine}:live`);
});
