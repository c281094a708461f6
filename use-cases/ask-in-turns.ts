import { setTimeout as sleep } from 'node:timers/promises';
import type { OperatorId } from '../domain/ids.ts';
import { OperatorBusy, type OperatorGateway } from '../domain/operator-port.ts';
import { turnsAt } from './operator-gateway.ts';

/** How long to wait before the time is looked at again. */
const MAX_PAUSE_MS = 3_000;

/**
 * Asks an operator about SIMs in the background, in as many turns as that takes. Others who wait for the operator have their turns in
 * between.
 *
 * @param holder identifies the work, which has one turn at a time.
 * @param hasTime whether to continue to wait for a turn.
 * @param callsPerSim how many calls a SIM may take, where it takes more than its share of a call.
 * @returns the answers of all turns. SIMs that an answer leaves out are left out.
 * @throws OperatorBusy when time is short before all SIMs were asked about.
 * @example
 * const statuses = await askInTurns(operatorId, `compare:${operatorId}`, iccids, hasTime, (gateway, some) => gateway.simStatus(some));
 */
export async function askInTurns<Answer extends { iccid: string }>(
  operatorId: OperatorId,
  holder: string,
  iccids: readonly string[],
  hasTime: () => boolean,
  ask: (gateway: OperatorGateway, iccids: string[]) => Promise<Answer[]>,
  callsPerSim = 1,
): Promise<Answer[]> {
  const turns = await turnsAt(operatorId, holder);
  const answers: Answer[] = [];
  let rest = [...iccids];
  try {
    while (rest.length > 0) {
      if (rest.length < iccids.length && !hasTime()) {
        throw new OperatorBusy(`${operatorId}: no time for all SIMs`);
      }
      const turn = await turns.next(rest.length * callsPerSim);
      if ('waitMs' in turn) {
        if (!hasTime()) {
          throw new OperatorBusy(`${operatorId}: no turn in time`);
        }
        // In short parts, so as not to wait longer than there is time.
        await sleep(Math.min(turn.waitMs, MAX_PAUSE_MS));
        continue;
      }
      const count = Math.max(1, Math.floor(turn.sims / callsPerSim));
      const some = rest.slice(0, count);
      const answered = await ask(turn.gateway, some).catch((error: unknown): Answer[] => {
        if (error instanceof OperatorBusy && turn.isCut()) {
          return [];
        }
        throw error;
      });
      answers.push(...answered);
      const isAnswered = new Set(answered.map(({ iccid }) => iccid));
      const notAsked = turn.isCut() ? some.filter((iccid) => !isAnswered.has(iccid)) : [];
      rest = [...notAsked, ...rest.slice(count)];
    }
  } finally {
    await turns.end();
  }
  return answers;
}
