/*
 * The contract of SIMs, implemented a second time, independently of domain/: the oracle for the system. It imports nothing from the
 * product. Where the contract leaves a choice (which of several reasons is reported, or whether an unreliable operator has acted), the
 * model allows every choice.
 */

import type { ManualOrder } from './manual-orders.ts';
import type { Replacement, ReplacementMarks } from './replacements.ts';

/** Operators are data: a history creates one of its own. */
export type OperatorId = string;
export type Action = 'migrate' | 'assign' | 'unassign' | 'activate' | 'test' | 'suspend' | 'resume' | 'terminate';
export type State =
  | 'in_holding'
  | 'in_stock'
  | 'assigned'
  | 'activating'
  | 'testing'
  | 'active'
  | 'suspended'
  | 'terminated';

/** The actions allowed in each state: the design's table. */
export const allowedActions: Readonly<Record<State, readonly Action[]>> = {
  in_holding: ['migrate', 'terminate'],
  in_stock: ['assign', 'migrate', 'terminate'],
  assigned: ['activate', 'test', 'unassign', 'migrate', 'terminate'],
  activating: [],
  testing: ['activate', 'suspend', 'unassign', 'terminate', 'migrate'],
  active: ['suspend', 'terminate', 'assign', 'migrate', 'unassign'],
  suspended: ['resume', 'unassign', 'terminate', 'migrate'],
  terminated: [],
};

/** The prefix of the ids of histories' own operators. */
export const OWN_OPERATOR = 'own-';

/** Whether an operator has a test status: one of a new deployment, and the own ones of histories. */
export const hasTestStatus = (operator: OperatorId): boolean =>
  operator === '3ireland' || operator.startsWith(OWN_OPERATOR);

/** The actions that a SIM allows: its `nextActions`. */
export function actionsOf({ state, operator }: Pick<Sim, 'state' | 'operator'>): readonly Action[] {
  return allowedActions[state].filter((action) => action !== 'test' || hasTestStatus(operator));
}

/** Whether a SIM in this state has no bars. */
export const isUnbarred = ({ state }: Pick<Sim, 'state'>): boolean => state === 'active' || state === 'testing';

export type Sim = {
  iccid: string;
  operator: OperatorId;
  /** Absent for imported SIMs. */
  order?: string;
  state: State;
  /** The partner service; undefined in holding. */
  stock?: string;
  customer?: string;
  service?: string;
  label?: string;
  /** The customer at the time of labelling, while the SIM is back in stock. */
  labelOf?: string;
  version: number;
  /** Whether it changed since the last check: only then has its version grown. */
  isChanged: boolean;
  /** Its operator did not confirm this change in time. A late confirmation still makes it, unless the SIM has been changed since. */
  late?: LateChange;
  /** Its operator did not confirm a termination in time. A late confirmation always counts. */
  mayEnd?: boolean;
  /** Its operator did not answer and may have acted: it may refuse the next request. */
  unsure: boolean;
  /** It came from a file, so that the sandbox operator does not know it and refuses every change. */
  unlisted?: boolean;
} & ReplacementMarks;

/** The changes that operators make. */
export type OperatorChange = 'activate' | 'test' | 'suspend' | 'resume' | 'unassign' | 'terminate';
export type LateChange = Exclude<OperatorChange, 'terminate'>;

/** Whether an action on a SIM is a change that the operator makes: it bars an unbarred SIM before it is unassigned. */
export function isOperatorChange(action: ActionRequest['action'], sim: Pick<Sim, 'state'>): action is OperatorChange {
  return (
    ['activate', 'test', 'suspend', 'resume', 'terminate'].includes(action) ||
    (action === 'unassign' && isUnbarred(sim))
  );
}

/** The operator behaviour that affects outcomes of SIMs and orders. For an operator without an API: that of the staff. */
export type Behaviour = {
  rejects: boolean;
  shipFraction: number;
  leadTimeDays: number;
  /** The SIMs whose activation is refused. */
  refuses: readonly string[];
  /** The SIMs whose suspension, resumption and termination are refused, after `changeDelayDays`. */
  refusesChanges: readonly string[];
  /** The days until an activation. */
  delayDays: number;
  /** The days until any other change. */
  changeDelayDays: number;
  failureRate: number;
  repeats: boolean;
};

