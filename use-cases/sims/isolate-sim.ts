import { ConditionFailed } from '../../adapters/dynamodb/conditions.ts';
import { isPermanent } from '../../adapters/dynamodb/failures.ts';
import { logger } from '../../adapters/telemetry/logger.ts';

/**
 * Runs a step on one SIM of a page, so that a broken record fails only this SIM. The error is logged with the ICCID.
 *
 * @param otherwise the result for a SIM whose step fails.
 * @throws a transient error (throttling, contention, a lost connection). The page is then processed again.
 */
export async function isolateSim<Result, Otherwise>(
  iccid: string,
  step: () => Result | Promise<Result>,
  otherwise: () => Otherwise,
): Promise<Result | Otherwise> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof ConditionFailed || !isPermanent(error)) {
      throw error;
    }
    logger.error('change of a SIM failed unexpectedly', { iccid, error });
    return otherwise();
  }
}
