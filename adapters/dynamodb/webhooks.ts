import type { PartnerId, WebhookId } from '../../domain/ids.ts';
import type { Webhook, WebhookSecrets } from '../../domain/webhook.ts';
import { absent, atVersion, ConditionFailed } from './conditions.ts';
import { itemKinds } from './item-kinds.ts';
import { query, queryAll } from './queries.ts';
import { get } from './reads.ts';
import { put, remove } from './write-requests.ts';
import { createIdempotent, write } from './writes.ts';

/** A stored webhook, with its secrets. A secret is shown once and never logged. */
export type WebhookRecord = Webhook & WebhookSecrets;

/** @returns the stored webhook: that of an earlier attempt, if there was one. */
export async function insertWebhook(partnerId: PartnerId, webhook: WebhookRecord): Promise<WebhookRecord> {
  const key = itemKinds.webhook.key({ partnerId, id: webhook.id });
  return (await createIdempotent<WebhookRecord>(key, [put({ ...webhook, ...key }, absent)])) ?? webhook;
}

export async function getWebhook(partnerId: PartnerId, id: WebhookId): Promise<WebhookRecord | undefined> {
  return get<WebhookRecord>(itemKinds.webhook.key({ partnerId, id }));
}

/** @throws ConditionFailed when the webhook is no longer at the version before. */
export async function saveWebhook(partnerId: PartnerId, webhook: WebhookRecord): Promise<WebhookRecord> {
  await write(
    put({ ...webhook, ...itemKinds.webhook.key({ partnerId, id: webhook.id }) }, atVersion(webhook.version - 1)),
  );
  return webhook;
}

/** Disables a webhook. One that was changed meanwhile is left to the next run. */
export async function disableWebhook(
  partnerId: PartnerId,
  { version, ...webhook }: WebhookRecord,
  disabled: NonNullable<Webhook['disabled']>,
): Promise<void> {
  try {
    await saveWebhook(partnerId, {
      ...webhook,
      enabled: false,
      disabled,
      updatedAt: disabled.at,
      version: version + 1,
    });
  } catch (error) {
    if (!(error instanceof ConditionFailed)) {
      throw error;
    }
  }
}

/** @throws ConditionFailed when the webhook is no longer at the version that was read. */
export async function removeWebhook(partnerId: PartnerId, { id, version }: WebhookRecord): Promise<void> {
  await write(remove(itemKinds.webhook.key({ partnerId, id }), atVersion(version)));
}

/** A page of a partner's webhooks, oldest first. */
export async function queryWebhooks(partnerId: PartnerId, limit: number, after: string | undefined) {
  return query<WebhookRecord>({ ...itemKinds.webhook.range({ partnerId }), after }, limit);
}

/** All webhooks of a partner. Their number is bounded. */
export async function allWebhooks(partnerId: PartnerId): Promise<WebhookRecord[]> {
  return queryAll<WebhookRecord>(itemKinds.webhook.range({ partnerId }));
}
