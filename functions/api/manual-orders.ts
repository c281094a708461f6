import * as z from 'zod/mini';
import { loadedFileSchema } from '../../contract/loaded-file.ts';
import { partnerOrderSchema, showPartnerOrder } from '../../contract/order.ts';
import { described } from '../../domain/described.ts';
import { operatorIdSchema } from '../../domain/operator.ts';
import { orderStates } from '../../domain/order.ts';
import { idSchemaOf, line } from '../../domain/text.ts';
import { deliverManualOrder } from '../../use-cases/manual-orders/deliver-manual-order.ts';
import { listManualOrders } from '../../use-cases/manual-orders/list-manual-orders.ts';
import { loadSims } from '../../use-cases/manual-orders/load-sims.ts';
import {
  acceptOrder,
  answerCancellation,
  dispatchOrder,
  rejectOrder,
} from '../../use-cases/manual-orders/report-progress.ts';
import { importFleet } from '../../use-cases/sims/import-fleet.ts';
import { createApiHandler } from '../http/create-api-handler.ts';
import { okPage, okResource, route } from '../http/route.ts';
import { taskRoutes } from './manual-tasks.ts';

const ORDER = '/v1/platform/partners/{partnerId}/orders/{orderId}';

/** The maximum number of rows of a file. API Gateway waits 29 seconds for the answer. */
const MAX_ROWS = 5000;

const cell = z.optional(z.string());

const simFile = () =>
  z
    .array(z.strictObject({ iccid: z._default(z.string(), ''), imsi: cell, msisdn: cell, imei: cell, eid: cell }))
    .check(z.maxLength(MAX_ROWS));

const importFile = () =>
  z
    .array(
      z.strictObject({
        iccid: z._default(z.string(), ''),
        imsi: cell,
        msisdn: cell,
        imei: cell,
        eid: cell,
        state: z._default(z.string(), ''),
        partnerService: cell,
        customer: cell,
        customerService: cell,
        label: cell,
        tags: cell,
        activatedAt: cell,
      }),
    )
    .check(z.maxLength(MAX_ROWS));

