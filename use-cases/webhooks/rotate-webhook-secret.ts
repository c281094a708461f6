import { saveWebhook, type WebhookRecord } from '../../adapters/dynamodb/webhooks.ts';
import { newSecret } from '../../adapters/webhooks/signature.ts';
import type { PartnerId, WebhookId } from '../../domain/ids.ts';
import { rotateSecret } from '../../domain/webhook.ts';
import { readWebhook } from './read-webhooks.ts';

/**
 * Gives a webhook a new secret. For one day, events are signed with the previous secret as well.
 *
 * @returns the webhook with its new secret, which is shown only once.
 * @throws Refusal `not_found`
 */
export async function rotateWebhookSecret(partnerId: PartnerId, id: WebhookId, now: Date): Promise<WebhookRecord> {
  const webhook = await readWebhook(partnerId, id);
  return saveWebhook(partnerId, {
    ...webhook,
    ...rotateSecret(webhook, newSecret(), now),
    updatedAt: now.toISOString(),
    version: webhook.version + 1,
  });
}
