import { activated, suspended, terminated } from './changed-sim.ts';
import type { DifferenceId, OperatorId, PartnerId } from './ids.ts';
import { laterOf } from './moment.ts';
import type { SimDetails } from './operator-port.ts';
import type { Sim } from './sim.ts';
import { barsExpected, isUnbarred } from './sim-changes.ts';
import { SYSTEM } from './timeline.ts';
import type { Problem } from './verdict.ts';

/*
 * Differences between a SIM here and at its operator. Operators change SIMs without a request: they reactivate, bar or end them, and
 * give them other numbers.
 */

export const differenceFields = ['state', 'msisdn', 'imsi', 'missing_at_operator'] as const;

export type DifferenceField = (typeof differenceFields)[number];

/** Fields about which a person or a policy decides. Numbers are the operator's: they are taken over. */
export type OpenField = Extract<DifferenceField, 'state' | 'missing_at_operator'>;

export const differenceStates = ['open', 'settled'] as const;

export type DifferenceState = (typeof differenceStates)[number];

/** Whose side is right. */
export const sides = ['ours', 'theirs'] as const;

export type Side = (typeof sides)[number];

/** What was seen: our value, absent if we had none, and the operator's. */
export type Seen = { field: DifferenceField; ours?: string | undefined; theirs: string };

export type Difference = Seen & {
  id: DifferenceId;
  iccid: string;
  partnerId: PartnerId;
  operatorId: OperatorId;
  state: DifferenceState;
  seenAt: string;
  settledAt?: string;
  /** A user, or `system`. */
  settledBy?: string;
  /** Absent when a comparison found that the SIM no longer differs. */
  settledAs?: Side;
};

/** The open differences of a SIM, and what the operator had. Stored with the SIM, so that comparing it reads nothing else. */
export type OpenDifferences = Partial<Record<OpenField, { id: DifferenceId; theirs: string }>>;

/** The operator's status of a SIM that does not exist there. */
const MISSING = 'missing';

/** What a comparison found: differences to decide about, numbers to take over, and numbers that we did not have. */
export type Comparison = {
  seen: (Seen & { field: OpenField })[];
  numbers: (Seen & { field: 'msisdn' | 'imsi' })[];
  added: Partial<Pick<Sim, 'imsi' | 'msisdn' | 'imei'>>;
};

/**
 * Compares a SIM with its operator. A SIM whose bars are being changed, or whose change the operator has not finished, is compared later.
 */
export function compareSim(sim: Sim, theirs: SimDetails): Comparison {
  const numbers = (['msisdn', 'imsi'] as const).flatMap((field) => {
    const [ours, operators] = [sim[field], theirs[field]];
    return ours === undefined || operators === undefined || ours === operators
      ? []
      : [{ field, ours, theirs: operators }];
  });
  const added: Comparison['added'] = {
    ...(sim.imsi === undefined && theirs.imsi !== undefined ? { imsi: theirs.imsi } : {}),
    ...(sim.msisdn === undefined && theirs.msisdn !== undefined ? { msisdn: theirs.msisdn } : {}),
    ...(theirs.imei !== undefined && sim.imei !== theirs.imei ? { imei: theirs.imei } : {}),
  };
  return { seen: seenStates(sim, theirs), numbers, added };
}

function seenStates(sim: Sim, { status }: SimDetails): Comparison['seen'] {
  if (isInProgress(sim)) {
    return [];
  }
  if (status === 'unknown') {
    return sim.state === 'terminated' ? [] : [{ field: 'missing_at_operator', ours: sim.state, theirs: MISSING }];
  }
  if (!isTelling(sim, status) || isExpected(sim, status)) {
    return [];
  }
  return [{ field: 'state', ours: sim.state, theirs: status }];
}

/** Whether the operator is changing the SIM, so that its state there says nothing yet. */
export function isInProgress({ state, pendingChange }: Pick<Sim, 'state' | 'pendingChange'>): boolean {
  return state === 'activating' || pendingChange !== undefined;
}

/** Whether the operator has the status that a SIM must have there. Most operators do not distinguish test status from active. */
function isExpected(sim: Sim, status: SimDetails['status']): boolean {
  return status === expectedStatus(sim) || (sim.state === 'testing' && status === 'testing');
}

/** The status that a SIM must have at its operator. */
function expectedStatus(sim: Sim): SimDetails['status'] {
  if (sim.state === 'terminated') {
    return 'terminated';
  }
  return barsExpected(sim) === false ? 'active' : 'barred';
}

/** Whether the operator's status of the SIM can be compared now. */
export function isComparable(sim: Sim, { status }: SimDetails): boolean {
  return !isInProgress(sim) && isTelling(sim, status);
}

/**
 * Whether the operator's status says how the SIM is there. Operators may deliver SIMs in their test status, and leave SIMs in it for a while
 * after they became active here.
 */
function isTelling(sim: Pick<Sim, 'state'>, status: SimDetails['status']): boolean {
  return status !== 'pending' && status !== 'refused' && (status !== 'testing' || sim.state === 'testing');
}

/** If an operator lacks this share of at least this many SIMs, its answer or its credentials are wrong. */
const SUSPICIOUS_COUNT = 100;
const SUSPICIOUS_SHARE = 0.9;

