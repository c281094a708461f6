import { queryOptions } from '@tanstack/react-query';
import type { operations } from '../../../generated/api.ts';
import { api, given, ifMatch, type Resource, read, readWithEtag } from '../../api/client.ts';

export type Webhook = Resource<'Webhook'>;

type Delivery = Resource<'Delivery'>;

/** The fields of a webhook that users set; `events` holds patterns of event types. */
export type WebhookFields = operations['createWebhook']['requestBody']['content']['application/json'];

const pathOf = (id: string) => ({ params: { path: { id } } });

export const readWebhooks = (cursor?: string) =>
  read(api.GET('/v1/webhooks', { params: { query: given({ cursor, limit: 50 }) } }));

export const webhookQuery = (id: string) =>
  queryOptions({
    queryKey: ['webhooks', id],
    queryFn: () => readWithEtag(api.GET('/v1/webhooks/{id}', pathOf(id))),
  });

export const addWebhook = (body: WebhookFields) => read(api.POST('/v1/webhooks', { body }));

export const changeWebhook = (
  id: string,
  body: Partial<WebhookFields> & { enabled?: boolean },
  etag: string | undefined,
) => read(api.PATCH('/v1/webhooks/{id}', { ...pathOf(id), ...ifMatch(etag), body }));

export const removeWebhook = (id: string, etag: string | undefined) =>
  read(api.DELETE('/v1/webhooks/{id}', { ...pathOf(id), ...ifMatch(etag) }));

export const rotateSecretOf = (id: string) => read(api.POST('/v1/webhooks/{id}/rotate-secret', pathOf(id)));

export const sendTest = (id: string) => read(api.POST('/v1/webhooks/{id}/test', pathOf(id)));

export const readDeliveries = (id: string, cursor?: string) =>
  read(api.GET('/v1/webhooks/{id}/deliveries', { params: { path: { id }, query: given({ cursor, limit: 50 }) } }));

export const redeliver = (id: string, { id: deliveryId }: Pick<Delivery, 'id'>) =>
  read(api.POST('/v1/webhooks/{id}/deliveries/{deliveryId}/redeliver', { params: { path: { id, deliveryId } } }));
