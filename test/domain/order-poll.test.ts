import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { orderStates } from '../../domain/order.ts';
import { firstPoll, nextPoll, startsPolling } from '../../domain/order-poll.ts';
import { anOrder, LONG_AGO, NOW } from './builders.ts';

const first = firstPoll({ id: 'ord_first', version: 4, updatedAt: LONG_AGO });
const outcome = fc.constantFrom<'news' | 'no_news' | 'unavailable'>('news', 'no_news', 'unavailable');
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

/** How long after now the next poll is, in milliseconds. */
const pauseOf = ({ nextAt }: { nextAt: string }) => Date.parse(nextAt) - Date.parse(NOW);

describe('polling starts', () => {
  test('when the operator accepts the order', () => {
    expect(startsPolling(anOrder().submitted(), anOrder().accepted())).toBe(true);
  });

  test('when an order that failed while it was with the operator is resumed', () => {
    expect(startsPolling(anOrder().failed(), anOrder().dispatched())).toBe(true);
  });

  test('only once: an order that stays with the operator is already polled', () => {
    expect(startsPolling(anOrder().accepted(), anOrder().processing())).toBe(false);
  });

  test('for no order that has left the operator', () => {
    for (const state of orderStates) {
      expect(startsPolling(anOrder().accepted(), anOrder().in(state))).toBe(false);
    }
  });
});

test('the first poll is due immediately and belongs to the version of the order', () => {
  expect(first).toEqual({ orderId: 'ord_first', since: 4, asked: 0, failures: 0, nextAt: LONG_AGO });
});

describe('the next poll', () => {
  const pollAfter = (...outcomes: ('news' | 'no_news' | 'unavailable')[]) =>
    outcomes.reduce((poll, each) => nextPoll(poll, each, new Date(NOW), 0.5), first);

  test('counts answers without news and failed calls separately', () => {
    expect(pollAfter('no_news', 'no_news', 'unavailable')).toMatchObject({ asked: 2, failures: 1 });
  });

  test('forgets failed calls once the operator answers, and everything once there is news', () => {
    expect(pollAfter('unavailable', 'unavailable', 'no_news')).toMatchObject({ asked: 1, failures: 0 });
    expect(pollAfter('no_news', 'unavailable', 'news')).toMatchObject({ asked: 0, failures: 0 });
  });

  test('comes later after each answer without news', () => {
    expect(pauseOf(pollAfter('no_news'))).toBeGreaterThan(pauseOf(pollAfter('news')));
    expect(pauseOf(pollAfter('no_news', 'no_news'))).toBeGreaterThan(pauseOf(pollAfter('no_news')));
  });

  test('belongs to the same order and version, and is always in the future, at most a pause with its jitter away', () => {
    const longest = 1.5 * pauseOf(pollAfter(...Array.from({ length: 40 }, () => 'no_news' as const)));
    fc.assert(
      fc.property(fc.array(fc.tuple(outcome, random), { minLength: 1, maxLength: 60 }), (answers) => {
        const poll = answers.reduce((last, [each, number]) => nextPoll(last, each, new Date(NOW), number), first);
        expect(poll).toMatchObject({ orderId: first.orderId, since: first.since });
        expect(pauseOf(poll)).toBeGreaterThan(0);
        expect(pauseOf(poll)).toBeLessThanOrEqual(longest);
      }),
    );
  });
});
