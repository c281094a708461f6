import {
  type ActionRequest,
  type Behaviour,
  isAlreadyDone,
  isOperatorChange,
  labelled,
  type Model,
  type OperatorChange,
  refusals,
  type Sim,
} from './model.ts';

/* The possible outcomes of an action on a SIM, and the SIM after each. Like the model, this imports nothing from the product. */

export type PossibleOutcome = { outcome: string; sim: Sim };

/** What the staff have reported about a SIM, if they change it: nothing yet, or the operator's answer. */
export type ByHand = 'open' | 'changed' | 'refused';

/**
 * The possible outcomes of an action on a SIM: `succeeded` or a code, and the resulting SIM.
 *
 * @param byHand undefined when the operator changes the SIM over its API.
 */
export function possibleOutcomes(
  model: Model,
  sim: Sim,
  request: ActionRequest,
  behaviours: readonly Behaviour[],
  byHand?: ByHand,
): PossibleOutcome[] {
  return possibleSims(sim).flatMap((now) => {
    const codes = refusals(model, now, request);
    const refused = codes.map((outcome) => ({ outcome, sim: now }));
    if (isAlreadyDone(model, now, request)) {
      // The contract allows both for a terminated SIM: it accepts no action, and it is already terminated.
      return [{ outcome: 'succeeded', sim: now }, ...(now.state === 'terminated' ? refused : [])];
    }
    if (codes.length > 0) {
      return refused;
    }
    const { action } = request;
    const after = afterChange(now, request);
    if (!isOperatorChange(action, now)) {
      return [{ outcome: 'succeeded', sim: after }];
    }
    return byHand
      ? outcomesByHand(now, after, action, byHand)
      : behaviours.flatMap((behaviour) => operatorOutcomes(now, after, action, behaviour));
  });
}

/** The possible states of a SIM now: one that awaits a late confirmation may have changed. */
export function possibleSims(sim: Sim): Sim[] {
  return [
    sim,
    ...(sim.late === undefined ? [] : [afterChange(sim, { action: sim.late })]),
    ...(sim.mayEnd ? [ended(sim)] : []),
  ];
}

/** Whether a late confirmation may change the SIM at any time. */
export const mayChange = ({ late, mayEnd }: Sim) => late !== undefined || mayEnd === true;

/** Whether the operator may have another status for the SIM, because it did not answer, or because it does not have the SIM. */
export const mayDiffer = (sim: Sim): boolean => sim.unsure || sim.unlisted === true || mayChange(sim);

/** A SIM that an operation has changed: only a late termination still counts. */
function changed({ late: _late, ...sim }: Sim): Sim {
  return { ...sim, isChanged: true };
}

/** A SIM that has been terminated. */
export function ended(sim: Sim): Sim {
  const { mayEnd: _mayEnd, ...rest } = changed(sim);
  return { ...rest, state: 'terminated' };
}

/** A SIM whose operator has not confirmed a change by the deadline: as before, but the change may still come. */
function unconfirmed(sim: Sim, action: OperatorChange): Sim {
  const before: Sim = { ...changed(sim), unsure: true };
  return action === 'terminate' ? { ...before, mayEnd: true } : { ...before, late: action };
}

function afterChange(sim: Sim, { action, stock, customer, service, label = null }: ActionRequest): Sim {
  const after = changed(sim);
  switch (action) {
    case 'label':
      // A late confirmation is still accepted.
      return labelled(sim, label);
    case 'migrate':
      return { ...after, ...(stock && { stock }), state: sim.state === 'in_holding' ? 'in_stock' : sim.state };
    case 'assign': {
      const state = sim.state === 'in_stock' ? 'assigned' : sim.state;
      const { labelOf, ...kept } = after;
      if (sim.customer !== customer) {
        delete kept.replaces;
      }
      if (labelOf !== undefined && labelOf !== customer) {
        delete kept.label;
      }
      return { ...kept, ...(customer && { customer }), ...(service && { service }), state };
    }
    case 'unassign': {
      const { customer: left, service: _service, labelOf: _before, ...rest } = after;
      const labelOf = left !== undefined && rest.label !== undefined ? left : undefined;
      return { ...rest, ...(labelOf === undefined ? {} : { labelOf }), state: 'in_stock' };
    }
    case 'activate':
    case 'resume':
      return { ...after, state: 'active' };
    case 'test':
      return { ...after, state: 'testing' };
    case 'suspend':
      return { ...after, state: 'suspended' };
    case 'terminate':
      return ended(sim);
  }
}

/** The operator's possible outcomes of an allowed change. */
function operatorOutcomes(now: Sim, after: Sim, action: OperatorChange, behaviour: Behaviour): PossibleOutcome[] {
  const isActivation = action === 'activate';
  // Most operators take both for the same request, and do not refuse a SIM that they have activated already.
  const isAsActivation = isActivation || action === 'test';
  const delayDays = isAsActivation ? behaviour.delayDays : behaviour.changeDelayDays;
  const refuses = isAsActivation ? behaviour.refuses : behaviour.refusesChanges;
  const isRefused = refuses.includes(now.iccid) && !(isActivation && now.state === 'testing');
  // A SIM is marked before the activation is requested, and while another change takes time.
  const mayBeMarked = isActivation || delayDays > 0 || now.unsure;
  const before = [...(isActivation ? [] : [now]), ...(mayBeMarked ? [changed(now)] : [])];
  const refused = before.map((sim) => ({ outcome: 'operator_refused', sim }));
  // Without an answer to the request, the operator may have acted.
  const silent = isActivation ? [] : [{ outcome: 'operator_unavailable', sim: { ...now, unsure: true } }];
  const late = { outcome: 'operator_unavailable', sim: unconfirmed(now, action) };
  const fails = behaviour.failureRate > 0;
  if (now.unlisted) {
    return [...refused, ...(fails ? [...silent, late] : [])];
  }
  return [
    ...(!isRefused || now.unsure ? [{ outcome: 'succeeded', sim: after }] : []),
    ...(isRefused || now.unsure ? refused : []),
    ...(fails ? silent : []),
    // On a busy machine the operator receives a request days later, and its own delay comes on top.
    ...((fails && isActivation) || delayDays > 0 || now.unsure ? [late] : []),
    // The operator has terminated the SIM meanwhile.
    ...(now.mayEnd ? [...refused, { outcome: 'operator_refused', sim: ended(now) }] : []),
  ];
}

/** The possible outcomes of a change that the staff make. On a busy machine, the deadline may pass before they report it. */
function outcomesByHand(now: Sim, after: Sim, action: OperatorChange, byHand: ByHand): PossibleOutcome[] {
  const late = { outcome: 'operator_unavailable', sim: unconfirmed(now, action) };
  switch (byHand) {
    case 'open':
      return [late];
    case 'refused':
      return [{ outcome: 'operator_refused', sim: changed(now) }, late];
    case 'changed':
      // The sandbox operator, which may change the SIM later, does not know of it.
      return [{ outcome: 'succeeded', sim: { ...after, unsure: true } }, late];
  }
}
