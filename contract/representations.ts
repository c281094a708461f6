import * as z from 'zod/mini';
import type { CustomerRecord } from '../adapters/dynamodb/customers.ts';
import type { JournalEntry } from '../adapters/dynamodb/journal.ts';
import type { CustomerServiceRecord } from '../adapters/dynamodb/services.ts';
import type { SetAside } from '../adapters/dynamodb/set-aside.ts';
import { partnerRoles, roles } from '../domain/access.ts';
import { type Alarm, alarmActions, type Firing, measures } from '../domain/alarm.ts';
import { described } from '../domain/described.ts';
import type { Operation } from '../domain/operation.ts';
import { operationStates } from '../domain/operation.ts';
import { operatorIds } from '../domain/operator.ts';
import { type Order, orderStates } from '../domain/order.ts';
import type { Partner } from '../domain/partner.ts';
import { planSchema, planStages } from '../domain/plan.ts';
import type { PartnerService } from '../domain/service.ts';
import { type Sim, simStates } from '../domain/sim.ts';
import { nextActions, simActions, simProblemCodes } from '../domain/sim-actions.ts';
import { tariffFields } from '../domain/tariff.ts';
import type { TimelineLine } from '../domain/timeline.ts';
import { type User, userStates } from '../domain/user.ts';
import { type Delivery, deliveryStates, type Webhook } from '../domain/webhook.ts';

/*
 * What the API shows of each thing. A representation is a choice: what the table keeps beside (tokens, counters, keys)
 * stays inside, because these schemas let nothing else through.
 */

const id = z.string();
const time = z.lazy(() => described(z.iso.datetime(), 'RFC 3339, in UTC.'));
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
    postalCode: described(z._default(z.string(), ''), 'Empty in countries without postal codes.'),
    country: described(z.string(), 'ISO 3166-1 alpha-2 country code.'),
  }),
);

const contact = z.lazy(() => z.object({ name: z.string(), email: z.string(), phone: z.optional(z.string()) }));

export const operatorSchema = z.lazy(() =>
  z
    .object({
      id: z.enum(operatorIds),
      name: z.string(),
      orderMultiple: described(z.int(), 'Order quantities are multiples of this number.'),
      leadTimeWorkingDays: z.object({ min: z.int(), max: z.int() }),
      calendar: described(z.string(), 'Country whose working days and bank holidays apply to lead times.'),
    })
    .register(z.globalRegistry, { id: 'Operator' }),
);

export const tariffAnswerSchema = z.lazy(() =>
  z
    .object({ id, ...tariffFields(), name: z.string(), networks: z.array(z.string()) })
    .register(z.globalRegistry, { id: 'Tariff' }),
);

export const showTariff = (tariff: object) => tariffAnswerSchema.parse(tariff);

