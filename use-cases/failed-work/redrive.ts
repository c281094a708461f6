import {
  addRedrivenUsage,
  getDeadLetter,
  queryDeadLetters,
  removeDeadLetter,
} from '../../adapters/dynamodb/dead-letters.ts';
import { getDelivery, requeueDelivery } from '../../adapters/dynamodb/deliveries.ts';
import { markDue } from '../../adapters/dynamodb/due-work.ts';
import { changeOperation } from '../../adapters/dynamodb/operations.ts';
import { saveOrderStep } from '../../adapters/dynamodb/orders.ts';
import type { DeadLetter, FailedWork } from '../../domain/dead-letter.ts';
import { reopenOperation } from '../../domain/operation-steps.ts';
import { markOrderResumed } from '../../domain/order-steps.ts';
import type { PageRequest } from '../fill-page.ts';
import { orNotFound } from '../refusal.ts';

/** A page of the dead letters that await redrive. */
export async function listDeadLetters(page: PageRequest): Promise<{ items: DeadLetter[]; last?: string }> {
  return queryDeadLetters(page.limit, page.after);
}

/**
 * Redrives failed work.
 *
 * 1. Makes the work due now. Work that no longer exists is skipped.
 * 2. Removes the dead letter. If a crash interrupts step 1, the dead letter remains and can be redriven again.
 *
 * The sweep, or the schedule for this kind of work, then processes it.
 *
 * @throws Refusal `not_found`
 */
export async function redrive(id: string, actor: string, now: Date): Promise<void> {
  const { work } = orNotFound(await getDeadLetter(id), 'failed work', id);
  await redriveWork(work, actor, now);
  await removeDeadLetter(id);
}

async function redriveWork(work: FailedWork, actor: string, now: Date): Promise<void> {
  const at = now.toISOString();
  switch (work.kind) {
    case 'order':
      await saveOrderStep(work.partnerId, work.id, (order) => {
        const step = markOrderResumed(order, actor, at);
        return step && { ...step, order: { ...step.order, runDueAt: at } };
      });
      return;
    case 'operation':
      await changeOperation(work.partnerId, work.id, (operation) =>
        operation.failure ? { ...reopenOperation(operation), runDueAt: at, updatedAt: at } : undefined,
      );
      return;
    case 'delivery': {
      const delivery = await getDelivery(work.partnerId, work.webhookId, work.id);
      if (delivery) {
        await requeueDelivery(work.partnerId, work.webhookId, delivery, now);
      }
      return;
    }
    case 'due':
      await markDue(work.key, work.duePk, now);
      return;
    case 'usage':
    case 'alarm':
      await addRedrivenUsage(work, now);
      return;
  }
}
