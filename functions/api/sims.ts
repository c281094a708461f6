import * as z from 'zod/mini';
import { getOperation } from '../../adapters/dynamodb/operations.ts';
import { listSims } from '../../adapters/dynamodb/sim-lists.ts';
import { getSim, type SimRecord, saveSim, simHistory } from '../../adapters/dynamodb/sims.ts';
import type { PartnerCaller } from '../../domain/access.ts';
import { described } from '../../domain/described.ts';
import { relabel } from '../../domain/sim.ts';
import { idSchema, line } from '../../domain/text.ts';
import { requireMatch } from '../http/etag.ts';
import { notFound } from '../http/problem.ts';
import { list, one, type Route, route } from '../http/route.ts';
import { serve } from '../http/serve.ts';
import { bulk, bulkFields, simFilter } from './bulk.ts';
import {
  dryRunSchema,
  operationSchema,
  showSim,
  simEventSchema,
  simSchema,
  simUsageSchema,
} from './representations.ts';
import { showSimUsage, simUsageQuery } from './usage.ts';

const select = { iccids: ['8944200000000000017'] };
const bulkAnswers = { 200: dryRunSchema, 202: operationSchema };

/** SIMs: seeing them, naming them, and moving them along, one or a hundred thousand at a time. */
export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/v1/sims',
    operationId: 'listSims',
    access: 'see_own',
    tag: 'SIMs',
    summary: 'List SIMs, by ICCID',
    description:
      'Filters combine with AND. SIMs are sorted by ICCID, or by customer service and ICCID when filtered by both customer and state. A search by ICCID returns SIMs whose label starts with the same digits last. A page can have fewer than `limit` items and still be followed by another one.',
    paged: true,
    query: simFilter,
    answers: { 200: simSchema },
    handle: async ({ caller, query, page }) => {
      if (caller.kind === 'customer' && (query.customerId ?? caller.customerId) !== caller.customerId) {
        return list([]);
      }
      const filter = caller.kind === 'customer' ? { ...query, customerId: caller.customerId } : query;
      const { items, next } = await listSims(caller.partnerId, filter, page.limit, page.after);
      return list(items.map(showSim), next);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/sims/{iccid}',
    operationId: 'getSim',
    access: 'see_own',
    tag: 'SIMs',
    summary: 'Get a SIM',
    answers: { 200: simSchema },
    handle: async ({ caller, path: { iccid } }) => one(showSim(await theSim(caller, iccid))),
  }),
  route({
    method: 'PATCH',
    path: '/v1/sims/{iccid}',
    operationId: 'updateSim',
    access: 'change_sims',
    tag: 'SIMs',
    summary: 'Update the label and tags of a SIM',
    body: z.lazy(() =>
      z.strictObject({
        label: z.optional(z.nullable(line(60))),
        tags: z.optional(z.nullable(z.array(line(30)).check(z.maxLength(10)))),
      }),
    ),
    example: { label: 'Meter 17', tags: ['north'] },
    answers: { 200: simSchema },
    handle: async ({ caller, path: { iccid }, body, ifMatch, now }) => {
      const sim = await theSim(caller, iccid);
      requireMatch(ifMatch, showSim(sim));
      const labelled = relabel(sim, body, now.toISOString());
      const saved = await saveSim(caller.partnerId, sim, labelled, 'sim.labelled', { actor: caller.userId });
      return one(showSim(saved));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/sims/{iccid}/events',
    operationId: 'listSimEvents',
    access: 'see_own',
    tag: 'SIMs',
    summary: 'List the timeline of a SIM, oldest first',
    paged: true,
    answers: { 200: simEventSchema },
    handle: async ({ caller, path: { iccid }, page }) => {
      const sim = await theSim(caller, iccid);
      const steps = await simHistory(caller.partnerId, sim);
      const rest = steps.filter(({ version }) => version > Number(page.after ?? 0));
      const shown = rest.slice(0, page.limit);
      const actors = await actorsOf(
        caller.partnerId,
        shown.flatMap(({ operationId }) => operationId ?? []),
      );
      return list(
        shown.map((step) =>
          simEventSchema.parse({ ...step, actor: step.actor ?? actors.get(step.operationId ?? '') ?? 'system' }),
        ),
        rest.length > shown.length ? String(shown.at(-1)?.version) : undefined,
      );
    },
  }),
  route({
    method: 'GET',
    path: '/v1/sims/{iccid}/usage',
    operationId: 'getSimUsage',
    access: 'see_own',
    tag: 'Usage',
    summary: 'Get the usage of a SIM',
    description:
      'Returns usage by hour, day or month and by network. Operators report usage hours, sometimes days, later.',
    query: simUsageQuery,
    rows: 'points',
    answers: { 200: simUsageSchema },
    handle: async ({ caller, path: { iccid }, query, now }) =>
      one(await showSimUsage(caller, await theSim(caller, iccid), query, now)),
  }),
  route({
    method: 'POST',
    path: '/v1/sims/migrate',
    operationId: 'migrateSims',
    access: 'change_sims',
    tag: 'SIMs',
    summary: 'Migrate SIMs to a partner service',
    description:
      'Moves SIMs out of the holding service, which every other action requires, or from one partner service to another.',
    body: z.lazy(() => z.strictObject({ ...bulkFields(), partnerServiceId: idSchema })),
    example: {
      select: { orderId: 'ord_01JG0000000000000000000000' },
      partnerServiceId: 'psv_01JG0000000000000000000000',
    },
    answers: bulkAnswers,
    handle: async (request) => bulk(request, 'migrate', { partnerServiceId: request.body.partnerServiceId }),
  }),
  route({
    method: 'POST',
    path: '/v1/sims/assign',
    operationId: 'assignSims',
    access: 'change_sims',
    tag: 'SIMs',
    summary: 'Assign SIMs to a customer service',
    body: z.lazy(() => z.strictObject({ ...bulkFields(), customerId: idSchema, customerServiceId: idSchema })),
    example: {
      select,
      customerId: 'cus_01JG0000000000000000000000',
      customerServiceId: 'csv_01JG0000000000000000000000',
    },
    answers: bulkAnswers,
    handle: async (request) => {
      const { customerId, customerServiceId } = request.body;
      return bulk(request, 'assign', { customerId, customerServiceId });
    },
  }),
  plainAction('unassign', 'Return SIMs to stock', 'Removes the customer and the customer service from the SIMs.'),
  plainAction('activate', 'Activate SIMs', 'Removes the bars that block data.'),
  route({
    method: 'POST',
    path: '/v1/sims/suspend',
    operationId: 'suspendSims',
    access: 'change_sims',
    tag: 'SIMs',
    summary: 'Suspend SIMs',
    description: 'Bars data until the SIMs are resumed.',
    body: z.lazy(() =>
      z.strictObject({ ...bulkFields(), reason: described(z.optional(line(100)), 'Reason to show with the bar.') }),
    ),
    example: { select, reason: 'device stolen' },
    answers: bulkAnswers,
    handle: async (request) => {
      const { reason } = request.body;
      return bulk(request, 'suspend', reason === undefined ? {} : { reason });
    },
  }),
  plainAction('resume', 'Resume suspended SIMs', 'Removes the bars of a suspension.'),
  route({
    method: 'POST',
    path: '/v1/sims/terminate',
    operationId: 'terminateSims',
    access: 'change_sims',
    tag: 'SIMs',
    summary: 'Terminate SIMs permanently',
    description: 'Cannot be undone.',
    body: z.lazy(() =>
      z.strictObject({
        ...bulkFields(),
        confirm: described(z.int().check(z.nonnegative()), 'Number of SIMs to terminate.'),
      }),
    ),
    example: { select, confirm: 1 },
    answers: bulkAnswers,
    handle: async (request) => bulk(request, 'terminate', {}),
  }),
];

/** An action that aims at nothing but the SIMs. */
function plainAction(action: 'unassign' | 'activate' | 'resume', summary: string, description: string): Route {
  return route({
    method: 'POST',
    path: `/v1/sims/${action}`,
    operationId: `${action}Sims`,
    access: 'change_sims',
    tag: 'SIMs',
    summary,
    description,
    body: z.lazy(() => z.strictObject(bulkFields())),
    example: { select },
    answers: bulkAnswers,
    handle: async (request) => bulk(request, action, {}),
  });
}

async function theSim(caller: PartnerCaller, iccid: string): Promise<SimRecord> {
  const sim = await getSim(caller.partnerId, iccid);
  if (!sim || (caller.kind === 'customer' && sim.customerId !== caller.customerId)) {
    throw notFound('SIM', iccid);
  }
  return sim;
}

/** Who asked for each of these operations. */
async function actorsOf(partnerId: string, operationIds: readonly string[]): Promise<Map<string, string>> {
  const distinct = [...new Set(operationIds)];
  const operations = await Promise.all(distinct.map((id) => getOperation(partnerId, id)));
  return new Map(operations.flatMap((operation) => (operation ? [[operation.id, operation.requestedBy]] : [])));
}

export const handler = serve(routes);
