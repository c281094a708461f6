import { describe, expect, test } from '@jest/globals';
import { asId } from '../../domain/ids.ts';
import {
  claimed,
  interruption,
  planReplacement,
  replacedPair,
  simOfStep,
  stepsOfReplacement,
} from '../../domain/replacement.ts';
import type { Sim } from '../../domain/sim.ts';
import { anIccid, aSim, NOW } from './builders.ts';

const by = aSim({ iccid: anIccid(2) }).inStock();
const old = aSim({ iccid: anIccid(1) }).active();
const claims = (one: Sim, other: Sim, activates = true) =>
  claimed(one, { operationId: 'op_1', with: other.iccid, activates }, NOW);

describe('a replacement', () => {
  test('takes over customer and service, and activates the new SIM if the old one is active', () => {
    const { customerId, customerServiceId } = old;
    const plan = { iccid: old.iccid, by: by.iccid, customerId, customerServiceId };
    expect(planReplacement(old, by)).toEqual({ ...plan, activates: true });
    expect(planReplacement({ ...old, state: 'suspended' }, by)).toEqual({ ...plan, activates: false });
  });

  test('terminates the old SIM last', () => {
    expect(stepsOfReplacement({ activates: true })).toEqual(['assign', 'label', 'activate', 'terminate']);
    expect(stepsOfReplacement({ activates: false })).toEqual(['assign', 'label', 'terminate']);
    const sims = stepsOfReplacement({ activates: true }).map((step) =>
      simOfStep({ iccid: old.iccid, by: by.iccid }, step),
    );
    expect(sims).toEqual([by.iccid, by.iccid, by.iccid, old.iccid]);
  });

  test('is refused for SIMs in other states', () => {
    const pending = { action: 'suspend', since: NOW, operationId: 'op_2' } as const;
    for (const state of ['in_holding', 'in_stock', 'activating', 'terminated'] as const) {
      expect(planReplacement({ ...old, state }, by)).toMatchObject({ code: 'wrong_state' });
    }
    for (const state of ['in_holding', 'assigned', 'active', 'suspended', 'terminated'] as const) {
      expect(planReplacement(old, { ...by, state })).toMatchObject({ code: 'wrong_state' });
    }
    expect(planReplacement({ ...old, pendingChange: pending }, by)).toMatchObject({ code: 'wrong_state' });
    expect(planReplacement(old, { ...by, pendingChange: { ...pending, action: 'terminate' } })).toMatchObject({
      code: 'wrong_state',
    });
  });

  test('continues where it stopped, with the same two SIMs', () => {
    const taken: Sim = { ...old, iccid: by.iccid, state: 'assigned' };
    expect(planReplacement(old, taken)).toMatchObject({ code: 'wrong_state' });
    const stopped = planReplacement(claims({ ...old, state: 'terminated' }, by), claims(taken, old));
    expect(stopped).toMatchObject({ iccid: old.iccid, by: by.iccid, activates: true });
    const third = aSim({ iccid: anIccid(3) }).inStock();
    expect(planReplacement(claims({ ...old, state: 'terminated' }, third), claims(taken, old))).toMatchObject({
      code: 'wrong_state',
    });
  });

  test('ends when one of its SIMs has left the customer', () => {
    const plan = planReplacement(old, by);
    if ('code' in plan) {
      throw new Error(plan.detail);
    }
    const taken: Sim = { ...old, iccid: by.iccid };
    const { customerId: _customer, ...inStock } = { ...old, state: 'in_stock' as const };
    const ofOther = { customerId: asId('customer', 'cus_other') };
    const steps = stepsOfReplacement(plan);
    const endsBefore = (sims: { old?: Sim; by?: Sim }) => steps.filter((step) => interruption(plan, step, sims));

    expect(endsBefore({ old, by: taken })).toEqual([]);
    expect(endsBefore({ old: { ...old, state: 'terminated' }, by: { ...taken, state: 'suspended' } })).toEqual([]);
    for (const gone of [{ ...old, ...ofOther }, inStock]) {
      expect(endsBefore({ old: gone, by: taken })).toEqual(steps);
      expect(endsBefore({ old, by: { ...gone, iccid: by.iccid } })).toEqual(['label', 'activate', 'terminate']);
    }
    expect(endsBefore({ old, by: { ...taken, state: 'terminated' } })).toEqual(['label', 'activate', 'terminate']);
    expect(endsBefore({ old, by: { ...taken, state: 'assigned' } })).toEqual(['terminate']);
    expect(interruption({ ...plan, activates: false }, 'terminate', { old, by: { ...taken, state: 'assigned' } })).toBe(
      undefined,
    );
  });

  test('marks both SIMs in the end, and removes its claims', () => {
    const pair = replacedPair(claims(old, by), claims(by, old), NOW);
    expect(pair.old).toEqual({ ...old, replacedBy: by.iccid, updatedAt: NOW, version: old.version + 2 });
    expect(pair.by).toEqual({ ...by, replaces: old.iccid, updatedAt: NOW, version: by.version + 2 });
  });
});
