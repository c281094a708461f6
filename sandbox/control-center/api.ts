import * as z from 'zod';
import { DAY_MS } from '../../domain/time-units.ts';
import { networkOf } from '../networks.ts';
import {
  type ApiAnswer,
  type ApiRequest,
  type Context,
  countRequest,
  deliveredCard,
  numbersOf,
} from '../operators-api.ts';
import { repeated } from '../repeats.ts';
import { type Device, deviceNow, devicesByChange, requestStatus } from './devices.ts';
import { badJson, error, unknownSim } from './errors.ts';

const MAX_PAGE = 50;
const MAX_USAGE_DAYS = 30;
const RATE_PLAN = 'Sandbox RP';
const COMMUNICATION_PLAN = 'Sandbox CP';

const text = z.string().optional();
const custom = Array.from({ length: 10 }, (_, index) => [`accountCustom${index + 1}`, text] as const);

/** The attributes that a request can change. The sandbox keeps only the status. */
const editSchema = z.strictObject({
  status: text,
  ratePlan: text,
  communicationPlan: text,
  customer: text,
  deviceID: text,
  modemID: text,
  overageLimitOverride: text,
  effectiveDate: text,
  ...Object.fromEntries(custom),
});

/** Handles an authorised request of a customer of Control Center. */
export function answerControlCenter(context: Context, { method, path, query, body }: ApiRequest): ApiAnswer {
  const [, iccid, part, ...rest] = path;
  if (method === 'GET' && iccid === undefined) {
    return listChanges(context, query);
  }
  const device = deviceNow(context, iccid ?? '');
  if (!device) {
    return unknownSim;
  }
  switch ([method, part, ...rest].filter(Boolean).join(' ')) {
    case 'GET':
      return { status: 200, body: details(context, device) };
    case 'PUT':
      return edit(context, device, body);
    case 'GET sessionInfo':
      return { status: 200, body: session(context, device) };
    case 'GET ctdUsages':
      return { status: 200, body: usageOfMonth(context, device) };
    case 'GET usage':
      return usageOfDays(context, device, query);
    default:
      return error(404, '20000001', 'Resource not found');
  }
}

const listed = ({ iccid, status }: Device) => ({
  iccid,
  status,
  ratePlan: RATE_PLAN,
  communicationPlan: COMMUNICATION_PLAN,
});

function listChanges(context: Context, query: URLSearchParams): ApiAnswer {
  const { books, now } = context;
  const unknown = [...query.keys()].find(
    (key) => !['modifiedSince', 'modifiedTill', 'status', 'pageSize', 'pageNumber'].includes(key),
  );
  if (unknown !== undefined) {
    return error(400, '10000028', `Unknown parameter ${unknown}`);
  }
  const sinceText = query.get('modifiedSince');
  if (sinceText === null) {
    return error(400, '10000003', 'modifiedSince is required');
  }
  const [since, till] = [timeIn(sinceText), timeIn(query.get('modifiedTill') ?? now.toISOString())];
  if (since === undefined || till === undefined) {
    return error(400, '10000024', 'Invalid date format');
  }
  if (since < now.getTime() - 365 * DAY_MS) {
    return error(400, '10000045', 'modifiedSince must be within the last year');
  }
  if (since > now.getTime()) {
    return error(400, '10002119', 'modifiedSince must not be in the future');
  }
  const size = Number(query.get('pageSize') ?? MAX_PAGE);
  const number = Number(query.get('pageNumber') ?? 1);
  if (!Number.isInteger(size) || size < 1 || size > MAX_PAGE || !Number.isInteger(number) || number < 1) {
    return error(400, '10000022', 'Invalid page');
  }
  const status = query.get('status');
  const changed = devicesByChange(context).filter(
    (device) => device.changedAt >= since && device.changedAt <= till && (status === null || device.status === status),
  );
  // An operator that repeats itself answers every other page after the first with the page before.
  const repeats = books.behaviour.duplicateAnswers && number > 1 && countRequest(books, 'changed SIMs') % 2 === 0;
  const start = (number - (repeats ? 2 : 1)) * size;
  const devices = changed.slice(start, start + size).map(listed);
  const body = {
    pageNumber: number,
    lastPage: number * size >= changed.length,
    devices: books.behaviour.duplicateAnswers ? repeated(devices) : devices,
  };
  return { status: 200, body };
}

