import { describe, expect, it } from '@jest/globals';
import { describeTotal } from './total.ts';

const states = {
  in_holding: 1,
  in_stock: 0,
  assigned: 0,
  activating: 0,
  testing: 0,
  active: 1200,
  suspended: 3,
  terminated: 0,
};
const counts = { states, complete: true };
const more = { shown: 1, isAll: false };
const all = (shown: number) => ({ shown, isAll: true });

describe('the number above a list of SIMs', () => {
  it('is that of the fleet without a filter, and of the state with a filter by state', () => {
    expect(describeTotal({}, { counts, page: more })).toBe('1,204 SIMs');
    expect(describeTotal({ state: 'active' }, { counts, page: more })).toBe('1,200 SIMs match the filter');
    expect(describeTotal({ state: 'in_holding' }, { counts, page: more })).toBe('1 SIM matches the filter');
  });

  it('is that of the page where it shows all that match', () => {
    expect(describeTotal({ tag: 'north' }, { counts, page: all(1) })).toBe('1 SIM matches the filter');
    expect(describeTotal({ state: 'active' }, { counts, page: all(7) })).toBe('7 SIMs match the filter');
    expect(describeTotal({}, { counts: undefined, page: all(0) })).toBe('0 SIMs');
  });

  it('is not mistaken for the number that match where that is not counted', () => {
    const some = 'Filtered from 1,204 SIMs';
    expect(describeTotal({ tag: 'north' }, { counts, page: more })).toBe(some);
    expect(describeTotal({ tag: 'north', state: 'active' }, { counts, page: more })).toBe(some);
    expect(describeTotal({ tag: 'north' }, { counts: undefined, page: more })).toBeUndefined();
  });

  it('is unknown when more SIMs are shown than were counted a while ago', () => {
    expect(describeTotal({ state: 'suspended' }, { counts, page: { shown: 50, isAll: false } })).toBeUndefined();
    expect(describeTotal({ state: 'active' }, { counts, page: { shown: 50, isAll: false } })).toBeDefined();
  });

  it('is a minimum in a fleet that was not counted to its end', () => {
    const incomplete = { states, complete: false };
    expect(describeTotal({}, { counts: incomplete, page: more })).toBe('1,204+ SIMs');
  });
});
