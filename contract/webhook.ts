import * as z from 'zod/mini';
import { described } from '../domain/described.ts';
import { type Delivery, deliveryStates, type Webhook } from '../domain/webhook.ts';
import { id, namedSchema, showAs, stamps, time } from './fields.ts';

const webhookFields = () => ({
  id,
  url: z.string(),
  events: z.array(z.string()),
  enabled: z.boolean(),
  disabled: described(
    z.optional(z.object({ at: time, code: z.string(), detail: z.string() })),
    'Reason why the system disabled the webhook.',
  ),
  ...stamps,
});

export const webhookSchema = namedSchema('Webhook', () => z.object(webhookFields()));

export const showWebhook = (webhook: Webhook) => showAs(webhookSchema, webhook);

export const newWebhookSchema = namedSchema('NewWebhook', () =>
  z.object({ ...webhookFields(), secret: described(z.string(), 'Signing secret of the webhook. Shown only once.') }),
);

export const showNewWebhook = (webhook: Webhook & { secret: string }) => showAs(newWebhookSchema, webhook);

export const deliverySchema = namedSchema('Delivery', () =>
  z.object({
    id,
    eventId: described(z.string(), 'The `webhook-id` of every attempt.'),
    type: z.string(),
    subject: described(z.string(), 'Id of the order, operation, SIM, alarm or customer.'),
    state: z.enum(deliveryStates),
    attempts: z.int(),
    lastStatus: described(z.optional(z.int()), 'HTTP status of the last response.'),
    lastError: z.optional(z.string()),
    lastAttemptAt: z.optional(time),
    nextAttemptAt: z.optional(time),
    createdAt: time,
    deliveredAt: z.optional(time),
  }),
);

export const showDelivery = (delivery: Delivery) => showAs(deliverySchema, delivery);
