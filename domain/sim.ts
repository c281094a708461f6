import type { Iccid } from './iccid.ts';
import { laterOf } from './moment.ts';
import type { OperatorId } from './operator.ts';
import { holdingServiceId } from './service.ts';

/** The life of a SIM, from the operator's door to its end. */
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

/** What blocks a SIM's data at the operator, since when and why. */
export type Bar = { type: 'data'; reason: string; since: string };

export type Sim = {
  iccid: Iccid;
  imsi: string;
  msisdn?: string;
  operatorId: OperatorId;
  orderId: string;
  state: SimState;
  bars: readonly Bar[];
  partnerServiceId: string;
  customerId?: string;
  customerServiceId?: string;
  label?: string;
  tags: readonly string[];
  /** Of a SIM that was unassigned: whose it was, and what of its naming is of that time. */
  formerCustomer?: { customerId: string; naming: readonly ('label' | 'tags')[] };
  stateChangedAt: string;
  createdAt: string;
  updatedAt: string;
  /** Grows by one with every change, and never shrinks. */
  version: number;
};

/** The reason of the bar that every SIM is delivered with; activation removes it. */
export const NOT_ACTIVATED = 'not_activated';

/** A SIM as it arrives: in the holding service of its operator, barred, nobody's yet. */
export function arriveInHolding(
  delivered: { iccid: Iccid; imsi: string; msisdn?: string },
  order: { id: string; operatorId: OperatorId },
  at: string,
): Sim {
  return {
    iccid: delivered.iccid,
    imsi: delivered.imsi,
    ...(delivered.msisdn === undefined ? {} : { msisdn: delivered.msisdn }),
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

/** One step in the life of a SIM, as its timeline tells it. */
export type SimEvent = {
  /** The version of the SIM that the step made. */
  version: number;
  at: string;
  type: string;
  from?: SimState;
  to?: SimState;
  /** The operation that took the step; its `requestedBy` is who asked for it. */
  operationId?: string;
  /** Who took it, where no operation did. */
  actor?: string;
  /** What a former customer's time had left on the SIM, and the step removed. */
  cleared?: { label?: string; tags?: readonly string[] } | undefined;
};

/** A SIM without its former customer: it remembers which label and tags are of that customer's time. */
export function leaveCustomer({ customerId, customerServiceId: _service, formerCustomer: _former, ...sim }: Sim): Sim {
  const naming = [
    ...(sim.label === undefined ? [] : (['label'] as const)),
    ...(sim.tags.length > 0 ? (['tags'] as const) : []),
  ];
  return customerId === undefined || naming.length === 0 ? sim : { ...sim, formerCustomer: { customerId, naming } };
}

/**
 * A SIM that comes to a customer. Label and tags of another customer's time are cleared: they may name people and places
 * that are none of this one's business. Those that were given since, or before any customer, stay.
 */
export function comeToCustomer({ formerCustomer, ...sim }: Sim, customerId: string): Sim {
  const foreign = formerCustomer && formerCustomer.customerId !== customerId ? formerCustomer.naming : [];
  const { label: _label, ...unlabelled } = sim;
  return { ...(foreign.includes('label') ? unlabelled : sim), ...(foreign.includes('tags') ? { tags: [] } : {}) };
}

/** Gives a SIM a label and tags; `null` takes them away, what is left out stays. */
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
