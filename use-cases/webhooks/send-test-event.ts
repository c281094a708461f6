import { addDelivery, type DeliveryRecord } from '../../adapters/dynamodb/deliveries.ts';
import type { EventId, PartnerId, WebhookId } from '../../domain/ids.ts';
import { TEST_EVENT } from '../../domain/webhook.ts';
import { readEnabledWebhook } from './read-webhooks.ts';

/**
 * Queues a test event for a webhook, regardless of its subscriptions.
 *
 * @throws Refusal `not_found`
 * @throws Refusal `wrong_state` when the webhook is disabled.
 */
export async function sendTestEvent(
  partnerId: PartnerId,
  webhookId: WebhookId,
  { eventId, now }: { eventId: EventId; now: Date },
): Promise<DeliveryRecord> {
  await readEnabledWebhook(partnerId, webhookId);
  const at = now.toISOString();
  const event = { id: eventId, type: TEST_EVENT, at, subject: webhookId, place: at, data: { webhookId } } as const;
  return addDelivery(partnerId, webhookId, event, now);
}
