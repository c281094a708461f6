import { describe, expect, test } from '@jest/globals';
import {
  compareSim,
  type Difference,
  isComparable,
  isSuspicious,
  newDifference,
  settled,
  settlementOf,
  withNumbers,
  withoutOpen,
} from '../../domain/difference.ts';
import { withCheckDigit } from '../../domain/iccid.ts';
import { asId } from '../../domain/ids.ts';
import type { SimDetails } from '../../domain/operator-port.ts';
import { newSimInHolding, type Sim, type SimState, simStates } from '../../domain/sim.ts';

const AT = '2026-03-02T09:00:00.000Z';
const LATER = '2026-03-03T09:00:00.000Z';
const iccid = withCheckDigit('894420000000000001');

function simIn(state: SimState, fields: Partial<Sim> = {}): Sim {
  const order = { id: asId('order', 'ord_1'), operatorId: asId('operator', '3uk') };
  const arrived = newSimInHolding({ iccid, imsi: '234200000000001', msisdn: '+447700900001' }, order, AT);
  return { ...arrived, state, bars: state === 'active' || state === 'testing' ? [] : arrived.bars, ...fields };
}

const theirs = (status: SimDetails['status'], numbers: Partial<SimDetails> = {}): SimDetails => ({
  iccid,
  status,
  ...numbers,
});

const pendingChange = { action: 'suspend', since: AT, operationId: asId('operation', 'op_1') } as const;

describe('comparing a SIM with its operator', () => {
  test.each<[SimState, SimDetails['status']]>([
    ['in_holding', 'barred'],
    ['in_stock', 'barred'],
    ['assigned', 'barred'],
    ['active', 'active'],
    ['testing', 'active'],
    ['testing', 'testing'],
    ['suspended', 'barred'],
    ['terminated', 'terminated'],
    ['terminated', 'unknown'],
  ])('finds nothing for a SIM that is %s here and %s there', (state, status) => {
    expect(compareSim(simIn(state), theirs(status))).toEqual({ seen: [], numbers: [], added: {} });
  });

  test.each<[SimState, SimDetails['status'], string]>([
    ['suspended', 'active', 'state'],
    ['active', 'barred', 'state'],
    ['testing', 'barred', 'state'],
    ['testing', 'terminated', 'state'],
    ['in_holding', 'active', 'state'],
    ['active', 'terminated', 'state'],
    ['terminated', 'active', 'state'],
    ['terminated', 'barred', 'state'],
    ['assigned', 'unknown', 'missing_at_operator'],
  ])('finds a difference for a SIM that is %s here and %s there: %s', (state, status, field) => {
    const expected = { field, ours: state, theirs: status === 'unknown' ? 'missing' : status };
    expect(compareSim(simIn(state), theirs(status)).seen).toEqual([expected]);
  });

  test('says nothing while a change is in progress, here or there', () => {
    for (const status of ['active', 'barred', 'terminated', 'unknown'] as const) {
      expect(compareSim(simIn('activating'), theirs(status)).seen).toEqual([]);
      expect(compareSim(simIn('active', { pendingChange }), theirs(status)).seen).toEqual([]);
      expect(isComparable(simIn('activating'), theirs(status))).toBe(false);
    }
    expect(compareSim(simIn('active'), theirs('pending')).seen).toEqual([]);
    expect(compareSim(simIn('in_holding'), theirs('testing')).seen).toEqual([]);
    expect(compareSim(simIn('active'), theirs('testing')).seen).toEqual([]);
    expect(isComparable(simIn('active'), theirs('testing'))).toBe(false);
    expect(isComparable(simIn('testing'), theirs('testing'))).toBe(true);
    expect(isComparable(simIn('active'), theirs('pending'))).toBe(false);
    expect(isComparable(simIn('active'), theirs('barred'))).toBe(true);
  });

  test('takes over numbers that differ, and those that we did not have', () => {
    const { imsi: _imsi, ...known } = simIn('active');
    const numbers = { imsi: '234200000000009', msisdn: '+447700900009', imei: '356938035643809' };
    expect(compareSim(known, theirs('active', numbers))).toEqual({
      seen: [],
      numbers: [{ field: 'msisdn', ours: '+447700900001', theirs: '+447700900009' }],
      added: { imsi: '234200000000009', imei: '356938035643809' },
    });
    expect(withNumbers(known, { msisdn: '+447700900009' }, LATER)).toEqual({
      ...known,
      msisdn: '+447700900009',
      updatedAt: LATER,
      version: 2,
    });
  });

  test('suspects the answer when the operator has hardly any of a hundred SIMs that have not ended', () => {
    const asked = (unknown: number, known: number, state: SimState = 'active') => [
      ...Array.from({ length: unknown }, () => ({ state, status: 'unknown' as const })),
      ...Array.from({ length: known }, () => ({ state: 'active' as const, status: 'active' as const })),
    ];
    expect(isSuspicious(asked(90, 10))).toBe(true);
    expect(isSuspicious(asked(89, 11))).toBe(false);
    expect(isSuspicious(asked(99, 0))).toBe(false);
    expect(isSuspicious(asked(200, 10, 'terminated'))).toBe(false);
  });

  test('records numbers as settled and states as open', () => {
    const of = {
      id: asId('difference', 'dif_1'),
      iccid,
      partnerId: asId('partner', 'acme'),
      operatorId: asId('operator', '3uk'),
    };
    expect(newDifference({ field: 'imsi', ours: '1', theirs: '2' }, of, AT)).toMatchObject({
      state: 'settled',
      settledAs: 'theirs',
      settledBy: 'system',
    });
    const open = newDifference({ field: 'state', ours: 'active', theirs: 'barred' }, of, AT);
    expect(open).toMatchObject({ state: 'open', seenAt: AT });
    expect(settled(open, 'system', undefined, LATER)).toEqual({
      ...open,
      state: 'settled',
      settledAt: LATER,
      settledBy: 'system',
    });
  });
});

