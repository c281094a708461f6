import { describe, expect, test } from '@jest/globals';
import { keepStep, keepSteps, lastMover, readHistory } from '../../../adapters/dynamodb/sim-history.ts';
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
  test('are read as they were kept, after its arrival', () => {
    expect(readHistory({ createdAt }, life.map(keepStep))).toEqual([arrival, ...life]);
    expect(readHistory({ createdAt }, [])).toEqual([arrival]);
  });

  test('are told once and in order, wherever they were kept and however often', () => {
    const kept = life.map(keepStep);
    expect(readHistory({ createdAt }, [...kept.slice(2), ...kept])).toEqual([arrival, ...life]);
  });

  test('keep what one of them cleared, on a line that an earlier release passes over', () => {
    const step: SimEvent = { ...(life[3] ?? arrival), cleared: { label: 'Gate 7', tags: ['a b', '@x'] } };
    const kept = [...life.slice(0, 3).map(keepStep), ...keepSteps(step)];
    expect(kept).toHaveLength(5);
    expect(kept.at(-1)).toBe(keepStep(step));
    expect(readHistory({ createdAt }, [...kept, ...kept])).toEqual([arrival, ...life.slice(0, 3), step]);
    expect(lastMover(kept)).toBe('op_3');
  });

  test('tell which operation was the last: whoever labels a SIM does not move it', () => {
    expect(lastMover(life.map(keepStep))).toBe('op_3');
    expect(lastMover(life.slice(0, 2).map(keepStep))).toBe('op_1');
    expect(lastMover(life.slice(1, 2).map(keepStep))).toBeUndefined();
    expect(lastMover([])).toBeUndefined();
  });
});
