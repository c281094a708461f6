import type { Seen } from './difference.ts';
import type { Iccid } from './iccid.ts';
import type { CustomerId, CustomerServiceId, OperationId, OperatorId, OrderId, PartnerServiceId } from './ids.ts';
import { laterOf } from './moment.ts';

import { holdingServiceId } from './service.ts';
import type { ListedSim } from './sim-manifest.ts';

/** The states of a SIM, in the order of its life. */
export const simStates = [
  'in_holding',
  'in_stock',
  'assigned',
  'activating',
  'active',
  'suspended',
  'terminated',
] as const;

export type SimState = (typeof simStates)[number];

/** The states of a SIM that has a customer. */
export const statesWithCustomer = [
  'assigned',
  'activating',
  'active',
  'suspended',
  'terminated',
] as const satisfies readonly SimState[];

/** A bar that blocks the SIM's data at the operator. */
export type Bar = { type: 'data'; reason: string; since: string };

/** The state and services of a SIM at its import, and the user who imported it. */
export type ImportedPlace = {
  state: SimState;
  partnerServiceId: PartnerServiceId;
  customerId?: CustomerId;
  customerServiceId?: CustomerServiceId;
  by: string;
};

/** A change that the SIM's operator has been asked for and has not confirmed yet. Until then the SIM keeps its state. */
export type PendingChange = {
  action: 'suspend' | 'resume' | 'unassign' | 'terminate';
  since: string;
  operationId: OperationId;
};

export type Sim = {
  iccid: Iccid;
  /** Absent when the operator's list did not have it. */
  imsi?: string;
  msisdn?: string;
  imei?: string;
  /** The number of an embedded SIM's chip. */
  eid?: string;
  operatorId: OperatorId;
  /** Absent for SIMs of an imported fleet. */
  orderId?: OrderId;
  /** How the SIM began here, if it did not arrive with an order: its place at the import. */
  imported?: ImportedPlace;
  state: SimState;
  bars: readonly Bar[];
  /** A pending activation is the state `activating` instead. */
  pendingChange?: PendingChange;
  partnerServiceId: PartnerServiceId;
  customerId?: CustomerId;
  customerServiceId?: CustomerServiceId;
  label?: string;
  tags: readonly string[];
  /** For an unassigned SIM: its last customer, and which of label and tags date from that assignment. */
  formerCustomer?: { customerId: CustomerId; naming: readonly ('label' | 'tags')[] };
  stateChangedAt: string;
  createdAt: string;
  updatedAt: string;
  /** Increases by one with every change. */
  version: number;
};

/** The reason of the bar that every SIM is delivered with; activation removes it. */
export const NOT_ACTIVATED = 'not_activated';

/** A newly delivered SIM: in the holding service of its operator, barred, without a customer. */
export function newSimInHolding(
  { iccid, imsi, msisdn, imei, eid }: ListedSim,
  order: { id: OrderId; operatorId: OperatorId },
  at: string,
): Sim {
  return {
    iccid,
    ...(imsi === undefined ? {} : { imsi }),
    ...(msisdn === undefined ? {} : { msisdn }),
    ...(imei === undefined ? {} : { imei }),
    ...(eid === undefined ? {} : { eid }),
    operatorId: order.operatorId,
    orderId: order.id,
    state: 'in_holding',
    bars: [{ type: 'data', reason: NOT_ACTIVATED, since: at }],
    partnerServiceId: holdingServiceId(order.operatorId),
    tags: [],
    stateChangedAt: at,
    createdAt: at,
    updatedAt: at,
    version: 1,
  };
}

/** An entry of a SIM's timeline. */
export type SimEvent = {
  /** The version of the SIM after the step. */
  version: number;
  at: string;
  type: string;
  from?: SimState;
  to?: SimState;
  /** The operation that took the step. Its `requestedBy` is the user. */
  operationId?: OperationId;
  /** Who took the step, if not an operation. */
  actor?: string;
  /** What a comparison with the operator found. */
  difference?: Seen | undefined;
  /** The label and tags of a former customer that the step removed. */
  cleared?: { label?: string; tags?: readonly string[] } | undefined;
};

/** Removes the customer from a SIM, and records which of label and tags date from that customer. */
export function detachCustomer({ customerId, customerServiceId: _service, formerCustomer: _former, ...sim }: Sim): Sim {
  const naming = [
    ...(sim.label === undefined ? [] : (['label'] as const)),
    ...(sim.tags.length > 0 ? (['tags'] as const) : []),
  ];
  return customerId === undefined || naming.length === 0 ? sim : { ...sim, formerCustomer: { customerId, naming } };
}

/**
 * Prepares a SIM for its next customer. Clears a label and tags that date from another customer, because they may contain that
 * customer's data. Keeps those that were set while the SIM had no customer.
 */
export function attachCustomer({ formerCustomer, ...sim }: Sim, customerId: CustomerId): Sim {
  const foreign = formerCustomer && formerCustomer.customerId !== customerId ? formerCustomer.naming : [];
  const { label: _label, ...unlabelled } = sim;
  return { ...(foreign.includes('label') ? unlabelled : sim), ...(foreign.includes('tags') ? { tags: [] } : {}) };
}

/** Sets the label and tags of a SIM. `null` removes them; omitted fields stay. */
export function relabel(
  sim: Sim,
  { label, tags }: { label?: string | null | undefined; tags?: readonly string[] | null | undefined },
  at: string,
): Sim {
  const { label: before, formerCustomer, ...rest } = sim;
  const given = { label, tags };
  const naming = formerCustomer?.naming.filter((field) => given[field] === undefined) ?? [];
  const after = label === undefined ? before : (label ?? undefined);
  return {
    ...rest,
    ...(after === undefined ? {} : { label: after }),
    tags: tags === undefined ? sim.tags : (tags ?? []),
    ...(formerCustomer && naming.length > 0 ? { formerCustomer: { ...formerCustomer, naming } } : {}),
    updatedAt: laterOf(sim.updatedAt, at),
    version: sim.version + 1,
  };
}
