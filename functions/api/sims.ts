import * as z from 'zod/mini';
import { getCustomer } from '../../adapters/dynamodb/customers.ts';
import { getOperations } from '../../adapters/dynamodb/operations.ts';
import { getCustomerService, getPartnerService } from '../../adapters/dynamodb/services.ts';
import { listSims } from '../../adapters/dynamodb/sim-lists.ts';
import { getSim, type SimRecord, saveSim, simHistory } from '../../adapters/dynamodb/sims.ts';
import { dryRunSchema, operationSchema } from '../../contract/operation.ts';
import { showSim, showSimEvent, simEventSchema, simSchema } from '../../contract/sim.ts';
import { simUsageSchema } from '../../contract/usage.ts';
import type { PartnerCaller } from '../../domain/access.ts';
import { described } from '../../domain/described.ts';
import { relabel } from '../../domain/sim.ts';
import { idSchema, line } from '../../domain/text.ts';
import { type TimelineLine, timelineForCustomer, timelineOf } from '../../domain/timeline.ts';
import { isUnchanged } from '../../use-cases/is-unchanged.ts';
import { notFound } from '../../use-cases/refusal.ts';
import { bulkFields, fleetConfirmation, simFilter, startBulkAction } from '../../use-cases/sims/start-bulk-action.ts';
import { showSimUsage, simUsageQuery } from '../../use-cases/usage/read-usage.ts';
import { createApiHandler } from '../http/create-api-handler.ts';
import { requireMatch } from '../http/etag.ts';
import { okPage, okResource, type Route, route } from '../http/route.ts';

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
        return okPage([]);
      }
      const filter = caller.kind === 'customer' ? { ...query, customerId: caller.customerId } : query;
      const { items, next } = await listSims(caller.partnerId, filter, page.limit, page.after);
      return okPage(items.map(showSim), next);
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
    handle: async ({ caller, path: { iccid } }) => okResource(showSim(await theSim(caller, iccid))),
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
      const { label, tags, formerCustomer } = labelled;
      if (isUnchanged(sim, { label, tags, formerCustomer })) {
        return { ...okResource(showSim(sim)), before: showSim(sim) };
      }
      const saved = await saveSim(caller.partnerId, sim, labelled, 'sim.labelled', { actor: caller.userId });
      return { ...okResource(showSim(saved)), before: showSim(sim) };
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
      const lines = await timelineFor(caller, sim);
      const rest = lines.filter(({ version }) => version > Number(page.after ?? 0));
      const shown = rest.slice(0, page.limit);
      const names = await namesIn(caller, shown);
      return okPage(
        shown.map((line) => showSimEvent(line, names)),
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
      okResource(await showSimUsage(caller, await theSim(caller, iccid), query, now)),
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
    body: z.lazy(() => z.strictObject({ ...bulkFields(), ...fleetConfirmation(), partnerServiceId: idSchema })),
    example: {
      select: { orderId: 'ord_01JG0000000000000000000000' },
      partnerServiceId: 'psv_01JG0000000000000000000000',
    },
    answers: bulkAnswers,
    handle: async (request) => startBulkAction(request, 'migrate', { partnerServiceId: request.body.partnerServiceId }),
  }),
  route({
    method: 'POST',
    path: '/v1/sims/assign',
    operationId: 'assignSims',
    access: 'change_sims',
    tag: 'SIMs',
    summary: 'Assign SIMs to a customer service',
    body: z.lazy(() =>
      z.strictObject({ ...bulkFields(), ...fleetConfirmation(), customerId: idSchema, customerServiceId: idSchema }),
    ),
    example: {
      select,
      customerId: 'cus_01JG0000000000000000000000',
      customerServiceId: 'csv_01JG0000000000000000000000',
    },
    answers: bulkAnswers,
    handle: async (request) => {
      const { customerId, customerServiceId } = request.body;
      return startBulkAction(request, 'assign', { customerId, customerServiceId });
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
      z.strictObject({
        ...bulkFields(),
        ...fleetConfirmation(),
        reason: described(z.optional(line(100)), 'Reason to show with the bar.'),
      }),
    ),
    example: { select, reason: 'device stolen' },
    answers: bulkAnswers,
    handle: async (request) => {
      const { reason } = request.body;
      return startBulkAction(request, 'suspend', reason === undefined ? {} : { reason });
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
    handle: async (request) => startBulkAction(request, 'terminate', {}),
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
    body: z.lazy(() => z.strictObject({ ...bulkFields(), ...fleetConfirmation() })),
    example: { select },
    answers: bulkAnswers,
    handle: async (request) => startBulkAction(request, action, {}),
  });
}

async function theSim(caller: PartnerCaller, iccid: string): Promise<SimRecord> {
  const sim = await getSim(caller.partnerId, iccid);
  if (!sim || (caller.kind === 'customer' && sim.customerId !== caller.customerId)) {
    throw notFound('SIM', iccid);
  }
  return sim;
}

/** The life of a SIM, as far as the caller may see it. */
async function timelineFor(caller: PartnerCaller, sim: SimRecord): Promise<TimelineLine[]> {
  const steps = await simHistory(caller.partnerId, sim);
  const operations = await getOperations(
    caller.partnerId,
    steps.flatMap(({ operationId }) => operationId ?? []),
  );
  const lines = timelineOf(sim, steps, (id) => operations.get(id));
  return caller.kind === 'customer' ? timelineForCustomer(lines, caller.customerId) : lines;
}

/** The names of the customers and services that lines of a timeline are about, by id: of those that are still there. */
async function namesIn({ partnerId }: PartnerCaller, lines: readonly TimelineLine[]): Promise<Map<string, string>> {
  const idsOf = (field: 'customerId' | 'customerServiceId' | 'partnerServiceId') => [
    ...new Set(lines.flatMap((line) => line[field] ?? [])),
  ];
  const named = await Promise.all([
    ...idsOf('customerId').map((id) => getCustomer(partnerId, id)),
    ...idsOf('customerServiceId').map((id) => getCustomerService(partnerId, id)),
    ...idsOf('partnerServiceId').map((id) => getPartnerService(partnerId, id)),
  ]);
  return new Map(named.flatMap((thing) => (thing ? [[thing.id, thing.name]] : [])));
}

export const handler = createApiHandler(routes);