/** The rule: an operator that has hardly any of a hundred SIMs was asked about another account, or its answer is wrong. */
export function isSuspicious(asked: readonly { state: Sim['state']; status: SimDetails['status'] }[]): boolean {
  const living = asked.filter(({ state }) => state !== 'terminated');
  const unknown = living.filter(({ status }) => status === 'unknown').length;
  return living.length >= SUSPICIOUS_COUNT && unknown >= living.length * SUSPICIOUS_SHARE;
}

/** The SIM with a number of its operator, or with the numbers that we did not have. */
export function withNumbers<Stored extends Sim>(
  sim: Stored,
  numbers: Partial<Pick<Sim, 'imsi' | 'msisdn' | 'imei'>>,
  at: string,
): Stored {
  return { ...sim, ...numbers, updatedAt: laterOf(sim.updatedAt, at), version: sim.version + 1 };
}

/** The SIM with a new version and no other change: something about it is recorded. */
export function withNewVersion<Stored extends Sim>(sim: Stored, at: string): Stored {
  return withNumbers(sim, {}, at);
}

/** A difference that was just seen. Those of numbers are settled at once: the operator's numbers are right. */
export function newDifference(
  { field, ours, theirs }: Seen,
  { id, iccid, partnerId, operatorId }: Pick<Difference, 'id' | 'iccid' | 'partnerId' | 'operatorId'>,
  at: string,
): Difference {
  const seen: Difference = {
    id,
    iccid,
    partnerId,
    operatorId,
    field,
    ...(ours === undefined ? {} : { ours }),
    theirs,
    state: 'open',
    seenAt: at,
  };
  return field === 'msisdn' || field === 'imsi' ? settled(seen, SYSTEM, 'theirs', at) : seen;
}

/** @param as absent when a comparison found that the SIM no longer differs. */
export function settled(difference: Difference, settledBy: string, as: Side | undefined, at: string): Difference {
  return {
    ...difference,
    state: 'settled',
    settledAt: at,
    settledBy,
    ...(as === undefined ? {} : { settledAs: as }),
  };
}

/** What settles a difference: asking the operator, changing our SIM, or nothing but recording it. */
export type Settlement =
  | { kind: 'ask'; change: 'suspend' | 'resume' | 'terminate' }
  | { kind: 'take'; sim: Sim; type: string }
  | { kind: 'record' };

/** The reason of the bar of a SIM that its operator barred. */
export const BARRED_BY_OPERATOR = 'barred_by_operator';

/**
 * How an open difference is settled.
 *
 * - As ours: the operator is asked to make the SIM as it is here. It cannot bring back what it has ended; a missing SIM is only recorded.
 * - As theirs: the SIM becomes as it is at the operator: active, suspended or terminated. A missing SIM is terminated.
 *
 * @returns the settlement, or why it is not possible.
 */
export function settlementOf(
  sim: Sim,
  { field, theirs }: Pick<Difference, 'field' | 'theirs'>,
  as: Side,
  at: string,
): Settlement | Problem<'wrong_state'> {
  if (isInProgress(sim)) {
    return { code: 'wrong_state', detail: 'The operator is changing the SIM. Settle the difference afterwards.' };
  }
  if (as === 'ours') {
    return field === 'missing_at_operator' ? { kind: 'record' } : asOurs(sim, theirs);
  }
  return asTheirs(sim, field === 'missing_at_operator' ? 'terminated' : theirs, at);
}

function asOurs(sim: Sim, theirs: string): Settlement | Problem<'wrong_state'> {
  if (theirs === 'terminated') {
    const detail = 'The operator has ended the SIM, which cannot be undone. Settle the difference as `theirs`.';
    return { code: 'wrong_state', detail };
  }
  if (sim.state === 'terminated') {
    return { kind: 'ask', change: 'terminate' };
  }
  return { kind: 'ask', change: barsExpected(sim) === false ? 'resume' : 'suspend' };
}

function asTheirs(sim: Sim, theirs: string, at: string): Settlement | Problem<'wrong_state'> {
  if (sim.state === 'terminated') {
    return { code: 'wrong_state', detail: 'A terminated SIM cannot return. Settle the difference as `ours`.' };
  }
  if (theirs === 'terminated') {
    return { kind: 'take', sim: terminated(sim, at), type: 'sim.terminated' };
  }
  if (theirs === 'barred') {
    return isUnbarred(sim)
      ? { kind: 'take', sim: suspended(sim, BARRED_BY_OPERATOR, at), type: 'sim.suspended' }
      : { kind: 'record' };
  }
  switch (sim.state) {
    case 'active':
    case 'testing':
      return { kind: 'record' };
    case 'suspended':
      return { kind: 'take', sim: activated(sim, at), type: 'sim.resumed' };
    case 'assigned':
      return { kind: 'take', sim: activated(sim, at), type: 'sim.activated' };
    default: {
      const detail = `The SIM has no customer, so it cannot be active. Settle the difference as \`ours\`, or assign the SIM first.`;
      return { code: 'wrong_state', detail };
    }
  }
}

/** The SIM without a mark of an open difference. */
export function withoutOpen<Stored extends Sim & { differs?: OpenDifferences }>(sim: Stored, field: OpenField): Stored {
  const { [field]: _ended, ...rest } = sim.differs ?? {};
  const { differs: _differs, ...others } = sim;
  // Safe: the removed field is optional in every stored SIM.
  return (Object.keys(rest).length === 0 ? others : { ...others, differs: rest }) as Stored;
}
