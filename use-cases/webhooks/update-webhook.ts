import { markWebhookDue } from '../../adapters/dynamodb/deliveries.ts';
import { saveWebhook, type WebhookRecord } from '../../adapters/dynamodb/webhooks.ts';
import type { PartnerId, WebhookId } from '../../domain/ids.ts';
import type { Webhook } from '../../domain/webhook.ts';
import { isUnchanged } from '../is-unchanged.ts';
import { readWebhook } from './read-webhooks.ts';
import { requirePublicTarget } from './require-public-target.ts';

/**
 * Changes, enables or disables a webhook.
 *
 * 1. Reads the webhook and checks the precondition and the new URL.
 * 2. Stores it at its next version, unless nothing changes. Enabling it removes the reason why the system disabled it.
 * 3. Makes its queue due when it is enabled again.
 *
 * @throws Refusal `not_found`
 * @throws Refusal `invalid_input` when events cannot be sent to the URL.
 */
export async function updateWebhook(
  partnerId: PartnerId,
  id: WebhookId,
  changes: { [Field in 'url' | 'events' | 'enabled']?: Webhook[Field] | undefined },
  { now, precondition }: { now: Date; precondition: (current: Webhook) => void },
): Promise<{ before: WebhookRecord; after: WebhookRecord }> {
  const before = await readWebhook(partnerId, id);
  precondition(before);
  if (changes.url !== undefined) {
    await requirePublicTarget(changes.url);
  }
  const { url = before.url, events = before.events, enabled = before.enabled } = changes;
  if (isUnchanged(before, { url, events, enabled })) {
    return { before, after: before };
  }
  const { disabled, ...rest } = before;
  const after = await saveWebhook(partnerId, {
    ...rest,
    ...(disabled && !enabled ? { disabled } : {}),
    url,
    events,
    enabled,
    updatedAt: now.toISOString(),
    version: before.version + 1,
  });
  if (enabled && !before.enabled) {
    await markWebhookDue(partnerId, id, now);
  }
  return { before, after };
}