export const wellBehaved: Behaviour = {
  ...{ rejects: false, shipFraction: 1, leadTimeDays: 0, failureRate: 0, repeats: false },
  ...{ refuses: [], refusesChanges: [], delayDays: 0, changeDelayDays: 0 },
};

export type Plan = {
  partnerServiceId: string;
  customerId?: string;
  customerServiceId?: string;
  activate?: boolean | 'test';
};
export type Stage = 'migrate' | 'assign' | 'activate';

export type Order = {
  id: string;
  operator: OperatorId;
  quantity: number;
  /** How many SIMs the operator ships, and whether it rejects the order: decided at placement. */
  ships: number;
  rejected: boolean;
  plan?: Plan;
  cancelled: 'no' | 'perhaps' | 'yes';
  /** The operator's behaviours since placement while the order is in progress; undefined once it has ended. */
  behaviours?: Behaviour[];
  /** The final state. */
  end?: string;
  /** An order that the platform's staff handle. */
  manual?: ManualOrder;
};

/** Labels can be changed in every state, and are never a next action. */
export type ActionRequest = {
  action: Action | 'label';
  stock?: string;
  customer?: string;
  service?: string;
  label?: string | null;
};

export type Operation = {
  id: string;
  request: ActionRequest;
  state: string;
  succeeded: number;
  failed: readonly string[];
  /** A termination that was confirmed for a wrong number of SIMs, and a step of a replacement, cannot be retried. */
  isFinal: boolean;
};

/** A change that takes its operator, or the staff, days to confirm, while the history continues. */
export type SlowChange = {
  id: string;
  request: ActionRequest & { action: OperatorChange };
  iccids: readonly string[];
  behaviours: Behaviour[];
  cancelled: boolean;
};

export type Model = {
  /** The possible states of each SIM. */
  sims: Map<string, readonly Sim[]>;
  orders: Map<string, Order>;
  operations: Map<string, Operation>;
  replacements: Map<string, Replacement>;
  slowChanges: Map<string, SlowChange>;
  /** Operations scheduled far ahead, and their time. */
  scheduled: Map<string, string>;
  tariffs: ReadonlyMap<string, readonly OperatorId[]>;
  /** Partner services, without the holding services. */
  partnerServices: Map<string, { tariff: string; name: string }>;
  holding: Set<string>;
  customers: Map<string, { name: string; version: number }>;
  services: Map<string, { customer: string; tariff: string; name: string }>;
  deleted: string[];
  /** Deleted partner services. Terminated SIMs keep their ids. */
  deletedStocks: Set<string>;
  operators: Map<OperatorId, Behaviour>;
  /** The order multiple of each operator, for new orders. */
  multiples: Map<OperatorId, number>;
  /** How new orders of the history's own operator are placed. */
  ordering: 'api' | 'manual';
  /** How SIMs of the history's own operator are changed. */
  connectivity: 'api' | 'manual';
  /** By operation: the SIMs that the staff have reported as refused in its tasks. */
  refusedByHand: Map<string, ReadonlySet<string>>;
};

/** Days that an operator may take to confirm a change. */
export const CONFIRM_WITHIN_DAYS = 7;

/** The order multiples of the operators of a new deployment. */
export const guideMultiples: ReadonlyMap<OperatorId, number> = new Map([
  ['3uk', 50],
  ['3ireland', 50],
  ['orange', 50],
  ['a1', 20],
]);

/** Whether an order has not ended. */
export const isUnderWay = ({ end }: Order) => end === undefined;

/** Every reason for a refusal; the system may report any of them. */
export function refusals(model: Model, sim: Sim, { action, stock, customer, service }: ActionRequest): string[] {
  const codes: string[] = [];
  if (action === 'label') {
    return codes;
  }
  if (!allowedActions[sim.state].includes(action)) {
    codes.push(sim.state === 'in_holding' ? 'in_holding' : 'wrong_state');
  }
  if (action === 'migrate') {
    if (model.holding.has(stock ?? '')) {
      codes.push('holding_target');
    } else if (model.deletedStocks.has(stock ?? '')) {
      codes.push('not_found');
    } else if (!covers(model, model.partnerServices.get(stock ?? '')?.tariff, sim.operator)) {
      codes.push('tariff_mismatch');
    }
  }
  if (action === 'assign') {
    const on = model.services.get(service ?? '');
    if (!on || !model.customers.has(customer ?? '')) {
      codes.push('not_found');
    } else {
      if (on.customer !== customer) {
        codes.push('service_of_other_customer');
      }
      if (!covers(model, on.tariff, sim.operator)) {
        codes.push('tariff_mismatch');
      }
    }
    if (sim.customer !== undefined && (sim.customer !== customer || sim.state === 'assigned')) {
      codes.push('already_assigned');
    }
  }
  if ((action === 'activate' || action === 'test') && sim.state === 'in_stock') {
    codes.push('not_assigned');
  }
  if (action === 'test' && !hasTestStatus(sim.operator)) {
    codes.push('wrong_operator');
  }
  return codes;
}

