import * as z from 'zod/mini';
import { alarmSchema, firingSchema, showAlarm, showFiring } from '../../contract/alarm.ts';
import { periodQuery } from '../../contract/usage.ts';
import { type Alarm, type AlarmScope, alarmActions, measures } from '../../domain/alarm.ts';
import { described } from '../../domain/described.ts';
import { idSchemaOf, line } from '../../domain/text.ts';
import { periodOf } from '../../domain/usage.ts';
import { createAlarm } from '../../use-cases/alarms/create-alarm.ts';
import { deleteAlarm } from '../../use-cases/alarms/delete-alarm.ts';
import { listFiringsOfMonth } from '../../use-cases/alarms/list-firings-of-month.ts';
import { listAlarms, listFirings, readAlarm } from '../../use-cases/alarms/read-alarms.ts';
import { updateAlarm } from '../../use-cases/alarms/update-alarm.ts';
import { createApiHandler } from '../http/create-api-handler.ts';
import { requireMatch } from '../http/etag.ts';
import { created, noContent, okPage, okResource, route } from '../http/route.ts';

/** Accepts an object with exactly one of its fields. */
const exactlyOne = (message: string) =>
  z.superRefine((given: Record<string, unknown>, context) => {
    if (Object.values(given).filter((value) => value !== undefined).length !== 1) {
      context.addIssue({ code: 'custom', message, params: { code: 'exactly_one' } });
    }
  });

const scopeSchema = () =>
  z
    .strictObject({
      customerServiceId: z.optional(idSchemaOf<'customerService'>()),
      partnerServiceId: z.optional(idSchemaOf<'partnerService'>()),
      iccid: z.optional(z.string().check(z.minLength(1), z.maxLength(20))),
    })
    .check(exactlyOne('Set exactly one of customerServiceId, partnerServiceId and iccid.'));

const thresholdSchema = () =>
  z
    .strictObject({
      percent: described(
        z.optional(z.number().check(z.minimum(0.01), z.maximum(1000))),
        'Percentage of the allowance. May exceed 100.',
      ),
      bytes: z.optional(z.int().check(z.positive())),
    })
    .check(exactlyOne('Set exactly one of percent and bytes.'));

const changeableFields = () => ({
  name: line(200),
  threshold: described(
    thresholdSchema(),
    'A percentage refers to the allowance of one SIM, or of the whole pool when `measure` is `pool`.',
  ),
  action: described(
    z.enum(alarmActions),
    '`suspend` also bars the SIMs, with the reason `allowance_exceeded`, until the next period begins.',
  ),
});

