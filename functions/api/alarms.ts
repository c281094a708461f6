import * as z from 'zod/mini';
import {
  allAlarms,
  createAlarm,
  deleteAlarm,
  getAlarm,
  queryAlarms,
  queryFirings,
  saveAlarm,
} from '../../adapters/dynamodb/alarms.ts';
import { getCustomerService, getPartnerService } from '../../adapters/dynamodb/services.ts';
import { getSim } from '../../adapters/dynamodb/sims.ts';
import { alarmSchema, firingSchema, showAlarm, showFiring } from '../../contract/alarm.ts';
import { type Alarm, type AlarmScope, alarmActions, MOST_ALARMS, measures } from '../../domain/alarm.ts';
import { described } from '../../domain/described.ts';
import { idSchema, line } from '../../domain/text.ts';
import { isUnchanged } from '../../use-cases/is-unchanged.ts';
import { invalidInput, notFound, Refusal, unknownId } from '../../use-cases/refusal.ts';
import { createApiHandler } from '../http/create-api-handler.ts';
import { requireMatch } from '../http/etag.ts';
import { created, noContent, okPage, okResource, route } from '../http/route.ts';

/** Of several fields exactly one is given. */
const exactlyOne = (message: string) =>
  z.superRefine((given: Record<string, unknown>, context) => {
    if (Object.values(given).filter((value) => value !== undefined).length !== 1) {
      context.addIssue({ code: 'custom', message, params: { code: 'exactly_one' } });
    }
  });

const scopeSchema = () =>
  z
    .strictObject({
      customerServiceId: z.optional(idSchema),
      partnerServiceId: z.optional(idSchema),
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

/** What tells the partner, and bars SIMs if it shall, when much of an allowance is used. */
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
    body: z.lazy(() =>
      z.strictObject({
        ...changeableFields(),
        scope: scopeSchema(),
        measure: described(
          z.enum(measures),
          '`sim` measures each SIM separately; `pool` measures all SIMs of the service together.',
        ),
      }),
    ),
    example: {
      name: 'Meters at 80 %',
      scope: { customerServiceId: 'csv_01J9ZK3T5M8Q2W4E6R7Y8U9I0P' },
      measure: 'pool',
      threshold: { percent: 80 },
      action: 'notify',
    },
    answers: { 201: alarmSchema },
    handle: async ({ caller, body, now, newId }) => {
      const { partnerId } = caller;
      const scope = scopeOf(body.scope);
      if (body.measure === 'pool' && 'iccid' in scope) {
        const message = 'A single SIM has no pool. Use the measure "sim", or set a service as the scope.';
        throw invalidInput([{ pointer: '/measure', code: 'not_a_pool', message }]);
      }
      await requireScope(partnerId, scope);
      if ((await allAlarms(partnerId)).length >= MOST_ALARMS) {
        throw new Refusal('too_many', `A partner has at most ${MOST_ALARMS} alarms.`);
      }
      const at = now.toISOString();
      const { name, measure, action } = body;
      const threshold = thresholdOf(body.threshold);
      const id = newId('alarm');
      const stamps = { createdAt: at, updatedAt: at, version: 1 };
      const alarm = await createAlarm(partnerId, { id, name, scope, measure, threshold, action, ...stamps });
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
      const { items, last } = await queryAlarms(caller.partnerId, page.limit, page.after);
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
    handle: async ({ caller, path: { id } }) => okResource(showAlarm(await theAlarm(caller.partnerId, id))),
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
    body: z.lazy(() => z.partial(z.strictObject(changeableFields()))),
    answers: { 200: alarmSchema },
    handle: async ({ caller, path: { id }, body, ifMatch, now }) => {
      const alarm = await theAlarm(caller.partnerId, id);
      requireMatch(ifMatch, showAlarm(alarm));
      const before = showAlarm(alarm);
      const fields = {
        name: body.name ?? alarm.name,
        threshold: body.threshold ? thresholdOf(body.threshold) : alarm.threshold,
        action: body.action ?? alarm.action,
      };
      if (isUnchanged(alarm, fields)) {
        return { ...okResource(before), before };
      }
      const changed = await saveAlarm(caller.partnerId, {
        ...alarm,
        ...fields,
        updatedAt: now.toISOString(),
        version: alarm.version + 1,
      });
      return { ...okResource(showAlarm(changed)), before };
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
      const alarm = await theAlarm(caller.partnerId, id);
      requireMatch(ifMatch, showAlarm(alarm));
      await deleteAlarm(caller.partnerId, alarm);
      return { ...noContent, before: showAlarm(alarm) };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/alarms/{id}/firings',
    operationId: 'listAlarmFirings',
    access: 'alarms',
    tag: 'Alarms',
    summary: 'List the firings of an alarm, latest month first',
    paged: true,
    answers: { 200: firingSchema },
    handle: async ({ caller, path: { id }, page }) => {
      const { partnerId } = caller;
      await theAlarm(partnerId, id);
      const { items, last } = await queryFirings(partnerId, id, page.limit, page.after);
      return okPage(items.map(showFiring), last);
    },
  }),
];

async function theAlarm(partnerId: string, id: string): Promise<Alarm> {
  const alarm = await getAlarm(partnerId, id);
  if (!alarm) {
    throw notFound('alarm', id);
  }
  return alarm;
}

/** Safe after the schema: exactly one of them is there. */
function scopeOf(given: z.infer<ReturnType<typeof scopeSchema>>): AlarmScope {
  const { customerServiceId, partnerServiceId, iccid = '' } = given;
  if (customerServiceId !== undefined) {
    return { customerServiceId };
  }
  return partnerServiceId === undefined ? { iccid } : { partnerServiceId };
}

/** Safe after the schema: exactly one of them is there. */
function thresholdOf({ percent, bytes = 0 }: z.infer<ReturnType<typeof thresholdSchema>>): Alarm['threshold'] {
  return percent === undefined ? { bytes } : { percent };
}

/** @throws Refusal 422 when what the alarm shall watch is not there, or not the partner's. */
async function requireScope(partnerId: string, scope: AlarmScope): Promise<void> {
  if ('iccid' in scope) {
    if (!(await getSim(partnerId, scope.iccid))) {
      throw unknownId('/scope/iccid', 'SIM', scope.iccid);
    }
  } else if ('customerServiceId' in scope) {
    if (!(await getCustomerService(partnerId, scope.customerServiceId))) {
      throw unknownId('/scope/customerServiceId', 'customer service', scope.customerServiceId);
    }
  } else if (!(await getPartnerService(partnerId, scope.partnerServiceId))) {
    throw unknownId('/scope/partnerServiceId', 'partner service', scope.partnerServiceId);
  }
}

export const handler = createApiHandler(routes);
