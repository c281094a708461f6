import { describe, expect, it } from '@jest/globals';
import { actionsFor, confirmationOf, offeredActions, type Selection, toSelect } from './selection.ts';

const chosen: Selection = {
  kind: 'chosen',
  sims: [
    { iccid: '1', nextActions: ['migrate', 'terminate'] },
    { iccid: '2', nextActions: ['activate', 'unassign'] },
  ],
};
const matching = (filter: object): Selection => ({ kind: 'matching', filter });

describe('actions', () => {
  it('are those that at least one chosen SIM allows, in the order of a SIM’s life', () => {
    expect(actionsFor(chosen)).toEqual(['migrate', 'activate', 'unassign', 'terminate']);
  });

  it('are none for SIMs that allow none', () => {
    expect(actionsFor({ kind: 'chosen', sims: [{ iccid: '1', nextActions: [] }] })).toEqual([]);
  });

  it('are all for the SIMs that match, which are not all known', () => {
    expect(actionsFor(matching({ state: 'active' }))).toEqual([...offeredActions]);
  });
});

it('selects the chosen SIMs, or all that match', () => {
  expect(toSelect(chosen)).toEqual({ iccids: ['1', '2'] });
  expect(toSelect(matching({ state: 'active' }))).toEqual({ filter: { state: 'active' } });
});

describe('the number of SIMs', () => {
  it('is confirmed for a termination', () => {
    expect(confirmationOf('terminate', chosen)).toEqual({ isRequired: true, count: 2 });
    expect(confirmationOf('terminate', matching({ state: 'active' }))).toEqual({ isRequired: true });
  });

  it('is confirmed for the whole fleet', () => {
    expect(confirmationOf('suspend', matching({}))).toEqual({ isRequired: true });
    expect(confirmationOf('suspend', matching({ state: 'active' }))).toEqual({ isRequired: false });
  });

  it('is not confirmed for other actions on chosen SIMs', () => {
    expect(confirmationOf('suspend', chosen).isRequired).toBe(false);
  });
});