/** Orders at operators that take them by e-mail or in a portal: the platform's staff report what happens. */
const orderRoutes = [
  route({
    method: 'POST',
    path: '/v1/platform/partners/{partnerId}/imports',
    operationId: 'importSims',
    access: 'platform',
    tag: 'Manual orders',
    summary: 'Import existing SIMs of a partner',
    description: `Accepts up to ${MAX_ROWS} rows and 1 MiB. \`iccid\` and \`state\` are required; \`state\` is \`in_holding\`, \`in_stock\`, \`assigned\`, \`active\` or \`suspended\`. \`partnerService\`, \`customer\` and \`customerService\` are ids or exact names, and must exist. Good rows are imported; bad rows are listed in \`errors\` and change nothing. A file can be sent again. Nothing is sent to the operator. \`?dryRun=true\` only checks.`,
    query: () => z.strictObject({ operatorId: operatorIdSchema, dryRun: z.optional(z.enum(['true', 'false'])) }),
    body: importFile,
    bodyType: 'text/csv',
    example: [
      {
        iccid: '8943010000000000018',
        imsi: '232010000000001',
        state: 'active',
        partnerService: 'Meters',
        customer: 'Northwind Meters Ltd',
        customerService: 'Northwind – Meters 100 MB',
        label: 'Meter 17',
        tags: 'north;outdoor',
        activatedAt: '2025-04-01T08:00:00Z',
      },
    ],
    answers: { 200: loadedFileSchema },
    handle: async ({ caller, path: { partnerId }, query: { operatorId, dryRun }, body, now }) => ({
      status: 200,
      body: await importFleet(partnerId, operatorId, body, { actor: caller.userId, now, isDryRun: dryRun === 'true' }),
    }),
  }),
  route({
    method: 'GET',
    path: '/v1/platform/orders',
    operationId: 'listManualOrders',
    access: 'platform',
    tag: 'Manual orders',
    summary: 'List manual orders of all partners, oldest first',
    description:
      'Also lists orders over an API while nobody knows whether the operator has them. Accept or reject these, too.',
    paged: true,
    query: () =>
      z.strictObject({
        operatorId: z.optional(operatorIdSchema),
        partnerId: z.optional(idSchemaOf<'partner'>()),
        state: z.optional(z.enum(orderStates)),
      }),
    answers: { 200: partnerOrderSchema },
    handle: async ({ query, page }) => {
      const { items, next } = await listManualOrders(query, page);
      return okPage(
        items.map(({ partnerId, order }) => showPartnerOrder(partnerId, order)),
        next,
      );
    },
  }),
  route({
    method: 'POST',
    path: `${ORDER}/accept`,
    operationId: 'acceptOrder',
    access: 'platform',
    tag: 'Manual orders',
    summary: 'Record that the operator accepted an order',
    body: () =>
      z.strictObject({
        operatorReference: described(line(100), 'The operator’s reference for the order.'),
        expectedDelivery: described(
          z.optional(z.iso.date()),
          'The day that the operator named, from today to 365 days ahead. Replaces the estimate.',
        ),
      }),
    example: { operatorReference: 'A1-2026-4711', expectedDelivery: '2026-12-04' },
    answers: { 200: partnerOrderSchema },
    handle: async ({ path: { partnerId, orderId }, body, now }) =>
      okResource(showPartnerOrder(partnerId, await acceptOrder(partnerId, orderId, body, now))),
  }),
  route({
    method: 'POST',
    path: `${ORDER}/reject`,
    operationId: 'rejectOrder',
    access: 'platform',
    tag: 'Manual orders',
    summary: 'Record that the operator rejected an order',
    body: () => z.strictObject({ reason: described(line(500), 'The operator’s reason, which the partner sees.') }),
    example: { reason: 'The product is out of stock until January.' },
    answers: { 200: partnerOrderSchema },
    handle: async ({ path: { partnerId, orderId }, body: { reason }, now }) =>
      okResource(showPartnerOrder(partnerId, await rejectOrder(partnerId, orderId, reason, now))),
  }),
  route({
    method: 'POST',
    path: `${ORDER}/dispatch`,
    operationId: 'dispatchOrder',
    access: 'platform',
    tag: 'Manual orders',
    summary: 'Record that the operator dispatched an order',
    body: () => z.strictObject({ trackingReference: z.optional(line(100)), carrier: z.optional(line(100)) }),
    example: { trackingReference: '1Z999AA10123456784', carrier: 'UPS' },
    answers: { 200: partnerOrderSchema },
    handle: async ({ path: { partnerId, orderId }, body, now }) =>
      okResource(showPartnerOrder(partnerId, await dispatchOrder(partnerId, orderId, body, now))),
  }),
  route({
    method: 'POST',
    path: `${ORDER}/sims`,
    operationId: 'loadOrderSims',
    access: 'platform',
    tag: 'Manual orders',
    summary: 'Load SIMs of an order from a file',
    description: `Accepts up to ${MAX_ROWS} rows and 1 MiB. \`iccid\` is required. Good rows are loaded; bad rows are listed in \`errors\` and change nothing. A file can be sent again, and several files add up to the order. \`?dryRun=true\` only checks.`,
    query: () => z.strictObject({ dryRun: z.optional(z.enum(['true', 'false'])) }),
    body: simFile,
    bodyType: 'text/csv',
    example: [{ iccid: '8943010000000000018', imsi: '232010000000001', msisdn: '+436641234567' }],
    answers: { 200: loadedFileSchema },
    handle: async ({ path: { partnerId, orderId }, query: { dryRun }, body }) => ({
      status: 200,
      body: await loadSims(partnerId, orderId, body, { isDryRun: dryRun === 'true' }),
    }),
  }),
  route({
    method: 'POST',
    path: `${ORDER}/deliver`,
    operationId: 'deliverOrder',
    access: 'platform',
    tag: 'Manual orders',
    summary: 'Record that an order was delivered',
    description:
      'Load the SIMs first. If fewer SIMs than ordered were loaded, the order has a shortfall. Its plan starts immediately.',
    answers: { 200: partnerOrderSchema },
    handle: async ({ path: { partnerId, orderId }, now }) =>
      okResource(showPartnerOrder(partnerId, await deliverManualOrder(partnerId, orderId, now))),
  }),
  route({
    method: 'POST',
    path: `${ORDER}/cancel`,
    operationId: 'answerCancellation',
    access: 'platform',
    tag: 'Manual orders',
    summary: 'Record the operator’s answer to a cancellation',
    body: () => z.strictObject({ outcome: z.enum(['cancelled', 'refused']), reason: z.optional(line(500)) }),
    example: { outcome: 'refused', reason: 'The parcel is packed.' },
    answers: { 200: partnerOrderSchema },
    handle: async ({ caller, path: { partnerId, orderId }, body, now }) => {
      const order = await answerCancellation(partnerId, orderId, body, { actor: caller.userId, now });
      return okResource(showPartnerOrder(partnerId, order));
    },
  }),
];

/** Orders and tasks share a function: both are work of the same staff, and rare. */
export const routes = [...orderRoutes, ...taskRoutes];

export const handler = createApiHandler(routes);
