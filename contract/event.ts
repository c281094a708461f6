import * as z from 'zod/mini';
import { differenceFields } from '../domain/difference.ts';
import { operatorIdSchema } from '../domain/operator.ts';
import { orderStates } from '../domain/order.ts';
import { simStates } from '../domain/sim.ts';
import { eventTypes, type PublicEvent, TEST_EVENT } from '../domain/webhook.ts';
import { firingSchema } from './alarm.ts';
import { operationSchema } from './operation.ts';

/** The schemas of the data that `use-cases/webhooks/events.ts` creates. A test checks that they agree. */
const orderEventDataSchema = z
  .object({
    orderId: z.string(),
    from: z.optional(z.enum(orderStates)),
    to: z.optional(z.enum(orderStates)),
    detail: z.optional(z.string()),
  })
  .register(z.globalRegistry, { id: 'OrderEventData' });

const simEventDataSchema = z
  .object({
    iccid: z.string(),
    operatorId: operatorIdSchema,
    orderId: z.optional(z.string()),
    state: z.enum(simStates),
    partnerServiceId: z.string(),
    customerId: z.optional(z.string()),
    customerServiceId: z.optional(z.string()),
    operationId: z.optional(z.string()),
  })
  .register(z.globalRegistry, { id: 'SimEventData' });

const simDiffersDataSchema = z
  .extend(simEventDataSchema, {
    field: z.enum(differenceFields),
    ours: z.optional(z.string()),
    theirs: z.string(),
  })
  .register(z.globalRegistry, { id: 'SimDiffersData' });

const customerEventDataSchema = z
  .object({ customerId: z.string(), name: z.string() })
  .register(z.globalRegistry, { id: 'CustomerEventData' });

const simReplacedDataSchema = z
  .extend(simEventDataSchema, { replacedBy: z.optional(z.string()) })
  .register(z.globalRegistry, { id: 'SimReplacedData' });

const testEventData = z.object({ webhookId: z.string() }).register(z.globalRegistry, { id: 'TestEventData' });

/** An event as webhooks receive it: when it is sent, and the schema of its `data`. */
export type DescribedEvent = { type: PublicEvent['type']; summary: string; data: z.core.$ZodType };

const descriptions: Readonly<Record<PublicEvent['type'], readonly [summary: string, data: z.core.$ZodType]>> = {
  'order.accepted': ['The operator accepted an order', orderEventDataSchema],
  'order.dispatched': ['The operator dispatched an order', orderEventDataSchema],
  'order.delivered': ['The SIMs of an order were received', orderEventDataSchema],
  'order.shortfall': ['Fewer SIMs than ordered were delivered', orderEventDataSchema],
  'order.fulfilled': ['The plan of an order has run for all of its SIMs', orderEventDataSchema],
  'order.cancelled': ['An order was cancelled', orderEventDataSchema],
  'order.rejected': ['The operator rejected an order', orderEventDataSchema],
  'order.failed': ['An order failed and can be resumed', orderEventDataSchema],
  'operation.finished': ['An operation finished', operationSchema],
  'sim.activated': ['A SIM was activated', simEventDataSchema],
  'sim.suspended': ['A SIM was suspended', simEventDataSchema],
  'sim.activation_failed': ['The activation of a SIM failed', simEventDataSchema],
  'sim.differs': ['A SIM differs at its operator', simDiffersDataSchema],
  'sim.replaced': ['Another SIM has replaced a SIM, which is terminated', simReplacedDataSchema],
  'sims.waiting_in_holding': ['SIMs of an order have been in holding for too long', orderEventDataSchema],
  'alarm.fired': ['An alarm fired', firingSchema],
  'customer.deleted': ['A customer was deleted', customerEventDataSchema],
  [TEST_EVENT]: ['A test event was requested', testEventData],
};

const types: readonly PublicEvent['type'][] = [...eventTypes, TEST_EVENT];

/** Every event that can be sent, in the order of the contract. */
export const describedEvents: readonly DescribedEvent[] = types.map((type) => {
  const [summary, data] = descriptions[type];
  return { type, summary, data };
});
