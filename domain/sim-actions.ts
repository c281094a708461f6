import { activated, inTest, suspended, terminated, unassigned, withChange } from './changed-sim.ts';
import type { Customer } from './customer.ts';
import type { CustomerId, CustomerServiceId, OperationId, OperatorId, PartnerServiceId } from './ids.ts';
import { canBeReplaced } from './replacement.ts';
import type { CustomerService, PartnerService } from './service.ts';
import { uncoveredBy } from './service-tariffs.ts';
import {
  attachCustomer,
  hasSameNaming,
  type NamingChange,
  type PendingChange,
  relabel,
  type Sim,
  type SimState,
} from './sim.ts';
import { namingProblem } from './sim-labels.ts';
import type { Tariff } from './tariff.ts';
import type { Problem } from './verdict.ts';

/** The actions on SIMs that their state allows or refuses. */
export const simActions = [
  'migrate',
  'assign',
  'unassign',
  'activate',
  'test',
  'suspend',
  'resume',
  'terminate',
] as const;

export type SimAction = (typeof simActions)[number];

/** The actions of operations. Labels, tags and fields can be changed in any state. */
export const operationActions = [...simActions, 'label', 'replace'] as const;

export type OperationAction = (typeof operationActions)[number];

/** The actions that `nextActions` can list. */
export const nextActionNames = [...simActions, 'replace'] as const;

export type NextAction = (typeof nextActionNames)[number];

/** Why an action on a SIM fails. */
export const simProblemCodes = [
  'in_holding',
  'holding_target',
  'not_assigned',
  'already_assigned',
  'wrong_state',
  'tariff_mismatch',
  'wrong_operator',
  'service_of_other_customer',
  'operator_refused',
  'operator_unavailable',
  'conflict',
  'not_found',
  'limit_exceeded',
] as const;

export type SimProblemCode = (typeof simProblemCodes)[number];

export type SimProblem = Problem<SimProblemCode>;

/**
 * An action with its targets. A target that no longer exists is `undefined`; the action is then refused with `not_found`
 * unless the SIM's state refuses it first.
 */
export type SimRequest =
  | { action: 'migrate'; partnerServiceId: PartnerServiceId; partnerService: WithTariff<PartnerService> | undefined }
  | {
      action: 'assign';
      customerId: CustomerId;
      customerServiceId: CustomerServiceId;
      customer: Pick<Customer, 'id'> | undefined;
      customerService: WithTariff<CustomerService> | undefined;
    }
  /** Sets no bar from `until` on. */
  | { action: 'suspend'; reason: string; until?: string | undefined }
  /** With a reason, removes only bars with that reason. */
  | { action: 'resume'; reason?: string | undefined }
  | { action: 'label'; change: NamingChange }
  | { action: 'test'; testOperators: TestOperators }
  | { action: 'unassign' | 'activate' | 'terminate' };

/** The operators with a test status. */
export type TestOperators = ReadonlySet<OperatorId>;

type WithTariff<Service> = {
  service: Service;
  tariff: Pick<Tariff, 'id' | 'operatorIds'> | undefined;
  nextTariff?: Pick<Tariff, 'id' | 'operatorIds'> | undefined;
};

export type Decision =
  | { kind: 'change'; sim: Sim }
  /** The SIM is already in the requested state. It counts as succeeded, and nothing is written. */
  | { kind: 'unchanged' }
  | { kind: 'refused'; problem: SimProblem };

/** The reason of a bar that a suspension without a reason sets. */
export const SUSPENDED_ON_REQUEST = 'suspended_on_request';

/** The reason of a bar that an alarm sets. The bar is removed when the next period begins. */
export const ALLOWANCE_EXCEEDED = 'allowance_exceeded';

/**
 * The actions that each state allows, the usual next one first. This enforces the order of the partner guide: migrate out of
 * holding before anything else, assign before activate.
 */
const allowedIn: Record<SimState, readonly SimAction[]> = {
  in_holding: ['migrate', 'terminate'],
  in_stock: ['assign', 'migrate', 'terminate'],
  assigned: ['activate', 'test', 'unassign', 'migrate', 'terminate'],
  activating: [],
  testing: ['activate', 'suspend', 'unassign', 'terminate', 'migrate'],
  active: ['suspend', 'terminate', 'assign', 'migrate', 'unassign'],
  suspended: ['resume', 'unassign', 'terminate', 'migrate'],
  terminated: [],
};

/**
 * The actions that the SIM's state and operator allow; none while a change is pending at the operator, and no second replacement
 * while one is running. A target can still be refused because of its tariff or customer.
 *
 * @param facts the operators with a test status, and the replacements that are running.
 */
