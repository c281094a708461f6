import * as z from 'zod/mini';
import { bulkFields, fleetConfirmation } from '../../contract/bulk-action.ts';
import { loadedFileSchema } from '../../contract/loaded-file.ts';
import { showSim, simSchema } from '../../contract/sim.ts';
import { showSimFieldNames, simFieldNamesSchema } from '../../contract/sim-field-names.ts';
import { described } from '../../domain/described.ts';
import type { Sim } from '../../domain/sim.ts';
import { fieldNameSchema, fieldTextSchema, MAX_SIM_FIELDS } from '../../domain/sim-fields.ts';
import { labelSchema, tagsSchema } from '../../domain/sim-labels.ts';
import { describeSim } from '../../use-cases/sims/describe-sims.ts';
import { labelSim } from '../../use-cases/sims/label-sim.ts';
import { labelSims } from '../../use-cases/sims/label-sims.ts';
import { readSimFieldNames, saveSimFieldNames } from '../../use-cases/sims/sim-field-names.ts';
import { requireMatch } from '../http/etag.ts';
import { okResource, type Route, route } from '../http/route.ts';
import { bulkAnswers, startAction } from './start-action.ts';

/** The maximum number of rows of a file of labels. */
const MAX_LABEL_ROWS = 5000;

const fieldsChange = z.lazy(() =>
  described(
    z.record(z.string(), z.nullable(fieldTextSchema)),
    'Texts under the names that `GET /v1/sim-fields` lists. `null` removes a field; other fields stay.',
  ),
);

/** Whether a part of a change is absent, or an empty list of tags or record of fields. */
const isNothing = (part: string | object | null | undefined) =>
  part === undefined || (typeof part === 'object' && part !== null && Object.keys(part).length === 0);

/** Labels, tags and fields of SIMs. */
export const labelRoutes: Route[] = [
  route({
    method: 'PATCH',
    path: '/v1/sims/{iccid}',
    operationId: 'updateSim',
    access: 'change_sims',
    tag: 'SIMs',
    summary: 'Update the label, tags and fields of a SIM',
    body: () =>
      z.strictObject({
        label: z.optional(z.nullable(labelSchema)),
        tags: z.optional(z.nullable(tagsSchema)),
        fields: z.optional(z.nullable(fieldsChange)),
      }),
    example: { label: 'Meter 17', tags: ['north'], fields: { site: 'Leeds 4', contract: null } },
    answers: { 200: simSchema },
    handle: async ({ caller, path: { iccid }, body, ifMatch, now }) => {
      const show = async (sim: Sim) => showSim(await describeSim(caller, sim));
      const precondition = async (sim: Sim) => requireMatch(ifMatch, await show(sim));
      const { before, after } = await labelSim(caller, iccid, body, { now, precondition });
      return { ...okResource(await show(after)), before: await show(before) };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/sims/label',
    operationId: 'labelSelectedSims',
    access: 'change_sims',
    tag: 'SIMs',
    summary: 'Change the label, tags and fields of SIMs',
    description:
      'Allowed in every state, also while a change is pending at the operator. Tags are removed first, then added. A SIM that would exceed a limit of tags or fields fails with `limit_exceeded`.',
    body: () =>
      z
        .strictObject({
          ...bulkFields(),
          ...fleetConfirmation(),
          label: described(z.optional(z.nullable(labelSchema)), '`null` removes the label.'),
          addTags: z.optional(tagsSchema),
          removeTags: z.optional(tagsSchema),
          fields: z.optional(fieldsChange),
        })
        .check(
          z.superRefine(({ label, addTags, removeTags, fields }, context) => {
            if ([label, addTags, removeTags, fields].every(isNothing)) {
              const message = 'Set at least one of label, addTags, removeTags and fields.';
              context.addIssue({ code: 'custom', message, params: { code: 'nothing_to_change' } });
            }
          }),
        ),
    example: {
      select: { filter: { orderId: 'ord_01JG0000000000000000000000' } },
      addTags: ['north'],
      fields: { site: 'Leeds 4' },
    },
    answers: bulkAnswers,
    handle: async (request) => {
      const { label, addTags, removeTags, fields } = request.body;
      return startAction(request, 'label', { naming: { label, addTags, removeTags, fields } });
    },
  }),
  route({
    method: 'POST',
    path: '/v1/sims/labels',
    operationId: 'labelSims',
    access: 'change_sims',
    tag: 'SIMs',
    summary: 'Set labels, tags and fields of SIMs from a file',
    description: `Accepts up to ${MAX_LABEL_ROWS} rows and 1 MiB. \`tags\` are separated by \`;\`. Each field has a column \`field:<name>\`. An empty cell changes nothing. Good rows take effect; bad rows are listed in \`errors\`. A file can be sent again. \`?dryRun=true\` only checks.`,
    query: () => z.strictObject({ dryRun: z.optional(z.enum(['true', 'false'])) }),
    body: () =>
      z
        .array(
          z.strictObject({
            iccid: z._default(z.string(), ''),
            label: z.optional(z.string()),
            tags: z.optional(z.string()),
            fields: z.optional(z.record(z.string(), z.string())),
          }),
        )
        .check(z.maxLength(MAX_LABEL_ROWS)),
    bodyType: 'text/csv',
    example: [{ iccid: '8944200000000000017', label: 'Meter 17', tags: 'north;outdoor', fields: { site: 'Leeds 4' } }],
    answers: { 200: loadedFileSchema },
    handle: async ({ caller, query: { dryRun }, body, now }) => ({
      status: 200,
      body: await labelSims(caller, body, { now, isDryRun: dryRun === 'true' }),
    }),
  }),
  route({
    method: 'GET',
    path: '/v1/sim-fields',
    operationId: 'getSimFields',
    access: 'see',
    tag: 'SIMs',
    summary: 'Get the field names of your SIMs',
    answers: { 200: simFieldNamesSchema },
    handle: async ({ caller }) => okResource(showSimFieldNames(await readSimFieldNames(caller.partnerId))),
  }),
  route({
    method: 'PUT',
    path: '/v1/sim-fields',
    operationId: 'saveSimFields',
    access: 'manage_sim_fields',
    tag: 'SIMs',
    summary: 'Set the field names of your SIMs',
    description:
      'Replaces the names. SIMs keep their texts under a removed name and show them; they can then only be removed. Add the name again to set them.',
    body: () => z.strictObject({ names: z.array(fieldNameSchema).check(z.maxLength(MAX_SIM_FIELDS)) }),
    example: { names: ['site', 'contract'] },
    honoursIfMatch: true,
    answers: { 200: simFieldNamesSchema },
    handle: async ({ caller, body, ifMatch }) => {
      const { before, after } = await saveSimFieldNames(caller.partnerId, body.names, (current) =>
        requireMatch(ifMatch, showSimFieldNames(current)),
      );
      return { ...okResource(showSimFieldNames(after)), before: showSimFieldNames(before) };
    },
  }),
];
