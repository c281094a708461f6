import { getOperator } from '../../../adapters/dynamodb/operators.ts';
import type { SimRecord } from '../../../adapters/dynamodb/sims.ts';
import { logger } from '../../../adapters/telemetry/logger.ts';
import type { OperatorId } from '../../../domain/ids.ts';
import { operationStart } from '../../../domain/operation.ts';
import {
  OperatorBusy,
  type OperatorGateway,
  OperatorUnavailable,
  type SimAnswer,
} from '../../../domain/operator-port.ts';
import { changeRequestedAt, type OperatorAction, operatorVerb } from '../../../domain/sim-changes.ts';
import type { PageWork } from '../process-page.ts';
import type { AskedOperator } from './in-turns.ts';
import { manualAnswers } from './manual-changes.ts';

/** The answers about SIMs, by ICCID. SIMs of an operator that does not answer are left out; they are asked about again later. */
export type Answers = Map<string, SimAnswer>;

/** SIMs by the operator that issued them. */
export function byOperator(sims: readonly SimRecord[]): Map<OperatorId, SimRecord[]> {
  return Map.groupBy(sims, ({ operatorId }) => operatorId);
}

/**
 * Asks the operator of SIMs for a change. Changes by hand are in progress at once: their task is created when all SIMs of the
 * operation wait (`readStatus`).
 *
 * Requests that the operators name are noted, to be recorded with the results of the page. If a crash loses them, the SIMs show no
 * change and are asked for again, which changes nothing.
 *
 * @param key a request with the same key repeats the first one and its answers.
 */
export function askForChange(
  { newRequests }: PageWork,
  { operatorId, gateway }: AskedOperator,
  action: OperatorAction,
  sims: readonly SimRecord[],
  key: string,
): Promise<Answers> {
  return answersAbout(operatorId, sims, async (iccids) => {
    if (gateway === undefined) {
      return iccids.map((iccid) => ({ iccid, status: 'pending' }));
    }
    const answers = await askOperator(gateway, action, iccids, `${key}:${operatorId}`);
    const requests = answers.flatMap(({ requestId }) => requestId ?? []);
    if (requests.length > 0) {
      newRequests.set(operatorId, new Set([...(newRequests.get(operatorId) ?? []), ...requests]));
    }
    return answers;
  });
}

function askOperator(
  operator: OperatorGateway,
  action: OperatorAction,
  iccids: readonly string[],
  key: string,
): Promise<SimAnswer[]> {
  switch (operatorVerb[action]) {
    case 'activate':
      return operator.activate(key, iccids);
    case 'test':
      return operator.startTest(key, iccids);
    case 'suspend':
      return operator.setBars(key, iccids, true);
    case 'resume':
      return operator.setBars(key, iccids, false);
    case 'terminate':
      return operator.terminate(key, iccids);
  }
}

/** Reads the status of SIMs that wait for an operation's change: at their operator, or in the task of the platform's staff. */
export function readStatus(
  work: PageWork,
  { operatorId, gateway }: AskedOperator,
  action: OperatorAction,
  sims: readonly SimRecord[],
): Promise<Answers> {
  const [since] = sims.map((sim) => changeRequestedAt(sim, operationStart(work.operation))).sort();
  return answersAbout(operatorId, sims, async (iccids) =>
    gateway === undefined
      ? manualAnswers(work, action, operatorId, iccids)
      : gateway.simStatus(iccids, {
          requestIds: work.requestsAt(operatorId),
          ...(since === undefined ? {} : { since: new Date(since) }),
        }),
  );
}

/** Whether the platform's staff change the operator's SIMs. */
export async function isByHand(operatorId: OperatorId): Promise<boolean> {
  return (await getOperator(operatorId))?.connectivity === 'manual';
}

async function answersAbout(
  operatorId: OperatorId,
  sims: readonly SimRecord[],
  ask: (iccids: string[]) => Promise<SimAnswer[]>,
): Promise<Answers> {
  if (sims.length === 0) {
    return new Map();
  }
  try {
    const answers = await ask(sims.map(({ iccid }) => iccid));
    return new Map(answers.map((answer) => [answer.iccid, answer]));
  } catch (error) {
    if (!(error instanceof OperatorUnavailable)) {
      throw error;
    }
    if (!(error instanceof OperatorBusy)) {
      logger.warn('operator unavailable', { operatorId, error });
    }
    return new Map();
  }
}
