import * as z from 'zod/mini';
import type { CalendarDay } from '../domain/calendar-day.ts';
import { described } from '../domain/described.ts';
import { differenceFields } from '../domain/difference.ts';
import { operatorIdSchema } from '../domain/operator.ts';
import { pendingActions, type Sim, simStates } from '../domain/sim.ts';
import { type NextAction, nextActionNames } from '../domain/sim-actions.ts';
import type { TimelineLine } from '../domain/timeline.ts';
import { date, namedSchema, showAs, stamps, time } from './fields.ts';

export const simSchema = namedSchema('Sim', () =>
  z.object({
    iccid: z.string(),
    imsi: described(z.optional(z.string()), 'Absent when the operator’s list of SIMs does not have it.'),
    msisdn: z.optional(z.string()),
    operatorId: operatorIdSchema,
    orderId: described(z.optional(z.string()), 'Absent for imported SIMs.'),
    state: z.enum(simStates),
    bars: z.array(z.object({ type: z.literal('data'), reason: z.string(), since: time })),
    partnerServiceId: z.string(),
    holding: z.boolean(),
    customerId: z.optional(z.string()),
    customerServiceId: z.optional(z.string()),
    pendingChange: described(
      z.optional(
        z.object({
          action: z.enum(pendingActions),
          since: time,
          operationId: z.string(),
        }),
      ),
      'A change that the operator has not confirmed yet. The SIM keeps its state until then, and no action is allowed.',
    ),
    label: z.optional(z.string()),
    tags: z.array(z.string()),
    fields: described(
      z.record(z.string(), z.string()),
      'Texts under the names that the partner has chosen with `PUT /v1/sim-fields`.',
    ),
    imei: z.optional(z.string()),
    eid: z.optional(z.string()),
    termEndsOn: described(
      z.optional(date),
      'Day on which the minimum term ends, of the tariffs of both services the later one. Users of a customer see that of the customer service. Absent without a minimum term, and before the activation.',
    ),
    replacedBy: described(z.optional(z.string()), 'The SIM that replaced this one.'),
    replaces: described(
      z.optional(z.string()),
      'The SIM that this one replaced. Removed when this one is unassigned and gets a customer again.',
    ),
    stateChangedAt: time,
    ...stamps,
    nextActions: described(z.array(z.enum(nextActionNames)), 'Actions that are currently allowed for this SIM.'),
  }),
);

/** A SIM with the id of its partner, for the platform. */
export const partnerSimSchema = namedSchema('PartnerSim', () =>
  z.extend(simSchema._zod.innerType, { partnerId: z.string() }),
);

export const showSim = (sim: Sim & { termEndsOn?: CalendarDay; nextActions: readonly NextAction[] }) =>
  showAs(simSchema, {
    ...sim,
    fields: sim.fields ?? {},
    holding: sim.state === 'in_holding',
    nextActions: [...sim.nextActions],
  });

export const simEventSchema = namedSchema('SimEvent', () =>
  z.object({
    at: time,
    type: z.string(),
    from: z.optional(z.enum(simStates)),
    to: z.optional(z.enum(simStates)),
    operationId: z.optional(z.string()),
    actor: described(
      z.string(),
      'The `sub` of the user who caused the change, the id of an alarm, or `system`. Customer users see `partner` or `system`.',
    ),
    actorEmail: described(
      z.optional(z.string()),
      'The `email` claim of the token of the user who requested the operation, if present. Shown to callers that may read the journal.',
    ),
    partnerServiceId: described(z.optional(z.string()), 'Target of a migration.'),
    partnerServiceName: z.optional(z.string()),
    customerId: described(
      z.optional(z.string()),
      'Customer that the SIM was assigned to or, for an unassignment, removed from.',
    ),
    customerName: z.optional(z.string()),
    customerServiceId: z.optional(z.string()),
    customerServiceName: z.optional(z.string()),
    reason: described(z.optional(z.string()), 'Reason of a suspension or resumption.'),
    difference: described(
      z.optional(z.object({ field: z.enum(differenceFields), ours: z.optional(z.string()), theirs: z.string() })),
      'What differed at the operator, for `sim.differs`. A number is the operator’s from then on.',
    ),
    cleared: described(
      z.optional(
        z.object({
          label: z.optional(z.string()),
          tags: z.optional(z.array(z.string())),
          fields: z.optional(z.record(z.string(), z.string())),
        }),
      ),
      'Label, tags and fields from the time of a former customer. The assignment to another customer removed them.',
    ),
  }),
);

/** @param names of customers and services, by id. */
export const showSimEvent = (line: TimelineLine, names: ReadonlyMap<string, string>) => {
  const nameOf = (id: string | undefined) => names.get(id ?? '');
  return showAs(simEventSchema, {
    ...line,
    partnerServiceName: nameOf(line.partnerServiceId),
    customerName: nameOf(line.customerId),
    customerServiceName: nameOf(line.customerServiceId),
  });
};
