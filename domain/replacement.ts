import type { Iccid } from './iccid.ts';
import type { CustomerId, CustomerServiceId, OperationId } from './ids.ts';
import type { Operation } from './operation.ts';
import type { Sim } from './sim.ts';
import type { Problem } from './verdict.ts';

/*
 * A SIM replaces another one: it takes over the customer, the service, the label, tags and fields, is activated if the other one was
 * active, and then the other one is terminated. Each step is an operation of its own that the replacement's operation runs.
 */

/** Why a SIM is replaced. */
export const replacementReasons = ['lost', 'stolen', 'faulty', 'other'] as const;

/** The two SIMs of a replacement, and what the new one takes over. */
export type Replacement = {
  /** The SIM that is replaced. */
  iccid: Iccid;
  by: Iccid;
  customerId: CustomerId;
  customerServiceId: CustomerServiceId;
  activates: boolean;
};

/** On both SIMs of a replacement, from its request on: the operation, the other SIM, and whether the new one is to be activated. */
export type ReplacementClaim = { operationId: OperationId; with: Iccid; activates: boolean };

/** The steps of a replacement, in their order. The last one cannot be undone. */
const replacementSteps = ['assign', 'label', 'activate', 'terminate'] as const;

export type ReplacementStep = (typeof replacementSteps)[number];

/** The steps of a replacement: the new SIM is only activated if the old one was active. */
export function stepsOfReplacement({ activates }: Pick<Replacement, 'activates'>): ReplacementStep[] {
  return replacementSteps.filter((step) => step !== 'activate' || activates);
}

/** The SIM that a step changes. */
export function simOfStep({ iccid, by }: Pick<Replacement, 'iccid' | 'by'>, step: ReplacementStep): Iccid {
  return step === 'terminate' ? iccid : by;
}

/** Whether a state permits to replace the SIM: it has a customer and is in use, and no change is pending at its operator. */
export function canBeReplaced({ state, pendingChange }: Pick<Sim, 'state' | 'pendingChange'>): boolean {
  return !pendingChange && ['assigned', 'testing', 'active', 'suspended'].includes(state);
}

/**
 * What a replacement of one SIM by another takes over, or why their states forbid it. A replacement that stopped can be requested
 * again, and continues where it stopped: then the new SIM is already the customer's, and the old one may be terminated.
 */
export function planReplacement(old: Sim, by: Sim): Replacement | Problem<'wrong_state'> {
  const isContinued = old.replacing?.with === by.iccid && by.replacing?.with === old.iccid;
  const { customerId, customerServiceId } = old;
  const isReplaceable = canBeReplaced(old) || (isContinued && old.state === 'terminated');
  if (!isReplaceable || customerId === undefined || customerServiceId === undefined) {
    const detail = `SIM ${old.iccid} is ${stateText(old)}. Only SIMs that are assigned, testing, active or suspended can be replaced.`;
    return { code: 'wrong_state', detail };
  }
  const isTakenOver = isContinued && canBeReplaced(by) && by.customerId === customerId;
  if (!(by.state === 'in_stock' && !by.pendingChange) && !isTakenOver) {
    return { code: 'wrong_state', detail: `SIM ${by.iccid} is ${stateText(by)}. A replacement must be in stock.` };
  }
  const activates = old.state === 'active' || (isContinued && old.replacing?.activates === true);
  return { iccid: old.iccid, by: by.iccid, customerId, customerServiceId, activates };
}

/**
 * Why a replacement ends before a step: one of its SIMs has left the customer since the request, so that the step would label, activate or
 * terminate a SIM that is no longer meant, or the new SIM is not as the steps before left it.
 */
export function interruption(
  { iccid, by, customerId, activates }: Replacement,
  step: ReplacementStep,
  sims: { old?: Sim; by?: Sim },
): Problem<'conflict'> | undefined {
  const conflict = (detail: string) => ({ code: 'conflict', detail }) as const;
  if (sims.old?.customerId !== customerId) {
    return conflict(`SIM ${iccid} no longer belongs to customer ${customerId}. It was not replaced.`);
  }
  if (step === 'assign') {
    return undefined;
  }
  const { state } = sims.by ?? {};
  if (sims.by?.customerId !== customerId || state === 'terminated') {
    return conflict(
      `SIM ${by} no longer belongs to customer ${customerId}, or is terminated. SIM ${iccid} was not replaced.`,
    );
  }
  return step === 'terminate' && activates && state !== 'active' && state !== 'suspended'
    ? conflict(`SIM ${by} is ${state} again. SIM ${iccid} was not terminated.`)
    : undefined;
}

const stateText = ({ state, pendingChange }: Sim) =>
  pendingChange ? `${state}, and its operator has been asked to ${pendingChange.action} it` : state;

/** The operation after which a replacement cannot be cancelled: its last step starts. `undefined` when it was cancelled before. */
export function startLastStep<Stored extends Operation>(operation: Stored, at: string): Stored | undefined {
  return operation.cancelRequestedAt === undefined ? { ...operation, isFinal: true, updatedAt: at } : undefined;
}

/** The SIMs after a replacement, each without its claim. The version grows. */
export function replacedPair<Stored extends Sim>(old: Stored, by: Stored, at: string): { old: Stored; by: Stored } {
  const done = ({ replacing: _claim, ...sim }: Stored, marks: Partial<Sim>) =>
    // Safe: the removed field is optional in every SIM.
    ({ ...sim, ...marks, updatedAt: sim.updatedAt > at ? sim.updatedAt : at, version: sim.version + 1 }) as Stored;
  return { old: done(old, { replacedBy: by.iccid }), by: done(by, { replaces: old.iccid }) };
}

/** The SIM with the claim of a replacement. */
export function claimed<Stored extends Sim>(sim: Stored, replacing: ReplacementClaim, at: string): Stored {
  return { ...sim, replacing, updatedAt: sim.updatedAt > at ? sim.updatedAt : at, version: sim.version + 1 };
}
