import * as z from 'zod/mini';
import { differenceSchema, showDifference } from '../../contract/difference.ts';
import { described } from '../../domain/described.ts';
import { differenceStates, sides } from '../../domain/difference.ts';
import { operatorIdSchema } from '../../domain/operator.ts';
import { idSchemaOf } from '../../domain/text.ts';
import { listDifferences } from '../../use-cases/differences/read-differences.ts';
import { settleDifference } from '../../use-cases/differences/settle-difference.ts';
import { okPage, okResource, route } from '../http/route.ts';

/** What differs between SIMs here and at their operators. */
export const differenceRoutes = [
  route({
    method: 'GET',
    path: '/v1/platform/differences',
    operationId: 'listDifferences',
    access: 'platform',
    tag: 'Differences',
    summary: 'List differences between SIMs and their operators, oldest first',
    description:
      'Without `state`, the open ones. Differences of numbers are settled when they are seen: the operator’s number is taken over.',
    paged: true,
    query: () =>
      z.strictObject({
        operatorId: z.optional(operatorIdSchema),
        partnerId: z.optional(idSchemaOf<'partner'>()),
        state: z.optional(z.enum(differenceStates)),
      }),
    answers: { 200: differenceSchema },
    handle: async ({ query, page }) => {
      const { items, next } = await listDifferences(query, page);
      return okPage(items.map(showDifference), next);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/platform/differences/{differenceId}/settle',
    operationId: 'settleDifference',
    access: 'platform',
    tag: 'Differences',
    summary: 'Settle a difference between a SIM and its operator',
    description:
      '`ours`: asks the operator to apply our state; it cannot restore terminated SIMs. `theirs`: applies the operator’s state to our SIM; a missing SIM is terminated. A repeated request is answered with the difference; another decision about a settled one with 409 `wrong_state`.',
    body: () => z.strictObject({ as: described(z.enum(sides), 'Whose side is right.') }),
    example: { as: 'ours' },
    answers: { 200: differenceSchema },
    handle: async ({ caller, path: { differenceId }, body: { as }, now }) =>
      okResource(showDifference(await settleDifference(differenceId, as, { actor: caller.userId, now }))),
  }),
];
