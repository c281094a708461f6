import { allWebhooks, insertWebhook, type WebhookRecord } from '../../adapters/dynamodb/webhooks.ts';
import { newSecret } from '../../adapters/webhooks/signature.ts';
import type { PartnerId, WebhookId } from '../../domain/ids.ts';
import { MAX_WEBHOOKS, type Webhook } from '../../domain/webhook.ts';
import { Refusal } from '../refusal.ts';
import { requirePublicTarget } from './require-public-target.ts';

/**
 * Creates an enabled webhook with a new secret.
 *
 * 1. Checks that the URL leads to the public internet.
 * 2. Checks that the partner has room for another webhook.
 * 3. Stores the webhook. A repeated request returns the webhook of the first one.
 *
 * @returns the webhook with its secret, which is shown only once.
 * @throws Refusal `invalid_input` when events cannot be sent to the URL.
 * @throws Refusal `too_many` when the partner has the maximum number of webhooks.
 */
export async function createWebhook(
  partnerId: PartnerId,
  { url, events }: Pick<Webhook, 'url' | 'events'>,
  { id, now }: { id: WebhookId; now: Date },
): Promise<WebhookRecord> {
  await requirePublicTarget(url);
  if ((await allWebhooks(partnerId)).length >= MAX_WEBHOOKS) {
    throw new Refusal('too_many', `A partner has at most ${MAX_WEBHOOKS} webhooks.`);
  }
  const at = now.toISOString();
  const stamps = { createdAt: at, updatedAt: at, version: 1 };
  return insertWebhook(partnerId, { id, url, events, enabled: true, secret: newSecret(), ...stamps });
}
