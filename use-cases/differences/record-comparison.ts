import { ConditionFailed } from '../../adapters/dynamodb/conditions.ts';
import { getDifference, putDifference, settleWrites } from '../../adapters/dynamodb/differences.ts';
import { type SimRecord, saveSim } from '../../adapters/dynamodb/sims.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import { recordMetric } from '../../adapters/telemetry/metrics.ts';
import {
  type Comparison,
  type Difference,
  newDifference,
  type OpenField,
  type Seen,
  type Side,
  settled,
  withNewVersion,
  withNumbers,
  withoutOpen,
} from '../../domain/difference.ts';
import { newId, type PartnerId } from '../../domain/ids.ts';
import { SYSTEM } from '../../domain/timeline.ts';

/**
 * Takes over the numbers of the operator: each one that differs is a difference that is settled at once. Numbers that we did not have
 * are no differences.
 *
 * @throws ConditionFailed when the SIM has changed since it was read: it is compared again with the next walk.
 */
export async function takeNumbers(
  partnerId: PartnerId,
  sim: SimRecord,
  { numbers, added }: Comparison,
  now: Date,
): Promise<SimRecord> {
  const at = now.toISOString();
  let saved = sim;
  for (const seen of numbers) {
    const after = withNumbers(saved, { [seen.field]: seen.theirs }, at);
    saved = await saveDifference(partnerId, saved, after, seen, now);
  }
  if (Object.keys(added).length > 0) {
    saved = await saveSim(partnerId, saved, withNumbers(saved, added, at), 'sim.numbers_added', { actor: SYSTEM });
  }
  return saved;
}

/** Records a difference that was just seen. @throws ConditionFailed when the SIM has changed since it was read */
export function recordOpen(
  partnerId: PartnerId,
  sim: SimRecord,
  seen: Seen & { field: OpenField },
  now: Date,
): Promise<SimRecord> {
  return saveDifference(partnerId, sim, withNewVersion(sim, now.toISOString()), seen, now);
}

async function saveDifference(
  partnerId: PartnerId,
  sim: SimRecord,
  after: SimRecord,
  seen: Seen,
  now: Date,
): Promise<SimRecord> {
  const { iccid, operatorId } = sim;
  const difference = newDifference(
    seen,
    { id: newId('difference', now), iccid, partnerId, operatorId },
    now.toISOString(),
  );
  const marked = isOpen(difference) ? marking(after, difference) : after;
  const saved = await saveSim(partnerId, sim, marked, 'sim.differs', { actor: SYSTEM, difference: seen }, () => [
    putDifference(difference),
  ]);
  logger.warn('SIM differs at its operator', { ...difference });
  recordMetric('SimsDiffering', 1);
  return saved;
}

const isOpen = (difference: Difference): difference is Difference & { field: OpenField } => difference.state === 'open';

const marking = (sim: SimRecord, { id, field, theirs }: Difference & { field: OpenField }): SimRecord => ({
  ...sim,
  differs: { ...sim.differs, [field]: { id, theirs } },
});

/**
 * Settles an open difference of a SIM.
 *
 * @param as absent when the SIM no longer differs.
 * @param after the SIM after the settlement, its event and the writes that belong to it; by default it only loses the mark.
 * @returns the difference; `undefined` when a concurrent request settled it or changed the SIM.
 */
export async function settleOpen(
  partnerId: PartnerId,
  sim: SimRecord,
  field: OpenField,
  { by, as, at }: { by: string; as?: Side; at: string },
  after: { sim: SimRecord; type: string; also?: Parameters<typeof saveSim>[5] } = {
    sim: withNewVersion(sim, at),
    type: 'sim.difference_settled',
  },
): Promise<Difference | undefined> {
  const id = sim.differs?.[field]?.id;
  const open = id && (await getDifference(id));
  if (!open || !isOpen(open)) {
    return undefined;
  }
  const closed = settled(open, by, as, at);
  try {
    await saveSim(partnerId, sim, withoutOpen(after.sim, field), after.type, { actor: by }, (saved) => [
      ...settleWrites(closed),
      ...(after.also?.(saved) ?? []),
    ]);
    return closed;
  } catch (error) {
    if (error instanceof ConditionFailed) {
      return undefined;
    }
    throw error;
  }
}
