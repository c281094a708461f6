import { describe, expect, test } from '@jest/globals';
import { isLookUpOverdue, outcomeOfSubmission, searchedSince } from '../../domain/order-submission.ts';

const sent = { quantity: 50, sentAt: '2026-03-02T10:00:00.000Z' };
const soon = new Date('2026-03-02T10:14:59.000Z');
const later = new Date('2026-03-02T10:15:00.000Z');
const placed = (...quantities: number[]) =>
  quantities.map((quantity, index) => ({ operatorReference: `REQ${index}`, quantity }));

describe('an order whose answer was lost', () => {
  test('is the only new one of its quantity at the operator', () => {
    expect(outcomeOfSubmission(sent, placed(20, 50), soon)).toEqual({ outcome: 'placed', operatorReference: 'REQ1' });
  });

  test('has an unknown outcome when several can be it', () => {
    expect(outcomeOfSubmission(sent, placed(50, 50), later)).toEqual({ outcome: 'unknown' });
  });

  test('may still arrive for a quarter of an hour, and then did not arrive', () => {
    expect(outcomeOfSubmission(sent, placed(20), soon)).toEqual({ outcome: 'too_early' });
    expect(outcomeOfSubmission(sent, placed(20), later)).toEqual({ outcome: 'not_placed' });
  });

  test('is looked for from an hour before it was sent, because clocks differ, and for a day', () => {
    expect(searchedSince(sent.sentAt)).toEqual(new Date('2026-03-02T09:00:00.000Z'));
    expect(isLookUpOverdue(sent, new Date('2026-03-03T10:00:00.000Z'))).toBe(false);
    expect(isLookUpOverdue(sent, new Date('2026-03-03T10:00:00.001Z'))).toBe(true);
  });
});