/** Milliseconds; `undefined` unless the text is `yyyy-MM-ddTHH:mm:ss` with a time zone. */
function timeIn(value: string): number | undefined {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value) ? Date.parse(value) : undefined;
}

const time = (at: number | undefined) =>
  at === undefined ? null : new Date(at).toISOString().replace('T', ' ').replace('Z', '+0000');

/** A SIM's numbers, as far as known. Phone numbers have no plus sign. */
/** As this platform writes them: without `+`, and empty where there is none. */
function listedNumbersOf(context: Context, { iccid }: Device) {
  const { imsi = '', msisdn = '', imei = '' } = numbersOf(context, iccid);
  return { imsi, msisdn: msisdn.slice(1), imei };
}

function details(context: Context, device: Device) {
  const delivered = deliveredCard(context, device.iccid);
  const shippedAt = delivered && 'deliveredAt' in delivered.order.outcome ? delivered.order.outcome.deliveredAt : 0;
  return {
    ...listed(device),
    ...listedNumbersOf(context, device),
    customer: null,
    dateActivated: time(device.activatedAt),
    dateUpdated: time(device.changedAt),
    dateShipped: time(shippedAt),
    accountId: '100000001',
    fixedIPAddress: null,
  };
}

function edit(context: Context, device: Device, body: unknown): ApiAnswer {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return badJson;
  }
  const request = editSchema.safeParse(body);
  if (!request.success) {
    const isUnknown = request.error.issues.some(({ code }) => code === 'unrecognized_keys');
    return isUnknown ? error(400, '10000028', 'Unknown parameter') : badJson;
  }
  if (Object.keys(request.data).length === 0) {
    return error(400, '10000003', 'At least one parameter is required');
  }
  const { status } = request.data;
  return status === undefined ? { status: 200, body: { iccid: device.iccid } } : requestStatus(context, device, status);
}

/** The current or the last data session. */
function session({ operatorId, books }: Context, { iccid }: Device) {
  const { session: last } = books.facts.get(iccid) ?? {};
  return {
    iccid,
    ipAddress: last?.connected ? (last.ip ?? null) : null,
    dateSessionStarted: last?.connected ? time(last.since) : null,
    dateSessionEnded: last && !last.connected ? time(last.since) : null,
    ...(last?.connected ? { carrier: last.network ?? networkOf(operatorId).mccMnc } : {}),
  };
}

function bytesBetween({ books }: Context, { iccid }: Device, from: number, until: number): number {
  return books.usage
    .filter((each) => each.iccid === iccid && Date.parse(each.at) >= from && Date.parse(each.at) < until)
    .reduce((sum, { bytes }) => sum + Math.round(bytes * (1 - books.behaviour.shrinkTotals)), 0);
}

/** The usage of the billing cycle, a calendar month, so far. */
function usageOfMonth(context: Context, device: Device) {
  const { now } = context;
  const start = Date.UTC(now.getUTCFullYear(), now.getUTCMonth());
  return {
    ...listed(device),
    ...listedNumbersOf(context, device),
    ctdDataUsage: bytesBetween(context, device, start, now.getTime() + 1),
    ctdSMSUsage: 0,
    ctdVoiceUsage: 0,
  };
}

/** The usage of a range of days, in one sum. */
function usageOfDays(context: Context, device: Device, query: URLSearchParams): ApiAnswer {
  const [startDate = '', endDate = ''] = ['startDate', 'endDate'].map((name) => query.get(name) ?? '');
  const [first, last] = [startDate, endDate].map((day) =>
    /^\d{8}$/.test(day) ? Date.parse(day.replace(/(....)(..)(..)/, '$1-$2-$3')) : Number.NaN,
  );
  if (first === undefined || last === undefined || !(first <= last) || last - first >= MAX_USAGE_DAYS * DAY_MS) {
    return error(400, '10000024', 'Invalid date range');
  }
  const dataUsage = bytesBetween(context, device, first, last + DAY_MS);
  return { status: 200, body: { iccid: device.iccid, startDate, endDate, dataUsage } };
}
