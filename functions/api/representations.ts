import * as z from 'zod/mini';
import type { CustomerRecord } from '../../adapters/dynamodb/customers.ts';
import type { JournalEntry } from '../../adapters/dynamodb/journal.ts';
import type { CustomerServiceRecord } from '../../adapters/dynamodb/services.ts';
import type { SetAside } from '../../adapters/dynamodb/set-aside.ts';
import { partnerRoles, roles } from '../../domain/access.ts';
import { type Alarm, alarmActions, type Firing, measures } from '../../domain/alarm.ts';
import { described } from '../../domain/described.ts';
import type { Operation } from '../../domain/operation.ts';
import { operationStates } from '../../domain/operation.ts';
import { operatorIds } from '../../domain/operator.ts';
import { type Order, orderStates } from '../../domain/order.ts';
import type { Partner } from '../../domain/partner.ts';
import { planSchema, planStages } from '../../domain/plan.ts';
import type { PartnerService } from '../../domain/service.ts';
import { type Sim, simStates } from '../../domain/sim.ts';
import { nextActions, simActions, simProblemCodes } from '../../domain/sim-actions.ts';
import { tariffFields } from '../../domain/tariff.ts';
import { type User, userStates } from '../../domain/user.ts';
import { type Delivery, deliveryStates, type Webhook } from '../../domain/webhook.ts';

/*
 * What the API shows of each thing. A representation is a choice: what the table keeps beside (tokens, counters, keys)
 * stays inside, because these schemas let nothing else through.
 */

const id = z.string();
const time = z.lazy(() => described(z.iso.datetime(), 'RFC 3339, UTC'));
const date = z.lazy(() => z.iso.date());
const stamps = { createdAt: time, updatedAt: time, version: z.int() };

/*
 * What is stored was checked by the rules of its own time: an answer checks nothing again, so that a rule of today makes
 * no error of what an earlier release accepted.
 */

const address = z.lazy(() =>
  z.object({
    name: z.string(),
    lines: z.array(z.string()),
    city: z.string(),
    postalCode: described(z._default(z.string(), ''), 'Empty where the country has none'),
    country: described(z.string(), 'ISO 3166-1 alpha-2'),
  }),
);

const contact = z.lazy(() => z.object({ name: z.string(), email: z.string(), phone: z.optional(z.string()) }));

export const operatorSchema = z.lazy(() =>
  z
    .object({
      id: z.enum(operatorIds),
      name: z.string(),
      orderMultiple: described(z.int(), 'Orders are in multiples of this'),
      leadTimeWorkingDays: z.object({ min: z.int(), max: z.int() }),
      calendar: described(z.string(), 'The country whose working days and bank holidays count'),
    })
    .register(z.globalRegistry, { id: 'Operator' }),
);

export const tariffAnswerSchema = z.lazy(() =>
  z
    .object({ id, ...tariffFields(), name: z.string(), networks: z.array(z.string()) })
    .register(z.globalRegistry, { id: 'Tariff' }),
);

export const partnerSchema = z.lazy(() =>
  z
    .object({
      id,
      name: z.string(),
      shortName: z.string(),
      deliveryAddress: address,
      contact,
      holdingDays: z.optional(z.int()),
      ...stamps,
    })
    .register(z.globalRegistry, { id: 'Partner' }),
);

export const showPartner = (partner: Partner) => partnerSchema.parse(partner);

export const customerSchema = z.lazy(() =>
  z
    .object({
      id,
      name: z.string(),
      shortName: z.string(),
      contact: z.optional(contact),
      address: z.optional(address),
      tags: z.array(z.string()),
      ...stamps,
    })
    .register(z.globalRegistry, { id: 'Customer' }),
);

export const showCustomer = (customer: CustomerRecord) => customerSchema.parse(customer);

export const partnerServiceSchema = z.lazy(() =>
  z
    .object({
      id,
      name: z.string(),
      tariffId: described(z.optional(z.string()), 'Holding services have none'),
      holding: described(z.boolean(), 'Made by the system for SIMs that arrive; nobody can edit it or migrate to it'),
      ...stamps,
    })
    .register(z.globalRegistry, { id: 'PartnerService' }),
);