export const partnerSchema = z.lazy(() =>
  z
    .object({
      id,
      name: z.string(),
      shortName: z.string(),
      deliveryAddress: address,
      contact,
      holdingDays: z.optional(z.int()),
      requestsPerSecond: z.optional(z.int()),
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
      tariffId: described(z.optional(z.string()), 'Absent for holding services.'),
      holding: described(
        z.boolean(),
        '`true` for the services that the system creates for arriving SIMs. They cannot be edited, and SIMs cannot be migrated to them.',
      ),
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

/** As the platform sees it: with whose it is. */
export const partnerOrderSchema = z.lazy(() =>
  z.extend(orderSchema._zod.innerType, { partnerId: z.string() }).register(z.globalRegistry, { id: 'PartnerOrder' }),
);

export const showOrder = (order: Order) => orderSchema.parse(order);

export const orderEventSchema = z.lazy(() =>
  z
    .object({
      at: time,
      type: z.string(),
      from: z.optional(z.enum(orderStates)),
      to: z.optional(z.enum(orderStates)),
      actor: described(z.string(), 'The `sub` of a user, the id of an operator, or `system`.'),
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
      nextActions: described(z.array(z.enum(simActions)), 'Actions that are currently allowed for this SIM.'),
    })
    .register(z.globalRegistry, { id: 'Sim' }),
);

/** As the platform sees it: with whose it is. */
export const partnerSimSchema = z.lazy(() =>
  z.extend(simSchema._zod.innerType, { partnerId: z.string() }).register(z.globalRegistry, { id: 'PartnerSim' }),
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
      actor: described(
        z.string(),
        'The `sub` of the user who caused the change, the id of an alarm, or `system`. Customer users see `partner` or `system`.',
      ),
      partnerServiceId: described(z.optional(z.string()), 'Of a migration'),
      partnerServiceName: z.optional(z.string()),
      customerId: described(z.optional(z.string()), 'Of an assignment; the one that was left, of an unassignment'),
      customerName: z.optional(z.string()),
      customerServiceId: z.optional(z.string()),
      customerServiceName: z.optional(z.string()),
      reason: described(z.optional(z.string()), 'Of a suspension or resumption'),
      cleared: described(
        z.optional(z.object({ label: z.optional(z.string()), tags: z.optional(z.array(z.string())) })),
        'The label and tags of a former customer’s time, removed by an assignment to another customer',
      ),
    })
    .register(z.globalRegistry, { id: 'SimEvent' }),
);

/** @param names of customers and services, by id. */
export const showSimEvent = (line: TimelineLine, names: ReadonlyMap<string, string>) => {
  const nameOf = (id: string | undefined) => names.get(id ?? '');
  return simEventSchema.parse({
    ...line,
    partnerServiceName: nameOf(line.partnerServiceId),
    customerName: nameOf(line.customerId),
    customerServiceName: nameOf(line.customerServiceId),
  });
};

const simFilterAnswer = z.lazy(() =>
  z.object({
    state: z.optional(z.enum(simStates)),
    customerId: z.optional(z.string()),
    customerServiceId: z.optional(z.string()),
    partnerServiceId: z.optional(z.string()),
    operatorId: z.optional(z.enum(operatorIds)),
    orderId: z.optional(z.string()),
    q: z.optional(z.string()),
  }),
);

export const operationSchema = z.lazy(() =>
  z
    .object({
      id,
      action: z.enum(simActions),
      dryRun: z.optional(z.boolean()),
      effectiveAt: described(z.optional(time), 'Start time. The operation is `scheduled` until then.'),
      state: z.enum(operationStates),
      total: described(z.optional(z.int()), 'Number of selected SIMs. Absent until the selection is fixed.'),
      succeeded: z.int(),
      failed: z.int(),
      failure: z.optional(failure),
      selection: described(
        z.object({
          count: described(z.optional(z.int()), 'Of a list of ICCIDs: how many there are'),
          orderId: z.optional(z.string()),
          filter: described(z.optional(simFilterAnswer), 'Empty for the whole fleet'),
          failedIn: described(z.optional(z.string()), 'Of a retry: the operation whose failed SIMs it is for'),
        }),
        'Which SIMs it is for',
      ),
      target: described(
        z.optional(
          z.object({
            partnerServiceId: z.optional(z.string()),
            customerId: z.optional(z.string()),
            customerServiceId: z.optional(z.string()),
          }),
        ),
        'Where a migration or an assignment brings them',
      ),
      reason: described(z.optional(z.string()), 'Of a suspension; of a resumption that is limited to such bars'),
      requestedBy: z.string(),
      createdAt: time,
      startedAt: z.optional(time),
      finishedAt: z.optional(time),
    })
    .register(z.globalRegistry, { id: 'Operation' }),
);

export const showOperation = (operation: Operation) =>
  operationSchema.parse({
    ...operation,
    selection: shownSelection(operation),
    target: shownTarget(operation),
    reason: operation.target.reason,
  });

function shownSelection({ selection, total, selecting }: Operation): z.input<typeof operationSchema>['selection'] {
  switch (selection.kind) {
    case 'list':
      return { count: total ?? selecting?.sims };
    case 'order':
      return { orderId: selection.orderId };
    case 'filter':
      return { filter: selection.filter };
    case 'failed':
      return { failedIn: selection.operationId };
  }
}

/** A stage of a plan has the whole plan's targets; it shows its own. */
function shownTarget({ action, target }: Operation): z.input<typeof operationSchema>['target'] {
  const { partnerServiceId, customerId, customerServiceId } = target;
  switch (action) {
    case 'migrate':
      return { partnerServiceId };
    case 'assign':
      return { customerId, customerServiceId };
    default:
      return undefined;
  }
}

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
            at: described(time, 'Start of the hour, day or month.'),
            bytes: z.int(),
            network: described(z.string(), 'MCC and MNC of the network.'),
          }),
        ),
        'Usage by time and network. Intervals without usage have no point.',
      ),
    })
    .register(z.globalRegistry, { id: 'SimUsage' }),
);

