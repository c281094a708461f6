import { expect, it } from '@jest/globals';
import { BARRED_BY_OPERATOR } from '../../../domain/difference.ts';
import { replacementReasons } from '../../../domain/replacement.ts';
import { NOT_ACTIVATED } from '../../../domain/sim.ts';
import { ALLOWANCE_EXCEEDED, SUSPENDED_ON_REQUEST } from '../../../domain/sim-actions.ts';
import { eventText, reasonText, stateText } from './state-text.ts';

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

it('has a text for each reason that the system writes', () => {
  const codes = [
    NOT_ACTIVATED,
    SUSPENDED_ON_REQUEST,
    ALLOWANCE_EXCEEDED,
    BARRED_BY_OPERATOR,
    'terminated',
    ...replacementReasons,
  ];
  for (const code of codes) {
    expect(reasonText(code)).toMatch(/^[A-Z][a-z]+( [a-z]+)*$/);
  }
});

it('leaves the words of partners as they are', () => {
  expect(reasonText('device_stolen in Leeds')).toBe('device_stolen in Leeds');
});
