import * as z from 'zod/mini';
import { showOperationTo } from '../../contract/operation.ts';
import { requesterOf } from '../../domain/access.ts';
import { described } from '../../domain/described.ts';
import { replacementReasons } from '../../domain/replacement.ts';
import { dryRunReplacement, replaceSim } from '../../use-cases/sims/replace-sim.ts';
import { accepted, type Route, route } from '../http/route.ts';
import { bulkAnswers } from './start-action.ts';

/** Replacing a SIM by another one. */
export const replacementRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/sims/{iccid}/replace',
    operationId: 'replaceSim',
    access: 'change_sims',
    tag: 'SIMs',
    summary: 'Replace a SIM with one in stock',
    description:
      'The new SIM takes over the customer, the customer service, the label, tags and fields, and is activated if the replaced one was active. Then the replaced SIM is terminated. If a step fails, the replaced SIM stays as it is; retry the operation, which continues where it stopped.',
    body: () =>
      z.strictObject({
        by: z.string().check(z.minLength(1), z.maxLength(100)),
        reason: z.enum(replacementReasons),
        dryRun: described(
          z.optional(z.boolean()),
          'Checks both SIMs in their current state and changes nothing: 200 with a `DryRun`, or the refusal that the request itself would get.',
        ),
      }),
    example: { by: '8944200000000000025', reason: 'lost' },
    answers: bulkAnswers,
    handle: async ({ caller, path: { iccid }, body: { dryRun, ...body }, now, newId }) => {
      const request = { iccid, ...body };
      if (dryRun) {
        return { status: 200, body: await dryRunReplacement(caller.partnerId, request, now) };
      }
      const by = { id: newId('operation'), ...requesterOf(caller), now };
      return accepted(showOperationTo(caller, await replaceSim(caller.partnerId, request, by)));
    },
  }),
];
