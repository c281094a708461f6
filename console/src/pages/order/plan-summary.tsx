import { useQuery } from '@tanstack/react-query';
import * as text from '../../text/index.ts';
import type { Order } from '../orders/queries.ts';
import { planNamesQuery } from './queries.ts';

/** The stages of a plan in words. */
export function PlanSummary({ plan }: { plan: NonNullable<Order['plan']> }) {
  const names = useQuery(planNamesQuery(plan)).data;
  const { migrate, assign, activate, test } = text.orders.wizard.planSummary;
  return (
    <ul className="plain-list">
      <li>{migrate(names?.partnerService ?? plan.partnerServiceId)}</li>
      {plan.customerId && plan.customerServiceId && (
        <li>{assign(names?.customer ?? plan.customerId, names?.customerService ?? plan.customerServiceId)}</li>
      )}
      {plan.activate && <li>{plan.activate === 'test' ? test : activate}</li>}
    </ul>
  );
}
