import * as z from 'zod/mini';
import { bulkFields, fleetConfirmation, simFilter } from '../../contract/bulk-action.ts';
import { fleetCountsSchema, showFleetCounts } from '../../contract/fleet-counts.ts';
import { showSim, showSimEvent, simEventSchema, simSchema } from '../../contract/sim.ts';
import { showSimUsage, simUsageQuery, simUsageSchema } from '../../contract/usage.ts';
import { described } from '../../domain/described.ts';
import { idSchemaOf, line } from '../../domain/text.ts';
import { readFleetCounts } from '../../use-cases/sims/count-sims.ts';
import { describeSim, describeSims } from '../../use-cases/sims/describe-sims.ts';
import { listVisibleSims, readSim, readSimTimeline } from '../../use-cases/sims/read-sims.ts';
import { readSimUsage } from '../../use-cases/usage/read-usage.ts';
import { createApiHandler } from '../http/create-api-handler.ts';
import { okPage, okResource, type Route, route } from '../http/route.ts';
import { fieldColumns } from './field-columns.ts';
import { replacementRoutes } from './replace-sim.ts';
import { labelRoutes } from './sim-labels.ts';
import { bulkAnswers, startAction } from './start-action.ts';

const select = { iccids: ['8944200000000000017'] };

/** Reading SIMs, and bulk actions on up to the whole fleet. */
const simRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/v1/sims',
    operationId: 'listSims',
    access: 'see_own',
    tag: 'SIMs',
    summary: 'List SIMs, by ICCID',
    description:
      'Filters combine with AND. SIMs are sorted by ICCID, or by customer service and ICCID when filtered by both customer and state. `q` lists each SIM once: first ICCIDs that start with the text, then numbers, ends of ICCIDs, tags and labels. SIMs found by label are sorted by label. A page can have fewer than `limit` items and still not be the last.',
    paged: true,
    query: simFilter,
    answers: { 200: simSchema },
    handle: async ({ caller, query, page, headers }) => {
      const { items, next } = await listVisibleSims(caller, query, page);
      const shown = (await describeSims(caller, items)).map(showSim);
      return { ...okPage(shown, next), ...(await fieldColumns(caller, headers)) };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/sims/counts',
    operationId: 'getSimCounts',
    access: 'see_own',
    tag: 'SIMs',
    summary: 'Count SIMs by state',
    description:
      'Users of a customer get the counts of its SIMs. Counts are at least a minute apart, in fleets of more than 40,000 SIMs up to half an hour: `countedAt` is their time.',
    answers: { 200: fleetCountsSchema },
    handle: async ({ caller, now }) => okResource(showFleetCounts(await readFleetCounts(caller, now))),
  }),
  route({
    method: 'GET',
    path: '/v1/sims/{iccid}',
    operationId: 'getSim',
    access: 'see_own',
    tag: 'SIMs',
    summary: 'Get a SIM',
    answers: { 200: simSchema },
    handle: async ({ caller, path: { iccid } }) =>
      okResource(showSim(await describeSim(caller, await readSim(caller, iccid)))),
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
      const { lines, names, next } = await readSimTimeline(caller, await readSim(caller, iccid), page);
      return okPage(
        lines.map((line) => showSimEvent(line, names)),
        next,
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
      'Returns usage by hour, day or month and by network. Operators report usage with a delay of hours, sometimes days.',
    query: simUsageQuery,
    rows: 'points',
    answers: { 200: simUsageSchema },
    handle: async ({ caller, path: { iccid }, query, now }) =>
      okResource(showSimUsage(await readSimUsage(caller, await readSim(caller, iccid), query, now))),
  }),
  route({
    method: 'POST',
    path: '/v1/sims/migrate',
    operationId: 'migrateSims',
    access: 'change_sims',
    tag: 'SIMs',
    summary: 'Migrate SIMs to a partner service',
    description:
      'Moves SIMs from the holding service, or from one partner service to another. A SIM in holding allows no other action.',
    body: () =>
      z.strictObject({ ...bulkFields(), ...fleetConfirmation(), partnerServiceId: idSchemaOf<'partnerService'>() }),
    example: {
      select: { orderId: 'ord_01JG0000000000000000000000' },
      partnerServiceId: 'psv_01JG0000000000000000000000',
    },
    answers: bulkAnswers,
    handle: async (request) => startAction(request, 'migrate', { partnerServiceId: request.body.partnerServiceId }),
  }),
  route({
    method: 'POST',
    path: '/v1/sims/assign',
    operationId: 'assignSims',
    access: 'change_sims',
    tag: 'SIMs',
    summary: 'Assign SIMs to a customer service',
    description:
      'SIMs in stock become `assigned`. Active SIMs of the same customer move to the other service and stay active.',
    body: () =>
      z.strictObject({
        ...bulkFields(),
        ...fleetConfirmation(),
        customerId: idSchemaOf<'customer'>(),
        customerServiceId: idSchemaOf<'customerService'>(),
      }),
    example: {
      select,
      customerId: 'cus_01JG0000000000000000000000',
      customerServiceId: 'csv_01JG0000000000000000000000',
    },
    answers: bulkAnswers,
    handle: async (request) => {
      const { customerId, customerServiceId } = request.body;
      return startAction(request, 'assign', { customerId, customerServiceId });
    },
  }),
  plainAction(
    'unassign',
    'Return SIMs to stock',
    'Removes the customer and the customer service. The operator bars active SIMs and SIMs in test status first.',
  ),
  plainAction(
    'activate',
    'Activate SIMs',
    'Removes the bars that block data of assigned SIMs. A SIM is `activating` until its operator confirms, for at most seven days. A SIM in test status stays `testing` until then, with `pendingChange`.',
  ),
  plainAction(
    'test',
    'Put SIMs into test status',
    'Removes the bars that block data of assigned SIMs of operators with a test status. A SIM that is `testing` does not count as active. It becomes `active` when it has used its operator’s `testStatus.limitBytes`, or with `activate`. SIMs of other operators fail with `wrong_operator`.',
  ),
  route({
    method: 'POST',
    path: '/v1/sims/suspend',
    operationId: 'suspendSims',
    access: 'change_sims',
    tag: 'SIMs',
    summary: 'Suspend SIMs',
    description: 'Bars data until the SIMs are resumed.',
    body: () =>
      z.strictObject({
        ...bulkFields(),
        ...fleetConfirmation(),
        reason: described(z.optional(line(100)), 'Reason to show with the bar. Default: `suspended_on_request`.'),
      }),
    example: { select, reason: 'device stolen' },
    answers: bulkAnswers,
    handle: async (request) => {
      const { reason } = request.body;
      return startAction(request, 'suspend', reason === undefined ? {} : { reason });
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
    body: () =>
      z
        .strictObject({
          ...bulkFields(),
          confirm: described(
            z.optional(z.int().check(z.nonnegative())),
            'Number of SIMs to terminate. Required, except for a dry run, whose `total` is this number.',
          ),
        })
        .check(
          z.superRefine(({ dryRun, confirm }, context) => {
            if (confirm === undefined && !dryRun) {
              const params = { code: 'required' };
              context.addIssue({ code: 'custom', path: ['confirm'], message: 'is required', params });
            }
          }),
        ),
    example: { select, confirm: 1 },
    answers: bulkAnswers,
    handle: async (request) => startAction(request, 'terminate', {}),
  }),
];

/** An action without a target. */
function plainAction(action: 'unassign' | 'activate' | 'test' | 'resume', summary: string, description: string): Route {
  return route({
    method: 'POST',
    path: `/v1/sims/${action}`,
    operationId: `${action}Sims`,
    access: 'change_sims',
    tag: 'SIMs',
    summary,
    description,
    body: () => z.strictObject({ ...bulkFields(), ...fleetConfirmation() }),
    example: { select },
    answers: bulkAnswers,
    handle: async (request) => startAction(request, action, {}),
  });
}

export const routes: Route[] = [...simRoutes, ...labelRoutes, ...replacementRoutes];

export const handler = createApiHandler(routes);
