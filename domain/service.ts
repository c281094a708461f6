import type { Customer } from './customer.ts';
import type { OperatorId } from './operator.ts';
import type { Tariff } from './tariff.ts';

/** What a partner is charged on for a SIM. The holding services are made by the system, one per operator. */
export type PartnerService = {
  id: string;
  name: string;
  /** Holding services have none: nobody sells them. */
  tariffId?: string;
  holding: boolean;
  createdAt: string;
  updatedAt: string;
  version: number;
};

/** What controls the usage of a customer's SIMs: a tariff and a name. */
export type CustomerService = {
  id: string;
  customerId: string;
  tariffId: string;
  name: string;
  createdAt: string;
  updatedAt: string;
  version: number;
};

/** The id of an operator's holding service: the same for every partner, under the partner's own key. */
export function holdingServiceId(operatorId: OperatorId): string {
  return `psv_holding_${operatorId}`;
}

/** The name of a customer service that was given none. */
export function defaultServiceName(customer: Pick<Customer, 'shortName'>, tariff: Pick<Tariff, 'name'>): string {
  return `${customer.shortName} – ${tariff.name}`;
}