/** Alarms notify partners of high usage, and can suspend SIMs. */
export const routes = [
  route({
    method: 'POST',
    path: '/v1/alarms',
    operationId: 'createAlarm',
    access: 'alarms',
    tag: 'Alarms',
    summary: 'Create an alarm',
    description:
      'An alarm fires at most once per calendar month (UTC) for each SIM, or for the pool. Only usage that arrives after its creation can trigger it.',
    body: () =>
      z.strictObject({
        ...changeableFields(),
        scope: scopeSchema(),
        measure: described(
          z.enum(measures),
          '`sim` measures each SIM separately; `pool` measures all SIMs of the service together.',
        ),
      }),
    example: {
      name: 'Meters at 80 %',
      scope: { customerServiceId: 'csv_01J9ZK3T5M8Q2W4E6R7Y8U9I0P' },
      measure: 'pool',
      threshold: { percent: 80 },
      action: 'notify',
    },
    answers: { 201: alarmSchema },
    handle: async ({ caller, body, now, newId }) => {
      const { name, measure, action } = body;
      const fields = { name, scope: scopeOf(body.scope), measure, threshold: thresholdOf(body.threshold), action };
      const alarm = await createAlarm(caller.partnerId, fields, { id: newId('alarm'), now });
      return created(`/v1/alarms/${alarm.id}`, showAlarm(alarm));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/alarms',
    operationId: 'listAlarms',
    access: 'alarms',
    tag: 'Alarms',
    summary: 'List alarms',
    paged: true,
    answers: { 200: alarmSchema },
    handle: async ({ caller, page }) => {
      const { items, last } = await listAlarms(caller.partnerId, page);
      return okPage(items.map(showAlarm), last);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/alarms/{id}',
    operationId: 'getAlarm',
    access: 'alarms',
    tag: 'Alarms',
    summary: 'Get an alarm',
    answers: { 200: alarmSchema },
    handle: async ({ caller, path: { id } }) => okResource(showAlarm(await readAlarm(caller.partnerId, id))),
  }),
  route({
    method: 'PATCH',
    path: '/v1/alarms/{id}',
    operationId: 'updateAlarm',
    access: 'alarms',
    tag: 'Alarms',
    summary: 'Change an alarm',
    description:
      'The threshold is replaced as a whole. The alarm does not fire again in this period for SIMs or pools for which it has already fired.',
    body: () => z.partial(z.strictObject(changeableFields())),
    answers: { 200: alarmSchema },
    handle: async ({ caller, path: { id }, body, ifMatch, now }) => {
      const changes = { ...body, threshold: body.threshold && thresholdOf(body.threshold) };
      const { before, after } = await updateAlarm(caller.partnerId, id, changes, {
        now,
        precondition: (alarm) => requireMatch(ifMatch, showAlarm(alarm)),
      });
      return { ...okResource(showAlarm(after)), before: showAlarm(before) };
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/alarms/{id}',
    operationId: 'deleteAlarm',
    access: 'alarms',
    tag: 'Alarms',
    summary: 'Delete an alarm',
    description: 'Bars set by the alarm are still removed when the next period begins.',
    answers: { 204: null },
    handle: async ({ caller, path: { id }, ifMatch }) => {
      const before = await deleteAlarm(caller.partnerId, id, (alarm) => requireMatch(ifMatch, showAlarm(alarm)));
      return { ...noContent, before: showAlarm(before) };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/alarms/{id}/firings',
    operationId: 'listAlarmFirings',
    access: 'see_firings',
    tag: 'Alarms',
    summary: 'List the firings of an alarm, latest month first',
    description: 'Users of a customer see only firings of alarms on services of the customer.',
    paged: true,
    answers: { 200: firingSchema },
    handle: async ({ caller, path: { id }, page }) => {
      const { items, last } = await listFirings(caller, id, page);
      return okPage(items.map(showFiring), last);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/alarm-firings',
    operationId: 'listFirings',
    access: 'see_firings',
    tag: 'Alarms',
    summary: 'List the firings of all alarms in a month',
    description:
      'Sorted by alarm, oldest alarm first, then by SIM or service. Firings of deleted alarms are not listed. Users of a customer see only firings of alarms on services of the customer.',
    paged: true,
    query: periodQuery,
    answers: { 200: firingSchema },
    handle: async ({ caller, query: { period }, page, now }) => {
      const { items, next } = await listFiringsOfMonth(caller, period ?? periodOf(now.toISOString()), page);
      return okPage(items.map(showFiring), next);
    },
  }),
];

/** Safe: the schema accepts exactly one of the fields. */
function scopeOf(given: z.infer<ReturnType<typeof scopeSchema>>): AlarmScope {
  const { customerServiceId, partnerServiceId, iccid = '' } = given;
  if (customerServiceId !== undefined) {
    return { customerServiceId };
  }
  return partnerServiceId === undefined ? { iccid } : { partnerServiceId };
}

/** Safe: the schema accepts exactly one of the fields. */
function thresholdOf({ percent, bytes = 0 }: z.infer<ReturnType<typeof thresholdSchema>>): Alarm['threshold'] {
  return percent === undefined ? { bytes } : { percent };
}

export const handler = createApiHandler(routes);