export const showPartnerService = (service: PartnerService) => partnerServiceSchema.parse(service);

export const customerServiceSchema = z.lazy(() =>
  z
    .object({ id, customerId: z.string(), tariffId: z.string(), name: z.string(), ...stamps })
    .register(z.globalRegistry, { id: 'CustomerService' }),
);

export const showCustomerService = (service: Omit<CustomerServiceRecord, 'sims'>) =>
  customerServiceSchema.parse(service);

const failure = z.lazy(() => z.object({ code: z.string(), detail: z.string() }));

export const orderSchema = z.lazy(() =>
  z
    .object({
      id,
      operatorId: z.enum(operatorIds),
      quantity: z.int(),
      receivedQuantity: z.int(),
      state: z.enum(orderStates),
      reference: z.optional(z.string()),
      deliveryAddress: address,
      operatorReference: z.optional(z.string()),
      trackingReference: z.optional(z.string()),
      estimatedDelivery: z.object({ earliest: date, latest: date }),
      plan: z.optional(planSchema),
      progress: z.object({
        received: z.int(),
        migrated: z.int(),
        assigned: z.int(),
        activated: z.int(),
        failed: z.int(),
      }),
      operations: z.array(z.object({ stage: z.enum(planStages), operationId: z.string() })),
      failure: z.optional(failure),
      ...stamps,
    })
    .register(z.globalRegistry, { id: 'Order' }),
);

export const showOrder = (order: Order) => orderSchema.parse(order);

export const orderEventSchema = z.lazy(() =>
  z
    .object({
      at: time,
      type: z.string(),
      from: z.optional(z.enum(orderStates)),
      to: z.optional(z.enum(orderStates)),
      actor: described(z.string(), "A user's sub, an operator's id, or system"),
      detail: z.optional(z.string()),
    })
    .register(z.globalRegistry, { id: 'OrderEvent' }),
);

export const simSchema = z.lazy(() =>
  z
    .object({
      iccid: z.string(),
      imsi: z.string(),
      msisdn: z.optional(z.string()),
      operatorId: z.enum(operatorIds),
      orderId: z.string(),
      state: z.enum(simStates),
      bars: z.array(z.object({ type: z.literal('data'), reason: z.string(), since: time })),
      partnerServiceId: z.string(),
      holding: z.boolean(),
      customerId: z.optional(z.string()),
      customerServiceId: z.optional(z.string()),
      label: z.optional(z.string()),
      tags: z.array(z.string()),
      stateChangedAt: time,
      ...stamps,
      nextActions: described(z.array(z.enum(simActions)), 'What the rules allow now'),
    })
    .register(z.globalRegistry, { id: 'Sim' }),
);

export const showSim = (sim: Sim) =>
  simSchema.parse({ ...sim, holding: sim.state === 'in_holding', nextActions: nextActions(sim) });

export const simEventSchema = z.lazy(() =>
  z
    .object({
      at: time,
      type: z.string(),
      from: z.optional(z.enum(simStates)),
      to: z.optional(z.enum(simStates)),
      operationId: z.optional(z.string()),
      actor: described(z.string(), "The user's sub behind the step, or system"),
    })
    .register(z.globalRegistry, { id: 'SimEvent' }),
);

export const operationSchema = z.lazy(() =>
  z
    .object({
      id,
      action: z.enum(simActions),
      dryRun: z.optional(z.boolean()),
      effectiveAt: described(z.optional(time), 'When it begins; until then it is `scheduled`'),
      state: z.enum(operationStates),
      total: described(z.optional(z.int()), 'Absent until the selection is fixed'),
      succeeded: z.int(),
      failed: z.int(),
      failure: z.optional(failure),
      requestedBy: z.string(),
      createdAt: time,
      startedAt: z.optional(time),
      finishedAt: z.optional(time),
    })
    .register(z.globalRegistry, { id: 'Operation' }),
);

export const showOperation = (operation: Operation) => operationSchema.parse(operation);

