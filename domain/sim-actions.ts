import type { Customer } from './customer.ts';
import { laterOf } from './moment.ts';
import { ACTIVATION_DEADLINE_MS } from './retry-policies.ts';
import type { CustomerService, PartnerService } from './service.ts';
import { type Bar, comeToCustomer, leaveCustomer, NOT_ACTIVATED, type Sim, type SimState } from './sim.ts';
import { covers, type Tariff } from './tariff.ts';
import type { Problem } from './verdict.ts';

/** What can be asked of SIMs, one or a hundred thousand at a time. */
export const simActions = ['migrate', 'assign', 'unassign', 'activate', 'suspend', 'resume', 'terminate'] as const;

export type SimAction = (typeof simActions)[number];

/** Why a SIM cannot do as asked. */
export const simProblemCodes = [
  'in_holding',
  'holding_target',
  'not_assigned',
  'already_assigned',
  'wrong_state',
  'tariff_mismatch',
  'service_of_other_customer',
  'operator_refused',
  'operator_unavailable',
  'conflict',
  'not_found',
] as const;

export type SimProblemCode = (typeof simProblemCodes)[number];

export type SimProblem = Problem<SimProblemCode>;

/**
 * An action with what it aims at, loaded. A target is `undefined` when it is no longer there: a SIM that the action is
 * allowed for is then refused `not_found`.
 */
export type SimRequest =
  | { action: 'migrate'; partnerServiceId: string; partnerService: WithTariff<PartnerService> | undefined }
  | {
      action: 'assign';
      customerId: string;
      customerServiceId: string;
      customer: Pick<Customer, 'id'> | undefined;
      customerService: WithTariff<CustomerService> | undefined;
    }
  /** From `until` on it puts no bar on any more. */
  | { action: 'suspend'; reason: string; until?: string | undefined }
  /** Takes off a bar of this reason only, when there is one given. */
  | { action: 'resume'; reason?: string | undefined }
  | { action: 'unassign' | 'activate' | 'terminate' };

type WithTariff<Service> = { service: Service; tariff: Pick<Tariff, 'id' | 'operatorIds'> | undefined };

export type Decision =
  | { kind: 'change'; sim: Sim }
  /** The SIM is already as asked: it counts as succeeded, and nothing is written. */
  | { kind: 'unchanged' }
  | { kind: 'refused'; problem: SimProblem };

/** The reason of a bar that a suspension without a reason puts on. */
export const SUSPENDED_ON_REQUEST = 'suspended_on_request';

/** The reason of a bar that an alarm puts on; it comes off when the next period begins. */
export const ALLOWANCE_EXCEEDED = 'allowance_exceeded';

/**
 * The actions that a SIM's state allows, first the one that carries it onwards. The partner guide's order is in here:
 * migrate out of holding before anything else, assign before activate.
 */
const allowedIn: Record<SimState, readonly SimAction[]> = {
  in_holding: ['migrate'],
  in_stock: ['assign', 'migrate'],
  assigned: ['activate', 'unassign', 'migrate'],
  activating: [],
  active: ['suspend', 'terminate', 'assign'],
  suspended: ['resume', 'unassign', 'terminate'],
  terminated: [],
};

/** What the rules allow for this SIM now. A target may still be refused: a tariff, another customer's service. */
export function nextActions(sim: Pick<Sim, 'state'>): readonly SimAction[] {
  return allowedIn[sim.state];
}

/**
 * The one place that says what an action does to a SIM: the bulk action, the workflow, the dry run and `nextActions`
 * all ask here. For an activation, a change is the SIM in `activating`; the operator's word ends it
 * (`confirmActivation`, `revertActivation`).
 */
