import { getFailedChange, removeFailedChange } from '../../adapters/dynamodb/failed-changes.ts';
import { createPublisher } from './publish-changes.ts';

/**
 * Queues the events of a change that failed before, and removes the change.
 *
 * @throws Error when the events cannot be queued.
 */
export async function retryFailedChange(id: string, now: Date): Promise<void> {
  const record = await getFailedChange(id);
  if (!record) {
    return;
  }
  const publisher = createPublisher(now);
  try {
    await publisher.publish(record);
  } catch (cause) {
    const { pk, sk } = record.dynamodb?.Keys ?? {};
    throw new Error(`The events of a change of ${pk?.S} ${sk?.S} cannot be queued: ${String(cause)}`, { cause });
  } finally {
    await publisher.markWebhooksDue();
  }
  await removeFailedChange(id);
}
