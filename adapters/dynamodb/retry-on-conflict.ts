import { setTimeout as pause } from 'node:timers/promises';
import { conflictRetries, retryDelay } from '../../domain/retry-policies.ts';
import { ConditionFailed } from './conditions.ts';

/**
 * Reads and then writes on the condition that nothing changed in between; does both again while another writer is faster.
 *
 * @param attempt reads, decides and writes. Returns `undefined` when another writer was faster.
 * @throws ConditionFailed when another writer was faster each time: the API answers it with 409 `conflict`.
 */
export async function retryOnConflict<T extends object>(attempt: () => Promise<T | undefined>): Promise<T> {
  for (let failed = 1; ; failed += 1) {
    const result = await attempt();
    if (result !== undefined) {
      return result;
    }
    const delay = retryDelay(conflictRetries, failed, Math.random());
    if (delay === undefined) {
      throw new ConditionFailed([0]);
    }
    await pause(delay);
  }
}