describe('settling a difference', () => {
  const state = (status: string): Pick<Difference, 'field' | 'theirs'> => ({ field: 'state', theirs: status });
  const missing: Pick<Difference, 'field' | 'theirs'> = { field: 'missing_at_operator', theirs: 'missing' };

  test.each<[SimState, string, string]>([
    ['suspended', 'active', 'suspend'],
    ['in_stock', 'active', 'suspend'],
    ['active', 'barred', 'resume'],
    ['testing', 'barred', 'resume'],
    ['terminated', 'active', 'terminate'],
  ])('as ours asks the operator of a SIM that is %s here and %s there to %s it', (ours, status, change) => {
    expect(settlementOf(simIn(ours), state(status), 'ours', LATER)).toEqual({ kind: 'ask', change });
  });

  test.each<[SimState, string, SimState, string]>([
    ['suspended', 'active', 'active', 'sim.resumed'],
    ['assigned', 'active', 'active', 'sim.activated'],
    ['active', 'barred', 'suspended', 'sim.suspended'],
    ['testing', 'barred', 'suspended', 'sim.suspended'],
    ['active', 'terminated', 'terminated', 'sim.terminated'],
    ['in_holding', 'terminated', 'terminated', 'sim.terminated'],
  ])('as theirs makes a SIM that is %s here and %s there %s', (ours, status, after, type) => {
    const settlement = settlementOf(simIn(ours), state(status), 'theirs', LATER);
    expect(settlement).toMatchObject({ kind: 'take', type, sim: { state: after, version: 2 } });
    // No bars exactly when active.
    expect('sim' in settlement && settlement.sim.bars.length === 0).toBe(after === 'active');
  });

  test('never brings back what has ended, and gives no SIM without a customer to the network', () => {
    expect(settlementOf(simIn('active'), state('terminated'), 'ours', LATER)).toMatchObject({ code: 'wrong_state' });
    for (const status of ['active', 'barred']) {
      expect(settlementOf(simIn('terminated'), state(status), 'theirs', LATER)).toMatchObject({ code: 'wrong_state' });
    }
    for (const ours of ['in_holding', 'in_stock'] as const) {
      expect(settlementOf(simIn(ours), state('active'), 'theirs', LATER)).toMatchObject({ code: 'wrong_state' });
    }
  });

  test('waits for a change in progress', () => {
    for (const side of ['ours', 'theirs'] as const) {
      expect(settlementOf(simIn('activating'), state('active'), side, LATER)).toMatchObject({ code: 'wrong_state' });
      const waiting = simIn('active', { pendingChange });
      expect(settlementOf(waiting, state('barred'), side, LATER)).toMatchObject({ code: 'wrong_state' });
    }
  });

  test('about a missing SIM records it as ours, and terminates it as theirs', () => {
    for (const ours of simStates.filter((one) => one !== 'activating' && one !== 'terminated')) {
      expect(settlementOf(simIn(ours), missing, 'ours', LATER)).toEqual({ kind: 'record' });
      expect(settlementOf(simIn(ours), missing, 'theirs', LATER)).toMatchObject({ sim: { state: 'terminated' } });
    }
  });

  test('removes its mark from the SIM, and only that', () => {
    const marks = {
      state: { id: asId('difference', 'dif_1'), theirs: 'active' },
      missing_at_operator: { id: asId('difference', 'dif_2'), theirs: 'missing' },
    };
    const marked = { ...simIn('suspended'), differs: marks };
    const once = withoutOpen(marked, 'state');
    expect(once.differs).toEqual({ missing_at_operator: marks.missing_at_operator });
    expect(withoutOpen(once, 'missing_at_operator')).toEqual(simIn('suspended'));
  });
});