const simProblem = z.lazy(() => z.object({ code: z.enum(simProblemCodes), detail: z.string() }));

export const resultSchema = z.lazy(() =>
  z
    .object({ iccid: z.string(), outcome: z.enum(['succeeded', 'failed']), problem: z.optional(simProblem) })
    .register(z.globalRegistry, { id: 'Result' }),
);

export const dryRunSchema = z.lazy(() =>
  z
    .object({
      total: z.int(),
      eligible: z.int(),
      ineligible: z.int(),
      byCode: z.record(z.string(), z.int()),
      results: z.array(z.object({ iccid: z.string(), eligible: z.boolean(), problem: z.optional(simProblem) })),
    })
    .register(z.globalRegistry, { id: 'DryRun' }),
);

export const simUsageSchema = z.lazy(() =>
  z
    .object({
      unit: z.literal('bytes'),
      totalBytes: z.int(),
      points: described(
        z.array(
          z.object({
            at: described(time, 'When the hour, day or month begins'),
            bytes: z.int(),
            network: described(z.string(), 'MCC and MNC'),
          }),
        ),
        'By time and network; where nothing was used there is none',
      ),
    })
    .register(z.globalRegistry, { id: 'SimUsage' }),
);

export const usageFileSchema = z.lazy(() =>
  z
    .object({
      records: described(z.int(), 'How many rows the file has'),
      counted: described(z.int(), 'Those that count now, or did before: each of them once'),
      ownerless: described(z.int(), 'Those of SIMs that nobody has'),
      untimely: described(z.int(), 'Those that are too old to be counted, or of the future'),
    })
    .register(z.globalRegistry, { id: 'UsageFile' }),
);

export const serviceUsageSchema = z.lazy(() =>
  z
    .object({
      period: described(z.string(), 'A calendar month, UTC: `2026-11`'),
      allowanceBytes: described(
        z.optional(z.int()),
        'Of each SIM, or of the pool: a dynamic one has it times its SIMs. Holding services have none',
      ),
      usedBytes: described(z.int(), 'What SIMs used while they were on the service'),
      sims: described(z.int(), 'How many SIMs are on the service now'),
      pooling: z.optional(tariffFields().pooling),
      topSims: described(
        z.array(z.object({ iccid: z.string(), bytes: z.int() })),
        'Those that used the most, ten at most',
      ),
      forecast: described(
        z.optional(date),
        'The day on which a pool is used up, if it goes on as it went; absent when it lasts',
      ),
    })
    .register(z.globalRegistry, { id: 'ServiceUsage' }),
);

const webhookFields = () => ({
  id,
  url: z.string(),
  events: z.array(z.string()),
  enabled: z.boolean(),
  disabled: described(
    z.optional(z.object({ at: time, code: z.string(), detail: z.string() })),
    'Why the system took it out of use',
  ),
  ...stamps,
});

export const webhookSchema = z.lazy(() => z.object(webhookFields()).register(z.globalRegistry, { id: 'Webhook' }));

export const showWebhook = (webhook: Webhook) => webhookSchema.parse(webhook);

export const newWebhookSchema = z.lazy(() =>
  z
    .object({ ...webhookFields(), secret: described(z.string(), 'With which its events are signed; told this once') })
    .register(z.globalRegistry, { id: 'NewWebhook' }),
);

export const showNewWebhook = (webhook: Webhook & { secret: string }) => newWebhookSchema.parse(webhook);

const machineClientFields = () => ({
  id: described(z.string(), 'The `client_id` with which it gets tokens'),
  name: z.string(),
  partnerId: z.string(),
  roles: z.array(z.enum(partnerRoles)),
  scopes: described(z.array(z.string()), 'What a token may be asked to be good for: one for each role'),
  tokenUrl: described(z.string(), 'Where it gets tokens: OAuth 2.0, client credentials'),
  createdAt: time,
});

export const machineClientSchema = z.lazy(() =>
  z.object(machineClientFields()).register(z.globalRegistry, { id: 'Client' }),
);

