import { expect, it } from '@jest/globals';
import { eventText } from './event-text.ts';

it('describes patterns, and shows a single type as it is', () => {
  expect(eventText('*')).toBe('All events');
  expect(eventText('order.*')).toBe('All order events');
  expect(eventText('order.fulfilled')).toBe('order.fulfilled');
});
