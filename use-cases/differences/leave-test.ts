import { clock } from '../../adapters/clock.ts';
import { getSims, type SimRecord } from '../../adapters/dynamodb/sims.ts';
import type { OperatorId, PartnerId } from '../../domain/ids.ts';
import type { SimDetails } from '../../domain/operator-port.ts';
import { isLeftInTest } from '../../domain/test-status.ts';
import { askInTurns } from '../ask-in-turns.ts';

/**
 * Asks an operator to activate SIMs that its test status has outlived: they became active here through their usage. One that the operator
 * does not activate now is asked for again in the next comparison.
 */
export async function leaveTest(
  operatorId: OperatorId,
  partnerId: PartnerId,
  sims: readonly SimRecord[],
  details: ReadonlyMap<string, SimDetails>,
  hasTime: () => boolean,
): Promise<void> {
  const left = sims.filter((sim) => isLeftInTest(sim, details.get(sim.iccid)?.status));
  if (left.length === 0) {
    return;
  }
  const key = `leave-test:${partnerId}:${clock.now().toISOString()}`;
  const iccids = left.map(({ iccid }) => iccid);
  await askInTurns(operatorId, `compare:${operatorId}`, iccids, hasTime, async (gateway, some) => {
    // The turn may have come much later.
    const now = await getSims(partnerId, some);
    const still = some.filter((iccid) => {
      const sim = now.get(iccid);
      return sim !== undefined && isLeftInTest(sim, 'testing');
    });
    return still.length === 0 ? [] : gateway.activate(key, still);
  });
}
