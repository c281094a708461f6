import { queryOptions } from '@tanstack/react-query';
import { api, given, ifMatch, type Resource, read, readWithEtag } from '../../api/client.ts';
import type { AlarmChange, NewAlarm } from './alarm-draft.ts';

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

export const addAlarm = (body: NewAlarm) => read(api.POST('/v1/alarms', { body }));

export const changeAlarm = (id: string, body: AlarmChange, etag: string | undefined) =>
  read(api.PATCH('/v1/alarms/{id}', { ...pathOf(id), ...ifMatch(etag), body }));

export const removeAlarm = (id: string, etag: string | undefined) =>
  read(api.DELETE('/v1/alarms/{id}', { ...pathOf(id), ...ifMatch(etag) }));