export const usageFileSchema = z.lazy(() =>
  z
    .object({
      records: described(z.int(), 'Number of rows in the file.'),
      counted: described(z.int(), 'Records that are counted, including those that had already been counted.'),
      ownerless: described(z.int(), 'Records of SIMs that no partner has, or whose ICCID is damaged.'),
      untimely: described(z.int(), 'Records that are too old, or dated in the future.'),
      otherOperator: described(z.int(), 'Records of SIMs of another operator.'),
      conflicting: described(
        z.int(),
        'Records with other bytes or another network than an earlier one of the same SIM and `recordId`. The earlier one stands.',
      ),
      setAside: described(z.int(), 'Records that could not be counted because of a fault. They await redrive.'),
      errors: described(
        z.array(
          z.object({
            row: described(z.int(), 'Row in the file: 2 is the row after the header row.'),
            recordId: z.string(),
            iccid: z.string(),
            code: z.enum([
              'invalid_iccid',
              'unknown_sim',
              'untimely',
              'other_operator',
              'conflicting_record',
              'set_aside',
            ]),
            message: z.string(),
          }),
        ),
        'The rows that are not counted.',
      ),
    })
    .register(z.globalRegistry, { id: 'UsageFile' }),
);

export const serviceUsageSchema = z.lazy(() =>
  z
    .object({
      period: described(z.string(), 'Calendar month in UTC, for example `2026-11`.'),
      allowanceBytes: described(
        z.optional(z.int()),
        'Allowance of each SIM or of the pool. A dynamic pool has the allowance of the tariff times its number of SIMs. Absent for holding services.',
      ),
      usedBytes: described(z.int(), 'Bytes that SIMs used while they were on the service.'),
      sims: described(z.int(), 'Number of SIMs that are currently on the service.'),
      pooling: z.optional(tariffFields().pooling),
      topSims: described(
        z.array(z.object({ iccid: z.string(), bytes: z.int() })),
        'Up to ten SIMs with the highest usage.',
      ),
      forecast: described(
        z.optional(date),
        'Day on which the pool is exhausted at the current rate. Absent when it lasts until the end of the period.',
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
    'Reason why the system disabled the webhook.',
  ),
  ...stamps,
});

export const webhookSchema = z.lazy(() => z.object(webhookFields()).register(z.globalRegistry, { id: 'Webhook' }));

export const showWebhook = (webhook: Webhook) => webhookSchema.parse(webhook);

export const newWebhookSchema = z.lazy(() =>
  z
    .object({ ...webhookFields(), secret: described(z.string(), 'Signing secret of the webhook. Shown only once.') })
    .register(z.globalRegistry, { id: 'NewWebhook' }),
);

export const showNewWebhook = (webhook: Webhook & { secret: string }) => newWebhookSchema.parse(webhook);

const machineClientFields = () => ({
  id: described(z.string(), 'The `client_id` for token requests.'),
  name: z.string(),
  partnerId: z.string(),
  roles: z.array(z.enum(partnerRoles)),
  scopes: described(z.array(z.string()), 'Scopes that a token request can name, one for each role.'),
  tokenUrl: described(z.string(), 'Token endpoint (OAuth 2.0 client credentials).'),
  createdAt: time,
});

export const machineClientSchema = z.lazy(() =>
  z.object(machineClientFields()).register(z.globalRegistry, { id: 'Client' }),
);

export const newMachineClientSchema = z.lazy(() =>
  z
    .object({
      ...machineClientFields(),
      secret: described(z.string(), 'The `client_secret` for token requests. Shown only once.'),
    })
    .register(z.globalRegistry, { id: 'NewClient' }),
);

export const userSchema = z.lazy(() =>
  z
    .object({
      id: described(z.string(), 'The `sub` of the user’s tokens.'),
      email: z.string(),
      partnerId: described(z.optional(z.string()), 'Absent for users of the wholesaler.'),
      customerId: described(z.optional(z.string()), 'Present for users of a customer.'),
      roles: z.array(z.enum(roles)),
      state: described(z.enum(userStates), '`invited` until the first sign-in.'),
      createdAt: time,
    })
    .register(z.globalRegistry, { id: 'User' }),
);

export const showUser = (user: User) => userSchema.parse(user);

export const deliverySchema = z.lazy(() =>
  z
    .object({
      id,
      eventId: described(z.string(), 'The `webhook-id` of every attempt.'),
      type: z.string(),
      subject: described(z.string(), 'Id of the order, operation, SIM or alarm.'),
      state: z.enum(deliveryStates),
      attempts: z.int(),
      lastStatus: described(z.optional(z.int()), 'HTTP status of the last response.'),
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
      period: described(z.string(), 'Calendar month in UTC.'),
      subject: described(z.string(), 'ICCID of the SIM, or id of the service whose pool is measured.'),
      measure: z.enum(measures),
      usedBytes: z.int(),
      thresholdBytes: z.int(),
      action: z.enum(alarmActions),
      operationId: described(z.optional(z.string()), 'Operation that suspends the SIMs.'),
    })
    .register(z.globalRegistry, { id: 'Firing' }),
);

export const showFiring = (firing: Firing) => firingSchema.parse(firing);

const changedValue = z.lazy(() => z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]));

