import type { SimRecord } from '../../../adapters/dynamodb/sims.ts';
import type { OperatorId } from '../../../domain/ids.ts';
import { shardsOf } from '../../../domain/operation.ts';
import type { OperatorGateway } from '../../../domain/operator-port.ts';
import { turnsAt } from '../../operator-gateway.ts';
import type { Outcome, PageWork } from '../process-page.ts';
import { byOperator, isByHand } from './ask-operators.ts';
import { restoreBars } from './restore-bars.ts';

/** An operator during a turn. It has no gateway if the platform's staff change its SIMs. */
export type AskedOperator = {
  operatorId: OperatorId;
  gateway: OperatorGateway | undefined;
  /** Whether the turn ended before all calls were made. SIMs without an answer were then not asked about. */
  isCut(): boolean;
};

/**
 * Runs a step for SIMs of a page, for as many at a time as their operator takes calls about. SIMs of an operator that serves others
 * first are left for the next invocation of the task (`isLeft`); the state machine waits until then. Operators do not wait for each
 * other.
 *
 * @param order of the SIMs of an operator that is called; by default as given.
 * @returns the outcomes of all steps.
 */
export async function inTurns(
  work: PageWork,
  sims: readonly SimRecord[],
  step: (sims: SimRecord[], operator: AskedOperator) => Promise<Outcome[]>,
  order: (sims: SimRecord[]) => SimRecord[] = (sims) => sims,
): Promise<Outcome[]> {
  const groups = [...byOperator(sims)].map(async ([operatorId, group]) =>
    (await isByHand(operatorId))
      ? step(group, { operatorId, gateway: undefined, isCut: () => false })
      : inTurnsAt(operatorId, work, order(group), step),
  );
  const outcomes = (await Promise.all(groups)).flat();
  // After the turns: the calls take turns of their own.
  for (const [iccid, cause] of work.barsToRestore) {
    await restoreBars(work.partnerId, iccid, cause);
  }
  work.barsToRestore.clear();
  return outcomes;
}

async function inTurnsAt(
  operatorId: OperatorId,
  work: PageWork,
  sims: readonly SimRecord[],
  step: (sims: SimRecord[], operator: AskedOperator) => Promise<Outcome[]>,
): Promise<Outcome[]> {
  const { operation, page, invocation } = work;
  const outcomes: Outcome[] = [];
  const turns = await turnsAt(operatorId, `${operation.id}:${page.page % shardsOf(operation)}`);
  let rest = [...sims];
  try {
    while (rest.length > 0) {
      if (!invocation.hasTime() || (invocation.busyUntil.get(operatorId) ?? 0) > Date.now()) {
        work.isLeft = true;
        break;
      }
      const turn = await turns.next(rest.length);
      if ('waitMs' in turn) {
        invocation.busyUntil.set(operatorId, Date.now() + turn.waitMs);
        work.isLeft = true;
        break;
      }
      outcomes.push(...(await step(rest.slice(0, turn.sims), { operatorId, ...turn })));
      work.isLeft ||= turn.isCut();
      rest = rest.slice(turn.sims);
    }
  } finally {
    await turns.end();
  }
  return outcomes;
}
