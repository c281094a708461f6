import { expect, it } from '@jest/globals';
import { learnServerTime, serverNow } from './server-time.ts';

const here = new Date('2026-11-30T12:00:00.000Z');

it('is the browser’s until a response has a date, and then the API’s', () => {
  learnServerTime(null, here);
  learnServerTime('soon', here);
  expect(serverNow(here)).toEqual(here);
  learnServerTime('Fri, 14 Jan 2028 08:00:00 GMT', here);
  const later = new Date('2026-11-30T12:00:30.000Z');
  expect(serverNow(later)).toEqual(new Date('2028-01-14T08:00:30.000Z'));
});