export const journalEntrySchema = z.lazy(() =>
  z
    .object({
      at: time,
      actor: described(z.string(), 'The `sub` of the user.'),
      method: z.string(),
      route: z.string(),
      resource: described(z.string(), 'Path of the resource that was changed.'),
      sourceIp: z.string(),
      requestId: z.string(),
      status: z.int(),
      actorEmail: described(z.optional(z.string()), 'Where the token named it'),
      changes: described(
        z.array(
          z.object({
            field: z.string(),
            before: z.optional(changedValue),
            after: z.optional(changedValue),
            withheld: described(z.optional(z.boolean()), '`true`: it changed; its value may be personal or secret'),
          }),
        ),
        'The fields that the request changed, or gave to an action',
      ),
    })
    .register(z.globalRegistry, { id: 'JournalEntry' }),
);

export const showJournalEntry = (entry: JournalEntry) =>
  journalEntrySchema.parse({ ...entry, changes: entry.changes ?? [] });

export const setAsideSchema = z.lazy(() =>
  z
    .object({
      id,
      kind: z.enum(['order', 'operation', 'delivery', 'due', 'usage', 'alarm']),
      partnerId: z.optional(z.string()),
      subject: described(
        z.string(),
        'Id of the order, operation, delivery or alarm, key of the scheduled item, or operator of the usage records.',
      ),
      error: z.string(),
      at: time,
      records: described(z.optional(z.string()), 'Usage records as the operator sent them, a JSON list.'),
    })
    .register(z.globalRegistry, { id: 'SetAside' }),
);

export const showSetAside = ({ id, work, error, at }: SetAside) =>
  setAsideSchema.parse({
    id,
    kind: work.kind,
    subject: subjectOf(work),
    ...('partnerId' in work ? { partnerId: work.partnerId } : {}),
    ...('records' in work ? { records: work.records } : {}),
    error,
    at,
  });

function subjectOf(work: SetAside['work']): string {
  switch (work.kind) {
    case 'due':
      return `${work.key.pk} ${work.key.sk}`;
    case 'usage':
      return work.operatorId;
    case 'order':
    case 'operation':
    case 'delivery':
    case 'alarm':
      return work.id;
  }
}
