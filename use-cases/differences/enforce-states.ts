import { clock } from '../../adapters/clock.ts';
import { lastOperationId } from '../../adapters/dynamodb/sim-history.ts';
import { getSims, type SimRecord } from '../../adapters/dynamodb/sims.ts';
import { settlementOf } from '../../domain/difference.ts';
import type { OperatorId, PartnerId } from '../../domain/ids.ts';
import { outcomeOf } from '../../domain/sim-changes.ts';
import { SYSTEM } from '../../domain/timeline.ts';
import { askInTurns } from '../ask-in-turns.ts';
import { restoreAllBars } from '../sims/changes/restore-bars.ts';
import { settleOpen } from './record-comparison.ts';

/**
 * Asks an operator to put the bars of SIMs back as they are here, after it changed them without a request. A difference is settled when the operator
 * has done it; otherwise the next comparison settles it. What the operator cannot undo stays open for a person.
 */
export async function enforceStates(
  operatorId: OperatorId,
  partnerId: PartnerId,
  sims: readonly SimRecord[],
  hasTime: () => boolean,
): Promise<void> {
  for (const change of ['suspend', 'resume'] as const) {
    const wrong = sims.filter((sim) => isToChange(sim, change));
    if (wrong.length === 0) {
      continue;
    }
    const at = clock.now().toISOString();
    const key = `enforce:${partnerId}:${at}:${change}`;
    const iccids = wrong.map(({ iccid }) => iccid);
    const versions = new Map<string, number>(wrong.map(({ iccid, version }) => [iccid, version]));
    const answers = await askInTurns(operatorId, `compare:${operatorId}`, iccids, hasTime, async (gateway, some) => {
      // The turn may have come much later.
      const now = await getSims(partnerId, some);
      const still = some.filter((iccid) => now.get(iccid)?.version === versions.get(iccid));
      return still.length === 0 ? [] : gateway.setBars(key, still, change === 'suspend');
    });
    const done = new Set(answers.filter((answer) => outcomeOf(change, answer) === 'done').map(({ iccid }) => iccid));
    await settleDone(partnerId, wrong, done, key);
  }
}

function isToChange(sim: SimRecord, change: 'suspend' | 'resume'): boolean {
  const theirs = sim.differs?.state?.theirs;
  if (theirs === undefined) {
    return false;
  }
  const settlement = settlementOf(sim, { field: 'state', theirs }, 'ours', sim.updatedAt);
  return 'kind' in settlement && settlement.kind === 'ask' && settlement.change === change;
}

async function settleDone(
  partnerId: PartnerId,
  asked: readonly SimRecord[],
  done: ReadonlySet<string>,
  key: string,
): Promise<void> {
  const now = await getSims(
    partnerId,
    asked.map(({ iccid }) => iccid),
  );
  for (const { iccid, version } of asked) {
    const sim = now.get(iccid);
    const operationId = sim && lastOperationId(sim.history);
    if (sim && operationId && sim.version !== version) {
      // Changed here in this moment: the bars must match what it is now.
      await restoreAllBars(partnerId, [sim], { operationId, key: `${key}:${iccid}` });
    } else if (sim && done.has(iccid)) {
      await settleOpen(partnerId, sim, 'state', { by: SYSTEM, as: 'ours', at: clock.now().toISOString() });
    }
  }
}