export function isAlreadyDone(
  model: Model,
  sim: Sim,
  { action, stock, customer, service, label = null }: ActionRequest,
): boolean {
  switch (action) {
    case 'label':
      return !labelled({ ...sim, isChanged: false }, label).isChanged;
    case 'migrate':
      return sim.stock !== undefined && sim.stock === stock;
    case 'assign':
      return sim.service !== undefined && sim.service === service && model.services.get(service)?.customer === customer;
    case 'unassign':
      return sim.state === 'in_stock';
    case 'activate':
    case 'resume':
      return sim.state === 'active';
    case 'test':
      return sim.state === 'testing';
    case 'suspend':
      return sim.state === 'suspended';
    case 'terminate':
      return sim.state === 'terminated';
  }
}

export function covers(model: Model, tariff: string | undefined, operator: OperatorId): boolean {
  return model.tariffs.get(tariff ?? '')?.includes(operator) ?? false;
}

/** Every rule that a plan for an order of the operator breaks. */
export function planProblems(model: Model, plan: Plan, operator: OperatorId): string[] {
  const { partnerServiceId, customerId, customerServiceId, activate } = plan;
  const codes: string[] = [];
  if (model.holding.has(partnerServiceId)) {
    codes.push('holding_target');
  } else if (!covers(model, model.partnerServices.get(partnerServiceId)?.tariff, operator)) {
    codes.push('tariff_mismatch');
  }
  if (customerServiceId !== undefined) {
    const service = model.services.get(customerServiceId);
    if (!service || !model.customers.has(customerId ?? '')) {
      codes.push('not_found');
    } else if (service.customer !== customerId) {
      codes.push('service_of_other_customer');
    } else if (!covers(model, service.tariff, operator)) {
      codes.push('tariff_mismatch');
    }
  } else if (activate) {
    codes.push('activate_needs_assign');
  }
  if (activate === 'test' && !hasTestStatus(operator)) {
    codes.push('wrong_operator');
  }
  return codes;
}

export function stagesOf(plan: Plan | undefined): Stage[] {
  if (!plan) {
    return [];
  }
  return [
    'migrate',
    ...(plan.customerServiceId ? ['assign' as const] : []),
    ...(plan.activate ? ['activate' as const] : []),
  ];
}

/** A SIM with another label. It is its partner's own from then on, even if it was a former customer's. */
export function labelled({ label: before, labelOf, ...sim }: Sim, text: string | null): Sim {
  const isSame = (before ?? null) === text && labelOf === undefined;
  return { ...sim, ...(text !== null && { label: text }), isChanged: sim.isChanged || !isSame };
}

export type Filter = {
  state?: State;
  customerId?: string;
  customerServiceId?: string;
  partnerServiceId?: string;
  operatorId?: OperatorId;
  orderId?: string;
  iccidEnds?: string;
  q?: string;
};

export function matches(sim: Sim, filter: Filter): boolean {
  const { q } = filter;
  return (
    (filter.state ?? sim.state) === sim.state &&
    (filter.customerId === undefined || filter.customerId === sim.customer) &&
    (filter.customerServiceId === undefined || filter.customerServiceId === sim.service) &&
    (filter.partnerServiceId === undefined || filter.partnerServiceId === sim.stock) &&
    (filter.operatorId ?? sim.operator) === sim.operator &&
    (filter.orderId ?? sim.order) === sim.order &&
    sim.iccid.endsWith(filter.iccidEnds ?? '') &&
    (q === undefined ||
      sim.iccid.startsWith(q) ||
      (/^[0-9]{4,8}$/.test(q) && sim.iccid.endsWith(q)) ||
      (sim.label?.toLowerCase().startsWith(q.toLowerCase()) ?? false))
  );
}
