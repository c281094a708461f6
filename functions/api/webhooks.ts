import * as z from 'zod/mini';
import {
  addDelivery,
  type DeliveryRecord,
  deliveryPosition,
  getDelivery,
  markDue,
  queryDeliveries,
  requeueDelivery,
} from '../../adapters/dynamodb/deliveries.ts';
import {
  allWebhooks,
  getWebhook,
  insertWebhook,
  queryWebhooks,
  removeWebhook,
  saveWebhook,
  type WebhookRecord,
} from '../../adapters/dynamodb/webhooks.ts';
import { publicAddresses } from '../../adapters/webhooks/post.ts';
import { newSecret } from '../../adapters/webhooks/signature.ts';
import {
  deliverySchema,
  newWebhookSchema,
  showDelivery,
  showNewWebhook,
  showWebhook,
  webhookSchema,
} from '../../contract/webhook.ts';
import { described } from '../../domain/described.ts';
import {
  eventPatterns,
  hostOf,
  MAX_WEBHOOKS,
  notPublicProblem,
  rotateSecret,
  TEST_EVENT,
  targetProblem,
} from '../../domain/webhook.ts';
import { fillPage } from '../../use-cases/fill-page.ts';
import { isUnchanged } from '../../use-cases/is-unchanged.ts';
import { invalidInput, notFound, Refusal } from '../../use-cases/refusal.ts';
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

/** Where the partner is told of what happens. */
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
    body: z.lazy(() => z.strictObject(webhookFields())),
    example: { url: 'https://hooks.acme.example/sims', events: ['order.*', 'operation.finished'] },
    answers: { 201: newWebhookSchema },
    handle: async ({ caller, body, now, newId }) => {
      await refuseTarget(body.url);
      if ((await allWebhooks(caller.partnerId)).length >= MAX_WEBHOOKS) {
        throw new Refusal('too_many', `A partner has at most ${MAX_WEBHOOKS} webhooks.`);
      }
      const at = now.toISOString();
      const webhook = await insertWebhook(caller.partnerId, {
        id: newId('webhook'),
        url: body.url,
        events: body.events,
        enabled: true,
        secret: newSecret(),
        createdAt: at,
        updatedAt: at,
        version: 1,
      });
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
      const { items, last } = await queryWebhooks(caller.partnerId, page.limit, page.after);
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
    handle: async ({ caller, path: { id } }) => okResource(showWebhook(await theWebhook(caller.partnerId, id))),
  }),
  route({
    method: 'PATCH',
    path: '/v1/webhooks/{id}',
    operationId: 'updateWebhook',
    access: 'webhooks',
    tag: 'Webhooks',
    summary: 'Update, enable or disable a webhook',
    description: 'Events that occur while the webhook is disabled are not delivered later.',
    body: z.lazy(() => z.partial(z.strictObject({ ...webhookFields(), enabled: z.boolean() }))),
    answers: { 200: webhookSchema },
    handle: async ({ caller, path: { id }, body, ifMatch, now }) => {
      const { partnerId } = caller;
      const webhook = await theWebhook(partnerId, id);
      requireMatch(ifMatch, showWebhook(webhook));
      if (body.url !== undefined) {
        await refuseTarget(body.url);
      }
      const { disabled, ...kept } = webhook;
      const before = showWebhook(webhook);
      const enabled = body.enabled ?? webhook.enabled;
      const fields = { url: body.url ?? webhook.url, events: body.events ?? webhook.events, enabled };
      if (isUnchanged(webhook, fields)) {
        return { ...okResource(before), before };
      }
      const changed = await saveWebhook(partnerId, {
        ...kept,
        ...(disabled && !enabled ? { disabled } : {}),
        ...fields,
        updatedAt: now.toISOString(),
        version: webhook.version + 1,
      });
      if (enabled && !webhook.enabled) {
        await markDue(partnerId, id, now);
      }
      return { ...okResource(showWebhook(changed)), before };
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
      const webhook = await theWebhook(caller.partnerId, id);
      requireMatch(ifMatch, showWebhook(webhook));
      await removeWebhook(caller.partnerId, webhook);
      return { ...noContent, before: showWebhook(webhook) };
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
    handle: async ({ caller, path: { id }, now }) => {
      const { partnerId } = caller;
      const webhook = await theWebhook(partnerId, id);
      const changed = await saveWebhook(partnerId, {
        ...webhook,
        ...rotateSecret(webhook, newSecret(), now),
        updatedAt: now.toISOString(),
        version: webhook.version + 1,
      });
      return { status: 200, body: showNewWebhook(changed) };
    },
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
      const { partnerId } = caller;
      await theWebhookInUse(partnerId, id);
      const event = {
        id: newId('event'),
        type: TEST_EVENT,
        at: now.toISOString(),
        subject: id,
        place: now.toISOString(),
        data: { webhookId: id },
      } as const;
      const delivery = await addDelivery(partnerId, id, event, now);
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
      const { partnerId } = caller;
      await theWebhook(partnerId, id);
      const { items, next } = await fillPage(
        page,
        (limit, after) => queryDeliveries(partnerId, id, limit, after),
        isKept,
        deliveryPosition,
      );
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
      okResource(showDelivery(await theDelivery(caller.partnerId, id, deliveryId))),
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
    handle: async ({ caller, path: { id, deliveryId }, now }) => {
      const { partnerId } = caller;
      const delivery = await theDelivery(partnerId, id, deliveryId);
      await theWebhookInUse(partnerId, id);
      if (delivery.state === 'pending') {
        throw new Refusal('wrong_state', 'The event is already pending delivery.');
      }
      return okResource(showDelivery(await requeueDelivery(partnerId, id, delivery, now)));
    },
  }),
];

async function theWebhook(partnerId: string, id: string): Promise<WebhookRecord> {
  const webhook = await getWebhook(partnerId, id);
  if (!webhook) {
    throw notFound('webhook', id);
  }
  return webhook;
}

async function theWebhookInUse(partnerId: string, id: string): Promise<void> {
  if (!(await theWebhook(partnerId, id)).enabled) {
    throw new Refusal('wrong_state', 'The webhook is disabled. Enable it first.');
  }
}

async function theDelivery(partnerId: string, webhookId: string, id: string): Promise<DeliveryRecord> {
  await theWebhook(partnerId, webhookId);
  const delivery = await getDelivery(partnerId, webhookId, id);
  if (!delivery || !isKept(delivery)) {
    throw notFound('delivery', id);
  }
  return delivery;
}

/** DynamoDB may take days to remove what has expired. */
function isKept({ expiresAt }: DeliveryRecord): boolean {
  return expiresAt > Date.now() / 1000;
}

/** @throws Refusal 422 when events cannot be sent there: looked at again with every connection that is made. */
async function refuseTarget(url: string): Promise<void> {
  const local = process.env.STAGE === 'local';
  const problem = targetProblem(url, local) ?? (local ? undefined : await addressProblem(hostOf(new URL(url))));
  if (problem) {
    throw invalidInput([{ pointer: '/url', code: problem.code, message: problem.detail }]);
  }
}

async function addressProblem(host: string) {
  try {
    await publicAddresses(host);
    return undefined;
  } catch {
    // A name that leads nowhere is no more public than one that leads inside.
    return notPublicProblem(host);
  }
}

export const handler = createApiHandler(routes);
