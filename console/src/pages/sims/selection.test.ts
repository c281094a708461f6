import { describe, expect, it } from '@jest/globals';
import { actionsFor, offeredActions, requiresNumber, type Selection, toSelect } from './selection.ts';

const chosen: Selection = {
  kind: 'chosen',
  sims: [
    { iccid: '1', nextActions: ['migrate', 'terminate'] },
    { iccid: '2', nextActions: ['activate', 'unassign'] },
  ],
};
const listed: Selection = { kind: 'listed', iccids: ['1', '2', '3'] };
const matching = (filter: object): Selection => ({ kind: 'matching', filter });

describe('actions', () => {
  it('are those that at least one chosen SIM allows, in the order of a SIM’s life', () => {
    expect(actionsFor(chosen)).toEqual(['migrate', 'activate', 'unassign', 'terminate', 'label']);
  });

  it('include the test status where the operator has one', () => {
    const sims = [{ iccid: '1', nextActions: ['activate' as const, 'test' as const] }];
    expect(actionsFor({ kind: 'chosen', sims })).toEqual(['test', 'activate', 'label']);
  });

  it('are changes of labels alone for SIMs that allow nothing else, and none without SIMs', () => {
    expect(actionsFor({ kind: 'chosen', sims: [{ iccid: '1', nextActions: [] }] })).toEqual(['label']);
    expect(actionsFor({ kind: 'chosen', sims: [] })).toEqual([]);
  });

  it('are all for the SIMs of a list and for those that match, which are not all known', () => {
    expect(actionsFor(matching({ state: 'active' }))).toEqual([...offeredActions]);
    expect(actionsFor(listed)).toEqual([...offeredActions]);
  });
});

it('selects the chosen SIMs, those of a list, or all that match', () => {
  expect(toSelect(chosen)).toEqual({ iccids: ['1', '2'] });
  expect(toSelect(listed)).toEqual({ iccids: ['1', '2', '3'] });
  expect(toSelect(matching({ state: 'active' }))).toEqual({ filter: { state: 'active' } });
});

describe('the number of SIMs', () => {
  it('is confirmed for a termination', () => {
    expect(requiresNumber('terminate', chosen)).toBe(true);
    expect(requiresNumber('terminate', matching({ state: 'active' }))).toBe(true);
  });

  it('is confirmed for the whole fleet, and not for other actions on some SIMs', () => {
    expect(requiresNumber('suspend', matching({}))).toBe(true);
    expect(requiresNumber('suspend', matching({ state: 'active' }))).toBe(false);
    expect(requiresNumber('suspend', listed)).toBe(false);
  });
});
