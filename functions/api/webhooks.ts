import * as z from 'zod/mini';
import {
  deliverySchema,
  newWebhookSchema,
  showDelivery,
  showNewWebhook,
  showWebhook,
  webhookSchema,
} from '../../contract/webhook.ts';
import { described } from '../../domain/described.ts';
import { eventPatterns } from '../../domain/webhook.ts';
import { createWebhook } from '../../use-cases/webhooks/create-webhook.ts';
import { deleteWebhook } from '../../use-cases/webhooks/delete-webhook.ts';
import { listDeliveries, listWebhooks, readDelivery, readWebhook } from '../../use-cases/webhooks/read-webhooks.ts';
import { redeliverEvent } from '../../use-cases/webhooks/redeliver-event.ts';
import { rotateWebhookSecret } from '../../use-cases/webhooks/rotate-webhook-secret.ts';
import { sendTestEvent } from '../../use-cases/webhooks/send-test-event.ts';
import { updateWebhook } from '../../use-cases/webhooks/update-webhook.ts';
import { createApiHandler } from '../http/create-api-handler.ts';
import { requireMatch } from '../http/etag.ts';
import { created, noContent, okPage, okResource, route } from '../http/route.ts';

const webhookFields = () => ({
  url: described(z.string().check(z.minLength(1), z.maxLength(2000)), 'Public `https` URL.'),
  events: described(
    z.array(z.enum(eventPatterns)).check(z.minLength(1), z.maxLength(eventPatterns.length)),
    'Event types to send. `order.*` selects all order events, `*` selects all events.',
  ),
});

/** Webhooks, to which events are sent, and their deliveries. */
export const routes = [
  route({
    method: 'POST',
    path: '/v1/webhooks',
    operationId: 'createWebhook',
    showsSecret: true,
    access: 'webhooks',
    tag: 'Webhooks',
    summary: 'Create a webhook',
    description: 'The response contains the secret with which events are signed. It is shown only once.',
    body: () => z.strictObject(webhookFields()),
    example: { url: 'https://hooks.acme.example/sims', events: ['order.*', 'operation.finished'] },
    answers: { 201: newWebhookSchema },
    handle: async ({ caller, body, now, newId }) => {
      const webhook = await createWebhook(caller.partnerId, body, { id: newId('webhook'), now });
      return created(`/v1/webhooks/${webhook.id}`, showNewWebhook(webhook));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/webhooks',
    operationId: 'listWebhooks',
    access: 'webhooks',
    tag: 'Webhooks',
    summary: 'List webhooks',
    paged: true,
    answers: { 200: webhookSchema },
    handle: async ({ caller, page }) => {
      const { items, last } = await listWebhooks(caller.partnerId, page);
      return okPage(items.map(showWebhook), last);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/webhooks/{id}',
    operationId: 'getWebhook',
    access: 'webhooks',
    tag: 'Webhooks',
    summary: 'Get a webhook',
    answers: { 200: webhookSchema },
    handle: async ({ caller, path: { id } }) => okResource(showWebhook(await readWebhook(caller.partnerId, id))),
  }),
  route({
    method: 'PATCH',
    path: '/v1/webhooks/{id}',
    operationId: 'updateWebhook',
    access: 'webhooks',
    tag: 'Webhooks',
    summary: 'Update, enable or disable a webhook',
    description: 'Events that occur while the webhook is disabled are not delivered later.',
    body: () => z.partial(z.strictObject({ ...webhookFields(), enabled: z.boolean() })),
    answers: { 200: webhookSchema },
    handle: async ({ caller, path: { id }, body, ifMatch, now }) => {
      const { before, after } = await updateWebhook(caller.partnerId, id, body, {
        now,
        precondition: (webhook) => requireMatch(ifMatch, showWebhook(webhook)),
      });
      return { ...okResource(showWebhook(after)), before: showWebhook(before) };
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/webhooks/{id}',
    operationId: 'deleteWebhook',
    access: 'webhooks',
    tag: 'Webhooks',
    summary: 'Delete a webhook',
    description: 'Pending events are not delivered.',
    answers: { 204: null },
    handle: async ({ caller, path: { id }, ifMatch }) => {
      const before = await deleteWebhook(caller.partnerId, id, (webhook) =>
        requireMatch(ifMatch, showWebhook(webhook)),
      );
      return { ...noContent, before: showWebhook(before) };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/webhooks/{id}/rotate-secret',
    operationId: 'rotateWebhookSecret',
    showsSecret: true,
    access: 'webhooks',
    tag: 'Webhooks',
    summary: 'Rotate the secret of a webhook',
    description:
      'The response contains the new secret, which is shown only once. For one day, events are signed with both the new and the previous secret.',
    answers: { 200: newWebhookSchema },
    handle: async ({ caller, path: { id }, now }) => ({
      status: 200,
      body: showNewWebhook(await rotateWebhookSecret(caller.partnerId, id, now)),
    }),
  }),
  route({
    method: 'POST',
    path: '/v1/webhooks/{id}/test',
    operationId: 'testWebhook',
    access: 'webhooks',
    tag: 'Webhooks',
    summary: 'Send a test event',
    description: 'Sends an event of type `webhook.test` within a minute, with the same retries as other events.',
    answers: { 201: deliverySchema },
    handle: async ({ caller, path: { id }, now, newId }) => {
      const delivery = await sendTestEvent(caller.partnerId, id, { eventId: newId('event'), now });
      return created(`/v1/webhooks/${id}/deliveries/${delivery.id}`, showDelivery(delivery));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/webhooks/{id}/deliveries',
    operationId: 'listWebhookDeliveries',
    access: 'webhooks',
    tag: 'Webhooks',
    summary: 'List the deliveries of the last 30 days, newest first',
    paged: true,
    answers: { 200: deliverySchema },
    handle: async ({ caller, path: { id }, page }) => {
      const { items, next } = await listDeliveries(caller.partnerId, id, page);
      return okPage(items.map(showDelivery), next);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/webhooks/{id}/deliveries/{deliveryId}',
    operationId: 'getWebhookDelivery',
    access: 'webhooks',
    tag: 'Webhooks',
    summary: 'Get a delivery',
    answers: { 200: deliverySchema },
    handle: async ({ caller, path: { id, deliveryId } }) =>
      okResource(showDelivery(await readDelivery(caller.partnerId, id, deliveryId))),
  }),
  route({
    method: 'POST',
    path: '/v1/webhooks/{id}/deliveries/{deliveryId}/redeliver',
    operationId: 'redeliverEvent',
    access: 'webhooks',
    tag: 'Webhooks',
    summary: 'Redeliver an event',
    description: 'Sends the event again with the same id, with retries for up to a day.',
    answers: { 200: deliverySchema },
    handle: async ({ caller, path: { id, deliveryId }, now }) =>
      okResource(showDelivery(await redeliverEvent(caller.partnerId, id, deliveryId, now))),
  }),
];

export const handler = createApiHandler(routes);
