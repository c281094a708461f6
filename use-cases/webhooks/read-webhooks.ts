import {
  type DeliveryRecord,
  deliveryPosition,
  getDelivery,
  queryDeliveries,
} from '../../adapters/dynamodb/deliveries.ts';
import { getWebhook, queryWebhooks, type WebhookRecord } from '../../adapters/dynamodb/webhooks.ts';
import type { DeliveryId, PartnerId, WebhookId } from '../../domain/ids.ts';
import { fillPage, type PageRequest } from '../fill-page.ts';
import { orNotFound, Refusal } from '../refusal.ts';

/** @throws Refusal `not_found` */
export async function readWebhook(partnerId: PartnerId, id: WebhookId): Promise<WebhookRecord> {
  return orNotFound(await getWebhook(partnerId, id), 'webhook', id);
}

/** @throws Refusal `not_found`, or `wrong_state` when the webhook is disabled. */
export async function readEnabledWebhook(partnerId: PartnerId, id: WebhookId): Promise<WebhookRecord> {
  const webhook = await readWebhook(partnerId, id);
  if (!webhook.enabled) {
    throw new Refusal('wrong_state', 'The webhook is disabled. Enable it first.');
  }
  return webhook;
}

/** A page of the partner's webhooks, oldest first. */
export async function listWebhooks(partnerId: PartnerId, { limit, after }: PageRequest) {
  return queryWebhooks(partnerId, limit, after);
}

/** @throws Refusal `not_found` */
export async function readDelivery(
  partnerId: PartnerId,
  webhookId: WebhookId,
  id: DeliveryId,
): Promise<DeliveryRecord> {
  await readWebhook(partnerId, webhookId);
  const delivery = await getDelivery(partnerId, webhookId, id);
  return orNotFound(delivery && isUnexpired(delivery) ? delivery : undefined, 'delivery', id);
}

/**
 * A page of the deliveries to a webhook, newest first.
 *
 * @throws Refusal `not_found`
 */
export async function listDeliveries(partnerId: PartnerId, webhookId: WebhookId, page: PageRequest) {
  await readWebhook(partnerId, webhookId);
  return fillPage(
    page,
    (limit, after) => queryDeliveries(partnerId, webhookId, limit, after),
    isUnexpired,
    deliveryPosition,
  );
}

/** DynamoDB may take days to remove an expired item. */
const isUnexpired = ({ expiresAt }: DeliveryRecord) => expiresAt > Date.now() / 1000;
