import * as z from 'zod';
import type { CustomerRecord } from '../../adapters/dynamodb/customers.ts';
import type { CustomerServiceRecord } from '../../adapters/dynamodb/services.ts';
import { addressSchema, contactSchema } from '../../domain/address.ts';
import type { Operation } from '../../domain/operation.ts';
import { operationStates } from '../../domain/operation.ts';
import { operatorIds } from '../../domain/operator.ts';
import { type Order, orderStates } from '../../domain/order.ts';
import type { Partner } from '../../domain/partner.ts';
import { planSchema, planStages } from '../../domain/plan.ts';
import type { PartnerService } from '../../domain/service.ts';
import { type Sim, simStates } from '../../domain/sim.ts';
import { nextActions, simActions, simProblemCodes } from '../../domain/sim-actions.ts';
import { tariffSchema } from '../../domain/tariff.ts';

/*
 * What the API shows of each thing. A representation is a choice: what the table keeps beside (tokens, counters, keys)
 * stays inside, because these schemas let nothing else through.
 */

const id = z.string();
const time = z.iso.datetime().describe('RFC 3339, UTC');
const date = z.iso.date();
const stamps = { createdAt: time, updatedAt: time, version: z.int() };

export const operatorSchema = z
  .object({
    id: z.enum(operatorIds),
    name: z.string(),
    orderMultiple: z.int().describe('Orders are in multiples of this'),
    leadTimeWorkingDays: z.object({ min: z.int(), max: z.int() }),
    calendar: z.string().describe('The country whose working days and bank holidays count'),
  })
  .meta({ id: 'Operator' });

export const tariffAnswerSchema = z.object({ id, ...tariffSchema.shape }).meta({ id: 'Tariff' });

export const partnerSchema = z
  .object({
    id,
    name: z.string(),
    shortName: z.string(),
    deliveryAddress: addressSchema,
    contact: contactSchema,
    ...stamps,
  })
  .meta({ id: 'Partner' });

export const showPartner = (partner: Partner) => partnerSchema.parse(partner);

export const customerSchema = z
  .object({
    id,
    name: z.string(),
    shortName: z.string(),
    contact: contactSchema.optional(),
    address: addressSchema.optional(),
    tags: z.array(z.string()),
    ...stamps,
  })
  .meta({ id: 'Customer' });

export const showCustomer = (customer: CustomerRecord) => customerSchema.parse(customer);

export const partnerServiceSchema = z
  .object({
    id,
    name: z.string(),
    tariffId: z.string().optional().describe('Holding services have none'),
    holding: z.boolean().describe('Made by the system for SIMs that arrive; nobody can edit it or migrate to it'),
    ...stamps,
  })
  .meta({ id: 'PartnerService' });

export const showPartnerService = (service: PartnerService) => partnerServiceSchema.parse(service);

export const customerServiceSchema = z
  .object({ id, customerId: z.string(), tariffId: z.string(), name: z.string(), ...stamps })
  .meta({ id: 'CustomerService' });

export const showCustomerService = (service: Omit<CustomerServiceRecord, 'sims'>) =>
  customerServiceSchema.parse(service);

const failure = z.object({ code: z.string(), detail: z.string() });

export const orderSchema = z
  .object({
    id,
    operatorId: z.enum(operatorIds),
    quantity: z.int(),
    receivedQuantity: z.int(),
    state: z.enum(orderStates),
    reference: z.string().optional(),
    deliveryAddress: addressSchema,
    operatorReference: z.string().optional(),
    trackingReference: z.string().optional(),
    estimatedDelivery: z.object({ earliest: date, latest: date }),
    plan: planSchema.optional(),
    progress: z.object({
      received: z.int(),
      migrated: z.int(),
      assigned: z.int(),
      activated: z.int(),
      failed: z.int(),
    }),
    operations: z.array(z.object({ stage: z.enum(planStages), operationId: z.string() })),
    failure: failure.optional(),
    ...stamps,
  })
  .meta({ id: 'Order' });

export const showOrder = (order: Order) => orderSchema.parse(order);

export const orderEventSchema = z
  .object({
    at: time,
    type: z.string(),
    from: z.enum(orderStates).optional(),
    to: z.enum(orderStates).optional(),
    actor: z.string().describe("A user's sub, an operator's id, or system"),
    detail: z.string().optional(),
  })
  .meta({ id: 'OrderEvent' });

export const simSchema = z
  .object({
    iccid: z.string(),
    imsi: z.string(),
    msisdn: z.string().optional(),
    operatorId: z.enum(operatorIds),
    orderId: z.string(),
    state: z.enum(simStates),
    bars: z.array(z.object({ type: z.literal('data'), reason: z.string(), since: time })),
    partnerServiceId: z.string(),
    holding: z.boolean(),
    customerId: z.string().optional(),
    customerServiceId: z.string().optional(),
    label: z.string().optional(),
    tags: z.array(z.string()),
    stateChangedAt: time,
    ...stamps,
    nextActions: z.array(z.enum(simActions)).describe('What the rules allow now'),
  })
  .meta({ id: 'Sim' });

export const showSim = (sim: Sim) =>
  simSchema.parse({ ...sim, holding: sim.state === 'in_holding', nextActions: nextActions(sim) });

export const simEventSchema = z
  .object({
    at: time,
    type: z.string(),
    from: z.enum(simStates).optional(),
    to: z.enum(simStates).optional(),
    operationId: z.string().optional(),
    actor: z.string().describe("The user's sub behind the step, or system"),
  })
  .meta({ id: 'SimEvent' });

export const operationSchema = z
  .object({
    id,
    action: z.enum(simActions),
    dryRun: z.boolean().optional(),
    effectiveAt: time.optional().describe('When it begins; until then it is `scheduled`'),
    state: z.enum(operationStates),
    total: z.int().optional().describe('Absent until the selection is fixed'),
    succeeded: z.int(),
    failed: z.int(),
    failure: failure.optional(),
    requestedBy: z.string(),
    createdAt: time,
    startedAt: time.optional(),
    finishedAt: time.optional(),
  })
  .meta({ id: 'Operation' });

export const showOperation = (operation: Operation) => operationSchema.parse(operation);

const simProblem = z.object({ code: z.enum(simProblemCodes), detail: z.string() });

export const resultSchema = z
  .object({ iccid: z.string(), outcome: z.enum(['succeeded', 'failed']), problem: simProblem.optional() })
  .meta({ id: 'Result' });

export const dryRunSchema = z
  .object({
    total: z.int(),
    eligible: z.int(),
    ineligible: z.int(),
    byCode: z.record(z.string(), z.int()),
    results: z.array(z.object({ iccid: z.string(), eligible: z.boolean(), problem: simProblem.optional() })),
  })
  .meta({ id: 'DryRun' });
