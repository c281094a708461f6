import { describe, expect, it } from '@jest/globals';
import { isLate } from './late.ts';

const order = (state: string, latest: string, plan?: object) => ({ state, plan, estimatedDelivery: { latest } });

describe('a late order', () => {
  it('is not delivered after its latest estimated day', () => {
    expect(isLate(order('processing', '2026-11-29'), '2026-11-30')).toBe(true);
    expect(isLate(order('processing', '2026-11-30'), '2026-11-30')).toBe(false);
  });

  it('is neither delivered nor ended', () => {
    for (const state of ['delivered', 'fulfilled', 'cancelled', 'rejected', 'failed']) {
      expect(isLate(order(state, '2026-11-01', {}), '2026-11-30')).toBe(false);
    }
  });
});
