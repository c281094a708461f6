import { queryOptions } from '@tanstack/react-query';
import { api, given, ifMatch, type Resource, read, readWithEtag } from '../../api/client.ts';
import { customerServiceKind, partnerServiceKind } from '../../services/service-kind.ts';
import { type Above, aboveThreshold, type UsageSoFar } from './above-threshold.ts';
import { type AlarmChange, type NewAlarm, scopeOf } from './alarm-draft.ts';

export type Alarm = Resource<'Alarm'>;

const pathOf = (id: string) => ({ params: { path: { id } } });

export const readAlarms = (cursor?: string) =>
  read(api.GET('/v1/alarms', { params: { query: given({ cursor, limit: 50 }) } }));

export const alarmQuery = (id: string) =>
  queryOptions({
    queryKey: ['alarms', id],
    queryFn: () => readWithEtag(api.GET('/v1/alarms/{id}', pathOf(id))),
  });

export const readFirings = (id: string, cursor?: string) =>
  read(api.GET('/v1/alarms/{id}/firings', { params: { path: { id }, query: given({ cursor, limit: 50 }) } }));

export const readFiringsOfMonth = (period: string | undefined, cursor?: string) =>
  read(api.GET('/v1/alarm-firings', { params: { query: given({ period, cursor, limit: 50 }) } }));

const addAlarm = (body: NewAlarm) => read(api.POST('/v1/alarms', { body }));

export const changeAlarm = (id: string, body: AlarmChange, etag: string | undefined) =>
  read(api.PATCH('/v1/alarms/{id}', { ...pathOf(id), ...ifMatch(etag), body }));

export const removeAlarm = (id: string, etag: string | undefined) =>
  read(api.DELETE('/v1/alarms/{id}', { ...pathOf(id), ...ifMatch(etag) }));

/** What the SIMs of a scope have used this month, with the allowance that percentages refer to: never an answer from an earlier form. */
export const usageSoFarQuery = (scope: Alarm['scope']) =>
  queryOptions({
    queryKey: ['alarms', 'usage so far', scope],
    queryFn: () => readUsageSoFar(scope),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });

async function readUsageSoFar(scope: Alarm['scope']): Promise<UsageSoFar> {
  const { scopeKind, subject } = scopeOf(scope);
  if (scopeKind !== 'sim') {
    return (scopeKind === 'customerService' ? customerServiceKind : partnerServiceKind).usage(subject, undefined);
  }
  const path = { iccid: subject };
  const [{ totalBytes }, { customerServiceId, partnerServiceId }] = await Promise.all([
    read(api.GET('/v1/sims/{iccid}/usage', { params: { path, query: { granularity: 'month' } } })),
    read(api.GET('/v1/sims/{iccid}', { params: { path } })),
  ]);
  // A percentage refers to the service of the customer, if the SIM has one.
  const ofService = await (customerServiceId === undefined
    ? partnerServiceKind.usage(partnerServiceId, undefined)
    : customerServiceKind.usage(customerServiceId, undefined));
  return { ...ofService, usedBytes: totalBytes, topSims: [{ iccid: subject, bytes: totalBytes }] };
}

/** Creates an alarm, and finds out for how many SIMs or pools it does not fire at once, if their usage can be read. */
export async function addAlarmWithAbove(body: NewAlarm): Promise<{ alarm: Alarm; above: Above | undefined }> {
  const alarm = await addAlarm(body);
  const usage = await readUsageSoFar(alarm.scope).catch(() => undefined);
  return { alarm, above: usage && aboveThreshold(alarm, usage) };
}
