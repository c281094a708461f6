import { type DeliveryRecord, requeueDelivery } from '../../adapters/dynamodb/deliveries.ts';
import type { DeliveryId, PartnerId, WebhookId } from '../../domain/ids.ts';
import { Refusal } from '../refusal.ts';
import { readDelivery, readEnabledWebhook } from './read-webhooks.ts';

/**
 * Queues a delivered or failed event again, with the same id and retries for another day.
 *
 * @throws Refusal `not_found`
 * @throws Refusal `wrong_state` when the webhook is disabled or the event is still pending.
 */
export async function redeliverEvent(
  partnerId: PartnerId,
  webhookId: WebhookId,
  deliveryId: DeliveryId,
  now: Date,
): Promise<DeliveryRecord> {
  const delivery = await readDelivery(partnerId, webhookId, deliveryId);
  await readEnabledWebhook(partnerId, webhookId);
  if (delivery.state === 'pending') {
    throw new Refusal('wrong_state', 'The event is already pending delivery.');
  }
  return requeueDelivery(partnerId, webhookId, delivery, now);
}
