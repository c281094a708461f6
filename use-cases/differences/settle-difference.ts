import { getDifference } from '../../adapters/dynamodb/differences.ts';
import { serviceCountWrites } from '../../adapters/dynamodb/services.ts';
import { getSim, type SimRecord } from '../../adapters/dynamodb/sims.ts';
import { type Difference, type OpenField, type Side, settlementOf } from '../../domain/difference.ts';
import type { DifferenceId } from '../../domain/ids.ts';
import { OperatorUnavailable, type SimAnswer } from '../../domain/operator-port.ts';
import { serviceCountChanges } from '../../domain/service-counts.ts';
import { outcomeOf } from '../../domain/sim-changes.ts';
import { operatorOf } from '../operator-gateway.ts';
import { orNotFound, Refusal } from '../refusal.ts';
import { settleOpen } from './record-comparison.ts';

/**
 * Settles a difference.
 *
 * - As ours: asks the operator to make the SIM as it is here. If the operator confirms that later and does not do it, the next comparison
 *   finds a new difference.
 * - As theirs: changes the SIM.
 *
 * A repeated request returns the difference.
 *
 * @throws Refusal `not_found`; `wrong_state` when the difference was settled otherwise, or cannot be settled in this way;
 *   `operator_refused`, `operator_unavailable`; `conflict` when the SIM changed at the same time.
 */
export async function settleDifference(
  id: DifferenceId,
  as: Side,
  { actor, now }: { actor: string; now: Date },
): Promise<Difference> {
  const difference = orNotFound(await getDifference(id), 'difference', id);
  if (difference.state === 'settled') {
    return requireSettledAs(difference, as);
  }
  const { partnerId, iccid } = difference;
  const sim = orNotFound(await getSim(partnerId, iccid), 'SIM', iccid);
  // Only these are open.
  const field: OpenField = difference.field === 'missing_at_operator' ? difference.field : 'state';
  if (sim.differs?.[field]?.id !== id) {
    throw new Refusal('conflict', 'The SIM was compared at the same time. Read the difference again.');
  }
  const at = now.toISOString();
  const settlement = settlementOf(sim, difference, as, at);
  if ('code' in settlement) {
    throw new Refusal(settlement.code, settlement.detail);
  }
  if (settlement.kind === 'ask') {
    await askOperator(sim, settlement.change, `settle:${id}:${at}`);
  }
  const by = { by: actor, as, at };
  const settled =
    settlement.kind === 'take'
      ? await settleOpen(partnerId, sim, field, by, {
          sim: { ...sim, ...settlement.sim },
          type: settlement.type,
          also: (saved) =>
            settlement.type === 'sim.terminated'
              ? serviceCountWrites(partnerId, serviceCountChanges('terminate', [saved]), at)
              : [],
        })
      : await settleOpen(partnerId, sim, field, by);
  if (settled) {
    return settled;
  }
  const current = orNotFound(await getDifference(id), 'difference', id);
  if (current.state === 'open') {
    throw new Refusal('conflict', 'The SIM changed at the same time. Read the difference again.');
  }
  return requireSettledAs(current, as);
}

function requireSettledAs(difference: Difference, as: Side): Difference {
  if (difference.settledAs !== as) {
    const how = difference.settledAs === undefined ? 'no longer existed' : `was settled as ${difference.settledAs}`;
    throw new Refusal('wrong_state', `The difference ${how} at ${difference.settledAt}.`);
  }
  return difference;
}

async function askOperator(
  { operatorId, iccid }: SimRecord,
  change: 'suspend' | 'resume' | 'terminate',
  key: string,
): Promise<void> {
  const operator = operatorOf(operatorId);
  let answers: SimAnswer[];
  try {
    answers =
      change === 'terminate'
        ? await operator.terminate(key, [iccid])
        : await operator.setBars(key, [iccid], change === 'suspend');
  } catch (error) {
    if (!(error instanceof OperatorUnavailable)) {
      throw error;
    }
    answers = [];
  }
  const [answer] = answers;
  if (answer === undefined) {
    const detail = 'The operator did not respond, so the difference is still open. Try again later.';
    throw new Refusal('operator_unavailable', detail, { retryAfterSeconds: 30 });
  }
  if (outcomeOf(change, answer) === 'refused') {
    throw new Refusal('operator_refused', answer.reason ?? `The operator refused to ${change} the SIM.`);
  }
}
