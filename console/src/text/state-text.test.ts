import { expect, it } from '@jest/globals';
import { eventText, stateText } from './state-text.ts';

it('shows states and codes in words, also those that are newer than the console', () => {
  expect(stateText('sim', 'in_holding')).toBe('In holding');
  expect(stateText('sim', 'on_the_moon')).toBe('on the moon');
});

it('shows events in words, also those that are newer than the console', () => {
  expect(eventText({ 'order.accepted': 'Accepted by the operator' }, 'order.accepted')).toBe(
    'Accepted by the operator',
  );
  expect(eventText({}, 'sim.found_again')).toBe('Found again');
});
