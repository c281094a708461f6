import { useQuery } from '@tanstack/react-query';
import type { Resource } from '../../api/client.ts';
import { formatPrice } from '../../services/tariff-text.ts';
import * as text from '../../text/index.ts';
import type { Order } from '../orders/queries.ts';
import { planNamesQuery } from './queries.ts';

/** The stages of a plan in words, with the prices of its services' tariffs if `tariffs` is given. */
export function PlanSummary({
  plan,
  tariffs = [],
}: {
  plan: NonNullable<Order['plan']>;
  tariffs?: readonly Resource<'Tariff'>[];
}) {
  const names = useQuery(planNamesQuery(plan)).data;
  const { migrate, assign, activate, test, inStock, inactive, withPrice } = text.orders.wizard.planSummary;
  const priced = (service: string, tariffId: string | undefined) => {
    const tariff = tariffs.find(({ id }) => id === tariffId);
    return tariff ? withPrice(service, tariff.name, formatPrice(tariff.monthlyPrice)) : service;
  };
  return (
    <ul className="plain-list">
      <li>{migrate(priced(names?.partnerService ?? plan.partnerServiceId, names?.tariffIds.partnerService))}</li>
      {plan.customerId && plan.customerServiceId ? (
        <>
          <li>
            {assign(
              names?.customer ?? plan.customerId,
              priced(names?.customerService ?? plan.customerServiceId, names?.tariffIds.customerService),
            )}
          </li>
          <li>{plan.activate === 'test' ? test : plan.activate ? activate : inactive}</li>
        </>
      ) : (
        <li>{inStock}</li>
      )}
    </ul>
  );
}