export function decide(sim: Sim, request: SimRequest, at: string): Decision {
  switch (request.action) {
    case 'migrate':
      return migrate(sim, request, at);
    case 'assign':
      return assign(sim, request, at);
    case 'unassign':
      return unassign(sim, at);
    case 'activate':
      return sim.state === 'active'
        ? unchanged
        : step(sim, 'activate', () => changed(sim, at, { state: 'activating' }));
    case 'suspend':
      return sim.state === 'suspended' || (request.until !== undefined && at >= request.until)
        ? unchanged
        : step(sim, 'suspend', () => changed(sim, at, { state: 'suspended', bars: [dataBar(request.reason, at)] }));
    case 'resume':
      return sim.state === 'active' || !hasBarOf(sim, request.reason)
        ? unchanged
        : step(sim, 'resume', () => changed(sim, at, { state: 'active', bars: [] }));
    case 'terminate':
      return sim.state === 'terminated'
        ? unchanged
        : step(sim, 'terminate', () => changed(sim, at, { state: 'terminated', bars: [dataBar('terminated', at)] }));
  }
}

/** A SIM leaves holding, or moves in stock or when assigned, to a real partner service whose tariff covers its operator. */
function migrate(sim: Sim, request: Extract<SimRequest, { action: 'migrate' }>, at: string): Decision {
  const target = request.partnerService;
  if (!target) {
    return refused('not_found', `Partner service ${request.partnerServiceId} is not there.`);
  }
  if (target.service.holding) {
    return refused('holding_target', 'A holding service is where SIMs arrive: migrate to a service of your own.');
  }
  if (sim.partnerServiceId === target.service.id && sim.state !== 'terminated') {
    return unchanged;
  }
  return step(sim, 'migrate', () => {
    if (!target.tariff || !covers(target.tariff, sim.operatorId)) {
      return refusedByTariff(target.service.name, sim);
    }
    return changed(sim, at, {
      partnerServiceId: target.service.id,
      state: sim.state === 'in_holding' ? 'in_stock' : sim.state,
    });
  });
}

/**
 * A SIM in stock goes to a customer with one of that customer's services; an active one may change to another service
 * of the same customer.
 */
function assign(sim: Sim, request: Extract<SimRequest, { action: 'assign' }>, at: string): Decision {
  const { customer, customerService } = request;
  if (sim.state === 'in_holding' || sim.state === 'terminated') {
    return refused(...stateProblem(sim, 'assign'));
  }
  if (!customer) {
    return refused('not_found', `Customer ${request.customerId} is not there.`);
  }
  if (!customerService) {
    return refused('not_found', `Customer service ${request.customerServiceId} is not there.`);
  }
  if (customerService.service.customerId !== customer.id) {
    return refused(
      'service_of_other_customer',
      `Customer service ${customerService.service.id} belongs to customer ${customerService.service.customerId}.`,
    );
  }
  if (sim.customerId !== undefined && sim.customerId !== customer.id) {
    return refused('already_assigned', `The SIM belongs to customer ${sim.customerId}: unassign it first.`);
  }
  if (sim.customerServiceId === customerService.service.id) {
    return unchanged;
  }
  return step(sim, 'assign', () => {
    if (!customerService.tariff || !covers(customerService.tariff, sim.operatorId)) {
      return refusedByTariff(customerService.service.name, sim);
    }
    return changed(comeToCustomer(sim, customer.id), at, {
      state: sim.state === 'in_stock' ? 'assigned' : sim.state,
      customerId: customer.id,
      customerServiceId: customerService.service.id,
    });
  });
}

/** The SIM goes back to stock, barred. One that has no customer is already as asked. */
function unassign(sim: Sim, at: string): Decision {
  if (sim.state === 'in_stock') {
    return unchanged;
  }
  return step(sim, 'unassign', () => {
    return changed(leaveCustomer(sim), at, { state: 'in_stock', bars: [dataBar(NOT_ACTIVATED, at)] });
  });
}

/** The operator confirmed: the bars are off. Believed as well after the deadline, when the SIM is back in `assigned`. */
export function confirmActivation(sim: Sim, at: string): Sim | undefined {
  return sim.state === 'activating' || sim.state === 'assigned'
    ? withChange(sim, at, { state: 'active', bars: [] })
    : undefined;
}

