import { expect, it } from '@jest/globals';
import { stagesOfOrder } from './stages.ts';

const progress = { received: 50, migrated: 50, assigned: 33, activated: 0, failed: 0 };

it('shows the arrival alone for an order without a plan', () => {
  expect(stagesOfOrder({ quantity: 50, progress })).toEqual([{ stage: 'received', done: 50, percent: 100 }]);
});

it('shows the stages of the plan, and no others', () => {
  const stages = stagesOfOrder({ quantity: 50, progress, plan: { customerServiceId: 'csv_1' } });
  expect(stages.map(({ stage }) => stage)).toEqual(['received', 'migrated', 'assigned']);
  expect(stages.at(-1)).toMatchObject({ done: 33, percent: 66 });
});

it('is complete only when every SIM is', () => {
  const stages = stagesOfOrder({ quantity: 1000, progress: { ...progress, received: 999 } });
  expect(stages[0]?.percent).toBe(99);
});
