import { removeWebhook, type WebhookRecord } from '../../adapters/dynamodb/webhooks.ts';
import type { PartnerId, WebhookId } from '../../domain/ids.ts';
import type { Webhook } from '../../domain/webhook.ts';
import { readWebhook } from './read-webhooks.ts';

/**
 * Deletes a webhook. Its pending events are not delivered.
 *
 * @returns the webhook as it was.
 * @throws Refusal `not_found`
 */
export async function deleteWebhook(
  partnerId: PartnerId,
  id: WebhookId,
  precondition: (current: Webhook) => void,
): Promise<WebhookRecord> {
  const webhook = await readWebhook(partnerId, id);
  precondition(webhook);
  await removeWebhook(partnerId, webhook);
  return webhook;
}