export const newMachineClientSchema = z.lazy(() =>
  z
    .object({ ...machineClientFields(), secret: described(z.string(), 'The `client_secret`; told this once') })
    .register(z.globalRegistry, { id: 'NewClient' }),
);

export const userSchema = z.lazy(() =>
  z
    .object({
      id: described(z.string(), 'The `sub` of his tokens'),
      email: z.string(),
      partnerId: described(z.optional(z.string()), 'Absent for a user of the wholesaler'),
      customerId: described(z.optional(z.string()), 'Of a user of a customer'),
      roles: z.array(z.enum(roles)),
      state: described(z.enum(userStates), '`invited` until he has signed in'),
      createdAt: time,
    })
    .register(z.globalRegistry, { id: 'User' }),
);

export const showUser = (user: User) => userSchema.parse(user);

export const deliverySchema = z.lazy(() =>
  z
    .object({
      id,
      eventId: described(z.string(), 'The `webhook-id` under which it is sent, each time'),
      type: z.string(),
      subject: described(z.string(), 'The order, operation or SIM that it is about'),
      state: z.enum(deliveryStates),
      attempts: z.int(),
      lastStatus: described(z.optional(z.int()), 'What the receiver answered'),
      lastError: z.optional(z.string()),
      lastAttemptAt: z.optional(time),
      nextAttemptAt: z.optional(time),
      createdAt: time,
      deliveredAt: z.optional(time),
    })
    .register(z.globalRegistry, { id: 'Delivery' }),
);

export const showDelivery = (delivery: Delivery) => deliverySchema.parse(delivery);

export const alarmSchema = z.lazy(() =>
  z
    .object({
      id,
      name: z.string(),
      scope: z.object({
        customerServiceId: z.optional(z.string()),
        partnerServiceId: z.optional(z.string()),
        iccid: z.optional(z.string()),
      }),
      measure: z.enum(measures),
      threshold: z.object({ percent: z.optional(z.number()), bytes: z.optional(z.int()) }),
      action: z.enum(alarmActions),
      ...stamps,
    })
    .register(z.globalRegistry, { id: 'Alarm' }),
);

export const showAlarm = (alarm: Alarm) => alarmSchema.parse(alarm);

export const firingSchema = z.lazy(() =>
  z
    .object({
      at: time,
      alarmId: id,
      name: z.string(),
      period: described(z.string(), 'The month, UTC'),
      subject: described(z.string(), 'The SIM, or the service whose pool it is'),
      measure: z.enum(measures),
      usedBytes: z.int(),
      thresholdBytes: z.int(),
      action: z.enum(alarmActions),
      operationId: described(z.optional(z.string()), 'The operation that suspends'),
    })
    .register(z.globalRegistry, { id: 'Firing' }),
);

export const showFiring = (firing: Firing) => firingSchema.parse(firing);

export const journalEntrySchema = z.lazy(() =>
  z
    .object({
      at: time,
      actor: described(z.string(), "The user's sub"),
      method: z.string(),
      route: z.string(),
      resource: described(z.string(), 'The path of what was written'),
      sourceIp: z.string(),
      requestId: z.string(),
      status: z.int(),
    })
    .register(z.globalRegistry, { id: 'JournalEntry' }),
);

export const showJournalEntry = (entry: JournalEntry) => journalEntrySchema.parse(entry);

export const setAsideSchema = z.lazy(() =>
  z
    .object({
      id,
      kind: z.enum(['order', 'operation', 'due']),
      partnerId: z.optional(z.string()),
      subject: described(z.string(), 'The id of the order or operation, or the key of what is due'),
      error: z.string(),
      at: time,
    })
    .register(z.globalRegistry, { id: 'SetAside' }),
);

export const showSetAside = ({ id, work, error, at }: SetAside) =>
  setAsideSchema.parse({
    id,
    kind: work.kind,
    subject: work.kind === 'due' ? `${work.key.pk} ${work.key.sk}` : work.id,
    ...(work.kind === 'due' ? {} : { partnerId: work.partnerId }),
    error,
    at,
  });
