import { expect, it } from '@jest/globals';
import { fieldMessage } from './field-message.ts';

it.each([
  [
    'quantity must be a multiple of 50 for 3UK: 50 or 100, not 70.',
    'Quantity must be a multiple of 50 for 3UK: 50 or 100, not 70.',
  ],
  ['deliveryAddress.postalCode is required.', 'Postal code is required.'],
  ['requestsPerSecond must be at most 100.', 'Requests per second must be at most 100.'],
  ['iccid: the check digit should be 8, not 9.', 'ICCID: the check digit should be 8, not 9.'],
  ['url must be a public address.', 'URL must be a public address.'],
  ['select.iccids[1] must be a string.', 'ICCIDs, item 2, must be a string.'],
])('names the field in words: %s', (message, shown) => {
  expect(fieldMessage(message)).toBe(shown);
});

it.each(['The body must be an object.', 'Unknown field "x".', '89441 is named twice.', 'offline'])(
  'leaves other messages as they are: %s',
  (message) => {
    expect(fieldMessage(message)).toBe(message);
  },
);
