import { describe, expect, test } from '@jest/globals';
import { decodeHistory, encodeStep, encodeSteps, lastOperationId } from '../../../adapters/dynamodb/sim-history.ts';
import type { SimEvent } from '../../../domain/sim.ts';

const createdAt = '2026-01-05T09:00:00.000Z';
const at = '2026-03-02T10:30:00.123Z';
const arrival: SimEvent = { version: 1, at: createdAt, type: 'sim.received', to: 'in_holding' };

const life: SimEvent[] = [
  { version: 2, at, type: 'sim.migrated', from: 'in_holding', to: 'in_stock', operationId: 'op_1' },
  { version: 3, at, type: 'sim.labelled', actor: 'auth0|ann of the north' },
  { version: 4, at, type: 'sim.migrated', operationId: 'op_2' },
  { version: 5, at, type: 'sim.assigned', from: 'in_stock', to: 'assigned', operationId: 'op_3' },
];

describe('the steps of a SIM', () => {
  test('are read as they were stored, after the arrival of the SIM', () => {
    expect(decodeHistory({ createdAt }, life.map(encodeStep))).toEqual([arrival, ...life]);
    expect(decodeHistory({ createdAt }, [])).toEqual([arrival]);
  });

  test('are listed once and in order, regardless of where and how often they are stored', () => {
    const kept = life.map(encodeStep);
    expect(decodeHistory({ createdAt }, [...kept.slice(2), ...kept])).toEqual([arrival, ...life]);
  });

  test('keep values that a step has cleared, in a line that earlier releases ignore', () => {
    const step: SimEvent = { ...(life[3] ?? arrival), cleared: { label: 'Gate 7', tags: ['a b', '@x'] } };
    const kept = [...life.slice(0, 3).map(encodeStep), ...encodeSteps(step)];
    expect(kept).toHaveLength(5);
    expect(kept.at(-1)).toBe(encodeStep(step));
    expect(decodeHistory({ createdAt }, [...kept, ...kept])).toEqual([arrival, ...life.slice(0, 3), step]);
    expect(lastOperationId(kept)).toBe('op_3');
  });

  test('keep what differed at the operator', () => {
    const at = '2026-03-02T09:00:00.000Z';
    const differences: SimEvent['difference'][] = [
      { field: 'state', ours: 'suspended', theirs: 'active' },
      { field: 'msisdn', theirs: '+447700900123' },
      { field: 'missing_at_operator', ours: 'in_stock', theirs: 'missing' },
    ];
    const steps = differences.map(
      (difference, index): SimEvent => ({ version: index + 2, at, type: 'sim.differs', actor: 'system', difference }),
    );
    expect(decodeHistory({ createdAt }, steps.map(encodeStep))).toEqual([arrival, ...steps]);
  });

  test('show the last operation, which labelling does not change', () => {
    expect(lastOperationId(life.map(encodeStep))).toBe('op_3');
    expect(lastOperationId(life.slice(0, 2).map(encodeStep))).toBe('op_1');
    expect(lastOperationId(life.slice(1, 2).map(encodeStep))).toBeUndefined();
    expect(lastOperationId([])).toBeUndefined();
  });
});
