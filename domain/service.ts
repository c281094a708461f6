import type { Customer } from './customer.ts';
import {
  asId,
  type CustomerId,
  type CustomerServiceId,
  type OperatorId,
  type PartnerServiceId,
  type TariffId,
} from './ids.ts';
import type { Operator } from './operator.ts';
import type { FormerTariff, NextTariff } from './service-tariffs.ts';
import type { Tariff } from './tariff.ts';
import type { Problem } from './verdict.ts';

/** The service by which a partner is charged for a SIM. The system creates the holding services, one per operator. */
export type PartnerService = {
  id: PartnerServiceId;
  name: string;
  /** Absent for holding services, which are not sold. */
  tariffId?: TariffId;
  nextTariff?: NextTariff;
  formerTariffs?: readonly FormerTariff[];
  notes?: string;
  holding: boolean;
  createdAt: string;
  updatedAt: string;
  version: number;
};

/** The service that a customer's SIMs are on: a tariff and a name. */
export type CustomerService = {
  id: CustomerServiceId;
  customerId: CustomerId;
  tariffId: TariffId;
  nextTariff?: NextTariff;
  formerTariffs?: readonly FormerTariff[];
  name: string;
  /** Not shown to users of the customer. */
  notes?: string;
  createdAt: string;
  updatedAt: string;
  version: number;
};

/** The id of an operator's holding service, the same for every partner. */
export function holdingServiceId(operatorId: OperatorId): PartnerServiceId {
  return `psv_holding_${operatorId}`;
}

/** The operator of a holding service; `undefined` for another partner service. */
export function operatorOfHoldingService(id: PartnerServiceId): OperatorId | undefined {
  const prefix = holdingServiceId(asId('operator', ''));
  return id.startsWith(prefix) ? asId('operator', id.slice(prefix.length)) : undefined;
}

/** The holding service of an operator, for a partner that has none yet. */
export function newHoldingService({ id, name }: Pick<Operator, 'id' | 'name'>, at: string): PartnerService {
  return {
    id: holdingServiceId(id),
    name: `${name} holding service`,
    holding: true,
    createdAt: at,
    updatedAt: at,
    version: 1,
  };
}

/** Why a partner service cannot be changed or deleted: it is a holding service. */
export function editProblem({ holding }: Pick<PartnerService, 'holding'>): Problem<'holding_service'> | undefined {
  return holding
    ? {
        code: 'holding_service',
        detail: 'Holding services are managed by the system and cannot be changed or deleted.',
      }
    : undefined;
}

/** The default name of a customer service. */
export function defaultServiceName(customer: Pick<Customer, 'shortName'>, tariff: Pick<Tariff, 'name'>): string {
  return `${customer.shortName} – ${tariff.name}`;
}
