import type { SimRecord } from '../../adapters/dynamodb/sims.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import type { OperatorId } from '../../domain/ids.ts';

import { OperatorUnavailable, type SimAnswer } from '../../domain/operator-port.ts';

/** SIMs by the operator that issued them. */
export function byOperator(sims: readonly SimRecord[]): Map<OperatorId, SimRecord[]> {
  return Map.groupBy(sims, ({ operatorId }) => operatorId);
}

/**
 * Sends a request about SIMs to their operators.
 *
 * @returns the answers by ICCID. SIMs of an operator that does not answer are left out; the request is repeated later.
 */
export async function askOperators(
  sims: readonly SimRecord[],
  ask: (operatorId: OperatorId, iccids: string[]) => Promise<SimAnswer[]>,
): Promise<Map<string, SimAnswer>> {
  const answers = new Map<string, SimAnswer>();
  await Promise.all(
    [...byOperator(sims)].map(async ([operatorId, group]) => {
      try {
        const iccids = group.map(({ iccid }) => iccid);
        for (const answer of await ask(operatorId, iccids)) {
          answers.set(answer.iccid, answer);
        }
      } catch (error) {
        if (!(error instanceof OperatorUnavailable)) {
          throw error;
        }
        logger.warn('operator unavailable', { operatorId, error });
      }
    }),
  );
  return answers;
}
