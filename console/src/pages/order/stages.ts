import { type Plan, stagesOf } from '../../../../domain/plan.ts';

type Progress = { received: number; migrated: number; assigned: number; activated: number; failed: number };

/** A stage of an order's SIMs, with the number of SIMs that completed it. */
export type StageProgress = {
  stage: 'received' | 'migrated' | 'assigned' | 'activated';
  done: number;
  percent: number;
};

const doneBy = { migrate: 'migrated', assign: 'assigned', activate: 'activated' } as const;

/** The stages that an order's SIMs pass: their arrival, then those of the plan. */
export function stagesOfOrder(order: {
  quantity: number;
  progress: Progress;
  plan?: { customerServiceId?: string | undefined; activate?: unknown } | undefined;
}): StageProgress[] {
  // Safe: the rule reads only which parts the plan has.
  const planned = order.plan ? stagesOf(order.plan as Plan) : [];
  return (['received', ...planned.map((stage) => doneBy[stage])] as const).map((stage) => ({
    stage,
    done: order.progress[stage],
    percent: order.quantity === 0 ? 0 : Math.floor((100 * order.progress[stage]) / order.quantity),
  }));
}
