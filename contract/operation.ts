import * as z from 'zod/mini';
import { type Caller, isAllowed } from '../domain/access.ts';
import { described } from '../domain/described.ts';
import { type Operation, operationStates, waitingForOperator } from '../domain/operation.ts';
import { operatorIdSchema } from '../domain/operator.ts';
import { simStates } from '../domain/sim.ts';
import { operationActions, simProblemCodes } from '../domain/sim-actions.ts';
import { date, failure, id, namedSchema, showAs, time } from './fields.ts';

const simFilterAnswer = z.lazy(() =>
  z.object({
    state: z.optional(z.enum(simStates)),
    customerId: z.optional(z.string()),
    customerServiceId: z.optional(z.string()),
    partnerServiceId: z.optional(z.string()),
    operatorId: z.optional(operatorIdSchema),
    orderId: z.optional(z.string()),
    imsi: z.optional(z.string()),
    msisdn: z.optional(z.string()),
    imei: z.optional(z.string()),
    iccidEnds: z.optional(z.string()),
    tag: z.optional(z.string()),
    q: z.optional(z.string()),
  }),
);

export const operationSchema = namedSchema('Operation', () =>
  z.object({
    id,
    action: z.enum(operationActions),
    dryRun: z.optional(z.boolean()),
    effectiveAt: described(z.optional(time), 'Start time. The operation is `scheduled` until then.'),
    state: z.enum(operationStates),
    total: described(z.optional(z.int()), 'Number of selected SIMs. Absent until the selection is fixed.'),
    succeeded: z.int(),
    failed: z.int(),
    unchanged: described(
      z.optional(z.int()),
      'In a dry run, how many of the succeeded SIMs are already in the requested state, so that the action changes nothing.',
    ),
    waitingForOperator: described(
      z.optional(z.int()),
      'Number of SIMs whose operator has been asked for the change and has not confirmed it yet.',
    ),
    failure: z.optional(failure),
    selection: described(
      z.object({
        count: described(z.optional(z.int()), 'Number of ICCIDs, for a list of ICCIDs.'),
        orderId: z.optional(z.string()),
        filter: described(z.optional(simFilterAnswer), 'Empty for the whole fleet.'),
        failedIn: described(z.optional(z.string()), 'For a retry, the operation whose failed SIMs are retried.'),
      }),
      'The SIMs that the operation applies to.',
    ),
    target: described(
      z.optional(
        z.object({
          partnerServiceId: z.optional(z.string()),
          customerId: z.optional(z.string()),
          customerServiceId: z.optional(z.string()),
          iccid: described(z.optional(z.string()), 'The SIM that is replaced.'),
          by: described(z.optional(z.string()), 'The SIM that replaces it.'),
          label: z.optional(z.nullable(z.string())),
          addTags: z.optional(z.array(z.string())),
          removeTags: z.optional(z.array(z.string())),
          fields: z.optional(z.record(z.string(), z.nullable(z.string()))),
        }),
      ),
      'Target of a migration or an assignment; what a change of labels sets and removes.',
    ),
    reason: described(
      z.optional(z.string()),
      'Reason of a suspension. A resumption with a reason only removes bars that have it.',
    ),
    partOf: described(z.optional(z.string()), 'For a step of a replacement: the operation of the replacement.'),
    requestedBy: described(z.string(), 'The `sub` of the user, the id of the API client, or the alarm.'),
    requestedByEmail: described(
      z.optional(z.string()),
      'The `email` claim of the user’s token, if present. Shown to callers that may read the journal.',
    ),
    createdAt: time,
    startedAt: z.optional(time),
    finishedAt: z.optional(time),
  }),
);

/** An operation as a caller sees it: those who may read the journal see who requested it. */
export const showOperationTo = (caller: Caller, operation: Operation) =>
  represent(operation, isAllowed(caller, 'journal') ? operation.requestedByEmail : undefined);

/** An operation without personal data, as events show it. */
export const showOperation = (operation: Operation) => represent(operation, undefined);

const represent = (operation: Operation, requestedByEmail: string | undefined) =>
  showAs(operationSchema, {
    ...operation,
    requestedByEmail,
    waitingForOperator: waitingForOperator(operation),
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

/** The target of the operation's own action: a stage of a plan stores the targets of the whole plan. */
function shownTarget({ action, target }: Operation): z.input<typeof operationSchema>['target'] {
  const { partnerServiceId, customerId, customerServiceId } = target;
  switch (action) {
    case 'migrate':
      return { partnerServiceId };
    case 'assign':
      return { customerId, customerServiceId };
    case 'replace':
      return { iccid: target.replacement?.iccid, by: target.replacement?.by };
    case 'label': {
      const { label, addTags, removeTags, fields } = target.naming ?? {};
      return {
        label,
        addTags: addTags && [...addTags],
        removeTags: removeTags && [...removeTags],
        fields: fields ?? undefined,
      };
    }
    default:
      return undefined;
  }
}

const simProblem = z.lazy(() => z.object({ code: z.enum(simProblemCodes), detail: z.string() }));

const simWarnings = z.lazy(() =>
  described(
    z.optional(z.array(z.object({ code: z.enum(['within_term']), until: date }))),
    'Consequences that do not prevent the action. `within_term`: the action ends the minimum term of a tariff early, which lasts until this day.',
  ),
);

export const resultSchema = namedSchema('Result', () =>
  z.object({
    iccid: z.string(),
    outcome: z.enum(['succeeded', 'failed']),
    problem: z.optional(simProblem),
    warnings: simWarnings,
  }),
);

export const dryRunSchema = namedSchema('DryRun', () =>
  z.object({
    total: z.int(),
    eligible: described(z.int(), 'Number of SIMs for which the action would succeed, including `unchanged`.'),
    unchanged: described(
      z.int(),
      'How many of the eligible SIMs are already in the requested state, so that the action changes nothing.',
    ),
    ineligible: z.int(),
    byCode: z.record(z.string(), z.int()),
    results: z.array(
      z.object({ iccid: z.string(), eligible: z.boolean(), problem: z.optional(simProblem), warnings: simWarnings }),
    ),
  }),
);
