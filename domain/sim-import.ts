import * as z from 'zod/mini';
import type { Customer } from './customer.ts';
import type { TermStart } from './minimum-term.ts';
import type { Operator } from './operator.ts';
import { type CustomerService, holdingServiceId, type PartnerService } from './service.ts';
import { type TariffsOfService, uncoveredBy } from './service-tariffs.ts';
import { type Bar, NOT_ACTIVATED, type Sim, type SimState } from './sim.ts';
import { SUSPENDED_ON_REQUEST } from './sim-actions.ts';
import type { ListedSim, RowProblem } from './sim-manifest.ts';

/** The states in which SIMs can be imported. */
export const importStates = ['in_holding', 'in_stock', 'assigned', 'active', 'suspended'] as const;

export type ImportState = (typeof importStates)[number];

type WithTariff<Service> = TariffsOfService & { service: Service };

/** What a row says about the place of a SIM: `undefined` for an empty cell, `'unknown'` for a name or id that does not exist. */
export type ImportTargets = {
  partnerService: WithTariff<PartnerService> | 'unknown' | undefined;
  customer: Pick<Customer, 'id'> | 'unknown' | 'ambiguous' | undefined;
  customerService: WithTariff<CustomerService> | 'unknown' | undefined;
};

/** A row of an import after its numbers and names have been read. */
export type ImportedRow = {
  listed: ListedSim;
  state: ImportState;
  targets: ImportTargets;
  label?: string | undefined;
  tags?: readonly string[] | undefined;
  /** RFC 3339, UTC. */
  activatedAt?: string | undefined;
};

/** The moment in a cell, RFC 3339 with any offset or a date; `undefined` when it is neither. */
export function readMoment(cell: string): string | undefined {
  const { data } = z.union([z.iso.datetime({ offset: true }), z.iso.date()]).safeParse(cell.trim());
  return data === undefined ? undefined : new Date(data).toISOString();
}

const hasCustomer = (state: ImportState) => state !== 'in_holding' && state !== 'in_stock';

/**
 * The SIM of a row, or the first rule that it violates. The same rules hold as for SIMs that came here through their usual life: a
 * SIM in holding is on the holding service, any other on a real one; a SIM with a customer has one of the customer's services;
 * the tariffs of both services cover the operator.
 */
export function importSim(
  row: ImportedRow,
  operator: Pick<Operator, 'id' | 'name'>,
  { by, at }: { by: string; at: string },
): Sim | RowProblem {
  const { listed, state, label, tags = [], activatedAt } = row;
  const place = placeOf(row, operator);
  if ('code' in place) {
    return place;
  }
  if (activatedAt !== undefined && (activatedAt > at || (state !== 'active' && state !== 'suspended'))) {
    const message = 'activatedAt: only active and suspended SIMs have one, and it is not in the future.';
    return { code: 'invalid_activated_at', message };
  }
  return {
    ...listed,
    operatorId: operator.id,
    imported: { state, ...place, by },
    state,
    bars: barsOf(state, at),
    ...place,
    ...(label === undefined ? {} : { label }),
    tags,
    ...(state === 'suspended' && activatedAt !== undefined ? { termStart: importedStart(activatedAt) } : {}),
    stateChangedAt: (state === 'active' ? activatedAt : undefined) ?? at,
    createdAt: at,
    updatedAt: at,
    version: 1,
  };
}

/** The terms of an imported SIM count from its activation, which the time of an active SIM's state shows. */
const importedStart = (at: string): TermStart => ({ partner: at.slice(0, 10), customer: at.slice(0, 10) });

function barsOf(state: SimState, since: string): Bar[] {
  if (state === 'active') {
    return [];
  }
  return [{ type: 'data', reason: state === 'suspended' ? SUSPENDED_ON_REQUEST : NOT_ACTIVATED, since }];
}

type Place = Pick<Sim, 'partnerServiceId' | 'customerId' | 'customerServiceId'>;

function placeOf(
  { state, targets: { partnerService, customer, customerService } }: ImportedRow,
  operator: Pick<Operator, 'id' | 'name'>,
): Place | RowProblem {
  if (partnerService === 'unknown') {
    return { code: 'not_found', message: 'partnerService: the partner has no service with this id or name.' };
  }
  if (state === 'in_holding') {
    const holding = holdingServiceId(operator.id);
    return (partnerService && partnerService.service.id !== holding) || customer || customerService
      ? {
          code: 'in_holding',
          message:
            'A SIM in holding has no partner service and no customer. Leave these cells empty, or choose another state.',
        }
      : { partnerServiceId: holding };
  }
  if (!partnerService) {
    return { code: 'required', message: `partnerService: a SIM that is ${state} needs one.` };
  }
  if (partnerService.service.holding) {
    return { code: 'holding_target', message: `partnerService: a SIM that is ${state} is not on a holding service.` };
  }
  const uncovered = coverageProblem('partnerService', partnerService, operator);
  if (uncovered) {
    return uncovered;
  }
  const partnerServiceId = partnerService.service.id;
  if (!hasCustomer(state)) {
    return customer || customerService
      ? {
          code: 'not_assigned',
          message: 'A SIM in stock has no customer. Leave customer and customerService empty, or choose another state.',
        }
      : { partnerServiceId };
  }
  if (customer === 'ambiguous') {
    return { code: 'ambiguous_name', message: 'customer: several customers have this name. Use the id of one.' };
  }
  if (customer === 'unknown') {
    return { code: 'not_found', message: 'customer: the partner has no customer with this id or name.' };
  }
  if (customerService === 'unknown') {
    return { code: 'not_found', message: 'customerService: the customer has no service with this id or name.' };
  }
  if (!customer || !customerService) {
    const field = customer ? 'customerService' : 'customer';
    return { code: 'required', message: `${field}: a SIM that is ${state} needs one.` };
  }
  if (customerService.service.customerId !== customer.id) {
    return { code: 'service_of_other_customer', message: 'customerService: the service belongs to another customer.' };
  }
  return (
    coverageProblem('customerService', customerService, operator) ?? {
      partnerServiceId,
      customerId: customer.id,
      customerServiceId: customerService.service.id,
    }
  );
}

function coverageProblem(
  field: string,
  service: TariffsOfService,
  operator: Pick<Operator, 'id' | 'name'>,
): RowProblem | undefined {
  const sentence = uncoveredBy(service, operator);
  return sentence === undefined
    ? undefined
    : { code: 'tariff_mismatch', message: `${field}: ${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}` };
}