export function nextActions(
  sim: Pick<Sim, 'state' | 'pendingChange' | 'operatorId' | 'replacing'>,
  { testOperators, running }: { testOperators: TestOperators; running: ReadonlySet<OperationId> },
): readonly NextAction[] {
  if (sim.pendingChange) {
    return [];
  }
  const ofState = allowedIn[sim.state];
  const allowed = testOperators.has(sim.operatorId) ? ofState : withoutTest(ofState);
  const isBeingReplaced = sim.replacing !== undefined && running.has(sim.replacing.operationId);
  return canBeReplaced(sim) && !isBeingReplaced ? [...allowed, 'replace'] : allowed;
}

const withoutTest = (actions: readonly SimAction[]) => actions.filter((action) => action !== 'test');

/**
 * Decides what an action does to a SIM, for bulk actions, the workflow and dry runs alike. An activation changes an assigned SIM
 * to `activating`; the operator's answer then ends it. A change that its operator has already made is decided in the same way.
 */
export function decide(sim: Sim, request: SimRequest, at: string): Decision {
  if (request.action === 'label') {
    return label(sim, request.change, at);
  }
  if (sim.pendingChange) {
    return refused(...pendingProblem(sim.pendingChange));
  }
  switch (request.action) {
    case 'migrate':
      return migrate(sim, request, at);
    case 'assign':
      return assign(sim, request, at);
    case 'unassign':
      return unassign(sim, at);
    case 'activate':
      return activate(sim, at);
    case 'test':
      return test(sim, request.testOperators, at);
    case 'suspend':
      return sim.state === 'suspended' || hasEnded(request, at)
        ? unchanged
        : step(sim, 'suspend', () => ({ kind: 'change', sim: suspended(sim, request.reason, at) }));
    case 'resume':
      return sim.state === 'active' || !hasBarOf(sim, request.reason)
        ? unchanged
        : step(sim, 'resume', () => ({ kind: 'change', sim: activated(sim, at) }));
    case 'terminate':
      return sim.state === 'terminated'
        ? unchanged
        : step(sim, 'terminate', () => ({ kind: 'change', sim: terminated(sim, at) }));
  }
}

/** Whether a suspension is no longer wanted at a time: an alarm suspends until the next period. */
export function hasEnded({ until }: { until?: string | undefined }, at: string): boolean {
  return until !== undefined && at >= until;
}

/** The reason of the bar that a suspension sets. */
export function barReason({ reason = SUSPENDED_ON_REQUEST }: { reason?: string | undefined }): string {
  return reason;
}

/** Moves a SIM to a partner service whose tariff covers its operator. Its state and customer stay; from holding it comes in stock. */
function migrate(sim: Sim, request: Extract<SimRequest, { action: 'migrate' }>, at: string): Decision {
  const target = request.partnerService;
  if (!target) {
    return refused('not_found', `There is no partner service ${request.partnerServiceId}.`);
  }
  if (target.service.holding) {
    return refused(
      'holding_target',
      'SIMs cannot be migrated to a holding service. Choose one of your own partner services.',
    );
  }
  if (sim.partnerServiceId === target.service.id && sim.state !== 'terminated') {
    return unchanged;
  }
  return step(sim, 'migrate', () => {
    const uncovered = uncoveredBy(target, operatorOf(sim));
    if (uncovered !== undefined) {
      return refused('tariff_mismatch', uncovered);
    }
    return changed(sim, at, {
      partnerServiceId: target.service.id,
      state: sim.state === 'in_holding' ? 'in_stock' : sim.state,
    });
  });
}

/**
 * Assigns a SIM in stock to a customer and one of its services, or moves an active SIM to another service of the same
 * customer.
 */
function assign(sim: Sim, request: Extract<SimRequest, { action: 'assign' }>, at: string): Decision {
  const { customer, customerService } = request;
  if (sim.state === 'in_holding' || sim.state === 'terminated') {
    return refused(...stateProblem(sim, 'assign'));
  }
  if (!customer) {
    return refused('not_found', `There is no customer ${request.customerId}.`);
  }
  if (!customerService) {
    return refused('not_found', `There is no customer service ${request.customerServiceId}.`);
  }
  if (customerService.service.customerId !== customer.id) {
    return refused(
      'service_of_other_customer',
      `Customer service ${customerService.service.id} belongs to customer ${customerService.service.customerId}.`,
    );
  }
  if (sim.customerId !== undefined && sim.customerId !== customer.id) {
    return refused('already_assigned', `The SIM belongs to customer ${sim.customerId}. Unassign it first.`);
  }
  if (sim.customerServiceId === customerService.service.id) {
    return unchanged;
  }
  return step(sim, 'assign', () => {
    const uncovered = uncoveredBy(customerService, operatorOf(sim));
    if (uncovered !== undefined) {
      return refused('tariff_mismatch', uncovered);
    }
    return changed(attachCustomer(sim, customer.id), at, {
      state: sim.state === 'in_stock' ? 'assigned' : sim.state,
      customerId: customer.id,
      customerServiceId: customerService.service.id,
    });
  });
}

