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
import { type Alarm, type AlarmScope, alarmActions, MOST_ALARMS, measures } from '../../domain/alarm.ts';
import { described } from '../../domain/described.ts';
import { idSchema, line } from '../../domain/text.ts';
import { requireMatch } from '../http/etag.ts';
import { HttpProblem, invalidInput, notFound, unknownId } from '../http/problem.ts';
import { created, list, noContent, one, route } from '../http/route.ts';
import { serve } from '../http/serve.ts';
import { alarmSchema, firingSchema, showAlarm, showFiring } from './representations.ts';

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
    .check(exactlyOne('An alarm is for exactly one of customerServiceId, partnerServiceId and iccid.'));

const thresholdSchema = () =>
  z
    .strictObject({
      percent: described(
        z.optional(z.number().check(z.minimum(0.01), z.maximum(1000))),
        'Of the allowance; over 100, too',
      ),
      bytes: z.optional(z.int().check(z.positive())),
    })
    .check(exactlyOne('A threshold is exactly one of percent and bytes.'));

const changeableFields = () => ({
  name: line(200),
  threshold: described(
    thresholdSchema(),
    "The share is one of the tariff's allowance for a SIM, or of the whole pool's",
  ),
  action: described(
    z.enum(alarmActions),
    '`suspend` puts a bar on as well, with the reason `allowance_exceeded`, until the next period begins',
  ),
});

/** What tells the partner, and bars SIMs if it shall, when much of an allowance is used. */
export const routes = [
  route({
    method: 'POST',
    path: '/v1/alarms',
    access: 'alarms',
    tag: 'Alarms',
    summary: 'Make an alarm',
    description:
      'It goes off once in a calendar month (UTC) for each SIM, or for the pool, with the usage that comes in from now on.',
    body: z.lazy(() =>
      z.strictObject({
        ...changeableFields(),
        scope: scopeSchema(),
        measure: described(z.enum(measures), 'Each SIM on its own, or all of the service together'),
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
        const message = 'One SIM is no pool: measure "sim", or name a service.';
        throw invalidInput([{ pointer: '/measure', code: 'not_a_pool', message }]);
      }
      await requireScope(partnerId, scope);
      if ((await allAlarms(partnerId)).length >= MOST_ALARMS) {
        throw new HttpProblem('too_many', `A partner has at most ${MOST_ALARMS} alarms.`);
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
    access: 'alarms',
    tag: 'Alarms',
    summary: 'List alarms',
    paged: true,
    answers: { 200: alarmSchema },
    handle: async ({ caller, page }) => {
      const { items, last } = await queryAlarms(caller.partnerId, page.limit, page.after);
      return list(items.map(showAlarm), last);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/alarms/{id}',
    access: 'alarms',
    tag: 'Alarms',
    summary: 'Get an alarm',
    answers: { 200: alarmSchema },
    handle: async ({ caller, path: { id } }) => one(showAlarm(await theAlarm(caller.partnerId, id))),
  }),
  route({
    method: 'PATCH',
    path: '/v1/alarms/{id}',
    access: 'alarms',
    tag: 'Alarms',
    summary: 'Change an alarm',
    description: 'A threshold is replaced as a whole. It does not go off again in a period for what it went off for.',
    body: z.lazy(() => z.partial(z.strictObject(changeableFields()))),
    answers: { 200: alarmSchema },
    handle: async ({ caller, path: { id }, body, ifMatch, now }) => {
      const alarm = await theAlarm(caller.partnerId, id);
      requireMatch(ifMatch, showAlarm(alarm));
      const changed = await saveAlarm(caller.partnerId, {
        ...alarm,
        name: body.name ?? alarm.name,
        threshold: body.threshold ? thresholdOf(body.threshold) : alarm.threshold,
        action: body.action ?? alarm.action,
        updatedAt: now.toISOString(),
        version: alarm.version + 1,
      });
      return one(showAlarm(changed));
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/alarms/{id}',
    access: 'alarms',
    tag: 'Alarms',
    summary: 'Delete an alarm',
    description: 'Bars that it has put on come off when the next period begins, as they would have.',
    answers: { 204: null },
    handle: async ({ caller, path: { id }, ifMatch }) => {
      const alarm = await theAlarm(caller.partnerId, id);
      requireMatch(ifMatch, showAlarm(alarm));
      await deleteAlarm(caller.partnerId, alarm);
      return noContent;
    },
  }),
  route({
    method: 'GET',
    path: '/v1/alarms/{id}/firings',
    access: 'alarms',
    tag: 'Alarms',
    summary: 'When an alarm went off, the latest month first',
    paged: true,
    answers: { 200: firingSchema },
    handle: async ({ caller, path: { id }, page }) => {
      const { partnerId } = caller;
      await theAlarm(partnerId, id);
      const { items, last } = await queryFirings(partnerId, id, page.limit, page.after);
      return list(items.map(showFiring), last);
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

/** @throws HttpProblem 422 when what the alarm shall watch is not there, or not the partner's. */
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

export const handler = serve(routes);