/**
 * Whether an operator that was asked about a SIM at `askedAt`, and did not confirm its activation, has had its time: seven days from
 * the moment at which the SIM became `activating`, however late in its operation that was.
 *
 * @param operationStart counts for a SIM that is no longer `activating`, because an attempt crashed before it recorded a result
 */
export function isConfirmationOverdue(
  sim: Pick<Sim, 'state' | 'stateChangedAt'>,
  operationStart: string,
  askedAt: Date,
): boolean {
  const since = sim.state === 'activating' ? sim.stateChangedAt : operationStart;
  return askedAt.getTime() > Date.parse(since) + ACTIVATION_DEADLINE_MS;
}

/** The operator refused, or did not confirm by the deadline: the SIM is `assigned` again, its bar still on. */
export function revertActivation(sim: Sim, at: string): Sim | undefined {
  return sim.state === 'activating' ? withChange(sim, at, { state: 'assigned' }) : undefined;
}

/** Whether data flows: a SIM is active exactly when it has no bars. */
export function isBarred(sim: Pick<Sim, 'bars'>): boolean {
  return sim.bars.length > 0;
}

/** Whether a bar of this reason is on; any one, when there is no reason given. */
function hasBarOf({ bars }: Pick<Sim, 'bars'>, reason: string | undefined): boolean {
  return reason === undefined || bars.some((bar) => bar.reason === reason);
}

const unchanged: Decision = { kind: 'unchanged' };

function refused(code: SimProblemCode, detail: string): Decision {
  return { kind: 'refused', problem: { code, detail } };
}

function refusedByTariff(serviceName: string, sim: Sim): Decision {
  return refused('tariff_mismatch', `The tariff of "${serviceName}" does not cover SIMs of ${sim.operatorId}.`);
}

/** Takes the step when the SIM's state allows the action, and refuses it with the reason otherwise. */
function step(sim: Sim, action: SimAction, take: () => Decision): Decision {
  return allowedIn[sim.state].includes(action) ? take() : refused(...stateProblem(sim, action));
}

function stateProblem(sim: Sim, action: SimAction): [SimProblemCode, string] {
  if (sim.state === 'in_holding') {
    return ['in_holding', 'The SIM is in the holding service. Migrate it to a partner service first.'];
  }
  if (sim.state === 'in_stock' && action === 'activate') {
    return ['not_assigned', 'The SIM has no customer. Assign it to a customer service first.'];
  }
  if (sim.state === 'assigned' && action === 'assign') {
    return ['already_assigned', `The SIM is on customer service ${sim.customerServiceId}. Unassign it first.`];
  }
  const allowed = allowedIn[sim.state];
  const now = allowed.length > 0 ? `Allowed actions: ${allowed.join(', ')}.` : 'No action is currently allowed.';
  return ['wrong_state', `Cannot ${action} a SIM in state ${sim.state}. ${now}`];
}

function changed(sim: Sim, at: string, change: Partial<Sim>): Decision {
  return { kind: 'change', sim: withChange(sim, at, change) };
}

/** A change of a SIM; one that was begun before another one, and comes after it, is not told as the earlier. */
function withChange(sim: Sim, at: string, change: Partial<Sim>): Sim {
  const state = change.state ?? sim.state;
  const when = laterOf(sim.updatedAt, at);
  return {
    ...sim,
    ...change,
    state,
    stateChangedAt: state === sim.state ? sim.stateChangedAt : when,
    updatedAt: when,
    version: sim.version + 1,
  };
}

function dataBar(reason: string, since: string): Bar {
  return { type: 'data', reason, since };
}

/** As `decide`, for a SIM that may not be there. */
export function decideIfThere(sim: Sim | undefined, request: SimRequest, at: string): Decision {
  return sim ? decide(sim, request, at) : refused('not_found', 'The SIM does not exist.');
}