/** Changes the label, tags and fields of a SIM, in any state and while a change is pending at the operator. */
function label(sim: Sim, change: NamingChange, at: string): Decision {
  const after = relabel(sim, change, at);
  if (hasSameNaming(sim, after)) {
    return unchanged;
  }
  const problem = namingProblem(after, change);
  return problem ? { kind: 'refused', problem } : { kind: 'change', sim: after };
}

/** Returns a SIM to stock, barred. A SIM in stock is unchanged. The operator bars an active SIM, or one in test status, first. */
function unassign(sim: Sim, at: string): Decision {
  return sim.state === 'in_stock'
    ? unchanged
    : step(sim, 'unassign', () => ({ kind: 'change', sim: unassigned(sim, at) }));
}

/** Activates an assigned SIM, or one in test status, which has no bars already. An active SIM is unchanged. */
function activate(sim: Sim, at: string): Decision {
  return sim.state === 'active'
    ? unchanged
    : step(sim, 'activate', () =>
        sim.state === 'testing'
          ? { kind: 'change', sim: activated(sim, at) }
          : changed(sim, at, { state: 'activating' }),
      );
}

/** Puts an assigned SIM into test status, at the operators that have one. A SIM in test status is unchanged. */
function test(sim: Sim, testOperators: TestOperators, at: string): Decision {
  if (sim.state === 'testing') {
    return unchanged;
  }
  return testOperators.has(sim.operatorId)
    ? step(sim, 'test', () => ({ kind: 'change', sim: inTest(sim, at) }))
    : refused('wrong_operator', `SIMs of ${sim.operatorId} have no test status. Activate the SIM instead.`);
}

/** Whether the SIM has a bar with this reason; always true without a reason. */
function hasBarOf({ bars }: Pick<Sim, 'bars'>, reason: string | undefined): boolean {
  return reason === undefined || bars.some((bar) => bar.reason === reason);
}

const unchanged: Decision = { kind: 'unchanged' };

function refused(code: SimProblemCode, detail: string): Decision {
  return { kind: 'refused', problem: { code, detail } };
}

const operatorOf = ({ operatorId }: Sim) => ({ id: operatorId, name: operatorId });

/** Takes the step if the SIM's state allows the action; otherwise refuses it. */
function step(sim: Sim, action: SimAction, take: () => Decision): Decision {
  return allowedIn[sim.state].includes(action) ? take() : refused(...stateProblem(sim, action));
}

function pendingProblem({ action, since, operationId }: PendingChange): [SimProblemCode, string] {
  return [
    'wrong_state',
    `Operation ${operationId} asked the operator at ${since} to ${action} the SIM. Wait until the operator has answered.`,
  ];
}

function stateProblem(sim: Sim, action: SimAction): [SimProblemCode, string] {
  if (sim.state === 'in_holding') {
    return ['in_holding', 'The SIM is in the holding service. Migrate it to a partner service first.'];
  }
  if (sim.state === 'in_stock' && (action === 'activate' || action === 'test')) {
    return ['not_assigned', 'The SIM has no customer. Assign it to a customer service first.'];
  }
  if (sim.state === 'assigned' && action === 'assign') {
    return ['already_assigned', `The SIM is on customer service ${sim.customerServiceId}. Unassign it first.`];
  }
  const allowed = withoutTest(allowedIn[sim.state]);
  const now = allowed.length > 0 ? `Allowed actions: ${allowed.join(', ')}.` : 'No action is currently allowed.';
  return ['wrong_state', `Cannot ${action} a SIM in state ${sim.state}. ${now}`];
}

function changed(sim: Sim, at: string, change: Partial<Sim>): Decision {
  return { kind: 'change', sim: withChange(sim, at, change) };
}

/** Like `decide`, for a SIM that may not exist. */
export function decideOrNotFound(sim: Sim | undefined, request: SimRequest, at: string): Decision {
  return sim ? decide(sim, request, at) : refused('not_found', 'The SIM does not exist.');
}
