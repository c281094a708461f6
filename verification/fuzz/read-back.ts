import { jsonOf } from './checks.ts';
import type { HttpResponse } from './http.ts';
import type { SentRequest } from './request.ts';
import { fieldsOf } from './things.ts';

/** A request that follows from a response, and the check of its response. */
export type FollowUp = { request: SentRequest; faults(answer: HttpResponse): string[] };

/**
 * A created resource can be read at its `Location` with the values that were sent; a list has the next page that it announces; a SIM
 * is found by its IMSI.
 */
export function followUps(sent: SentRequest, answer: HttpResponse): FollowUp[] {
  const { location, link } = answer.headers;
  const { nextCursor, iccid, imsi } = fieldsOf(answer.body);
  if (sent.method === 'POST' && location !== undefined && answer.headers['idempotent-replayed'] === undefined) {
    const request = { ...reading(sent, location), query: [] };
    return [{ request, faults: (read) => readFaults(sent, answer, read) }];
  }
  if (sent.method === 'GET' && typeof nextCursor === 'string' && answer.status === 200) {
    const query: [string, string][] = [
      ...sent.query.flatMap(([name, value]): [string, string][] => (name === 'cursor' ? [] : [[name, value]])),
      ['cursor', nextCursor],
    ];
    const target = `${sent.path}?${new URLSearchParams(query)}`;
    return [{ request: { ...reading(sent, target), path: sent.path, query }, faults: nextPageFaults }];
  }
  // Other callers may no longer see the SIM.
  if (sent.method === 'GET' && sent.caller === 'admin' && sent.path === `/v1/sims/${iccid}` && imsi !== undefined) {
    const query: [string, string][] = [['imsi', String(imsi)]];
    const target = `/v1/sims?${new URLSearchParams(query)}`;
    return [
      { request: { ...reading(sent, target), path: '/v1/sims', query }, faults: (list) => findFaults(iccid, list) },
    ];
  }
  const [, next] = /^<(.+)>; rel="next"$/.exec(String(link)) ?? [];
  if (next !== undefined) {
    const { pathname, searchParams } = new URL(next, 'http://api');
    const headers = { accept: 'text/csv' };
    return [
      {
        request: { ...reading(sent, next), path: pathname, query: [...searchParams], headers },
        faults: nextPageFaults,
      },
    ];
  }
  return [];
}

const reading = ({ caller }: SentRequest, target: string) => ({
  caller,
  method: 'GET',
  path: target,
  target,
  headers: {},
  body: undefined,
});

const nextPageFaults = ({ status, text }: HttpResponse) =>
  status === 200 ? [] : [`the next page of the list failed: ${status} ${text.slice(0, 300)}`];

const findFaults = (iccid: unknown, { body, text }: HttpResponse) => {
  const { items } = fieldsOf(body);
  return Array.isArray(items) && items.some((sim) => fieldsOf(sim).iccid === iccid)
    ? []
    : [`SIM ${iccid} is not found by its IMSI: ${text.slice(0, 300)}`];
};

/** Checks that the SIMs of a list have the values by which they were searched. */
export function wronglyFound({ method, path, query }: SentRequest, { status, body }: HttpResponse): string[] {
  const { items } = fieldsOf(body);
  if (method !== 'GET' || path !== '/v1/sims' || status !== 200 || !Array.isArray(items)) {
    return [];
  }
  return items
    .map(fieldsOf)
    .flatMap((sim) =>
      query
        .filter(([name, value]) => value.trim() !== '' && !isFoundBy(sim, name, value.trim()))
        .map(([name, value]) => `the list by ${name} ${value} has another SIM: ${JSON.stringify(sim).slice(0, 300)}`),
    );
}

/** Whether a SIM belongs to the list by a parameter. The cursor, the limit and search texts are not checked. */
function isFoundBy(sim: Readonly<Record<string, unknown>>, name: string, value: string): boolean {
  const { iccid, msisdn, imei, tags } = sim;
  switch (name) {
    case 'cursor':
    case 'limit':
    case 'q':
      return true;
    case 'iccidEnds':
      return String(iccid).endsWith(value);
    case 'msisdn':
      return String(msisdn).replace('+', '') === value.replace('+', '');
    case 'imei':
      return String(imei).slice(0, 14) === value.slice(0, 14);
    case 'tag':
      return Array.isArray(tags) && tags.some((tag) => String(tag).toLowerCase() === value.toLowerCase());
    default:
      return sim[name] === value;
  }
}

function readFaults(sent: SentRequest, made: HttpResponse, { status, body, text }: HttpResponse): string[] {
  if (status !== 200) {
    return [`the created resource cannot be read: ${status} ${text.slice(0, 300)}`];
  }
  const { id, action } = fieldsOf(made.body);
  const read = fieldsOf(body);
  if (read.id !== id || read.action !== action) {
    return [`another resource than the created one was returned: ${text.slice(0, 300)}`];
  }
  return lostValues(sent, body);
}

/** Checks that a response, or the resource when it is read, has the values that were sent. */
export function lostValues(sent: SentRequest, shown: unknown): string[] {
  const asked = jsonOf(sent.body)?.value;
  const body = fieldsOf(shown);
  // An operation shows its selection and target only in its results.
  const isOperation = 'action' in body || 'eligible' in body || 'violations' in body;
  const of = /\/plan$/.test(sent.path)
    ? body.plan
    : { ...body, ...asReported(sent.path, body, fieldsOf(asked)), ...asPlanned(sent.path, body, fieldsOf(asked)) };
  return isOperation || isKept(asked, of)
    ? []
    : [`the stored values differ from those sent: ${JSON.stringify(shown).slice(0, 600)}`];
}

/** A service's fields after a change of its tariff, under the names of the request. The current tariff withdraws the next one. */
function asPlanned(
  path: string,
  { tariffId, nextTariff }: Readonly<Record<string, unknown>>,
  { effectiveAt }: Readonly<Record<string, unknown>>,
): object {
  if (effectiveAt === undefined || !/\/v1\/(partner|customer)-services\//.test(path)) {
    return {};
  }
  return { effectiveAt, tariffId: fieldsOf(nextTariff).tariffId ?? tariffId };
}

/** An order's fields after a report of the staff, under the names of the report. The reason of a cancellation is only in its timeline. */
function asReported(
  path: string,
  { estimatedDelivery, failure, state }: Readonly<Record<string, unknown>>,
  { reason }: Readonly<Record<string, unknown>>,
): object {
  const [, report] = /\/v1\/platform\/partners\/[^/]+\/orders\/[^/]+\/(\w+)$/.exec(path) ?? [];
  switch (report) {
    case 'accept':
      return { expectedDelivery: fieldsOf(estimatedDelivery).latest };
    case 'reject':
      return { reason: fieldsOf(failure).detail };
    case 'cancel':
      return { outcome: state === 'cancelled' ? 'cancelled' : 'refused', reason };
    default:
      return {};
  }
}

/** Whether a value was stored as it was sent: strings are trimmed, nulls removed, and further fields allowed. */
function isKept(sent: unknown, shown: unknown): boolean {
  if (sent === null) {
    // An address without a postal code shows an empty one; removed fields of a SIM show an empty object.
    return shown === undefined || shown === '' || JSON.stringify(shown) === '[]' || JSON.stringify(shown) === '{}';
  }
  if (typeof sent === 'string') {
    return typeof shown === 'string' && shown === sent.trim();
  }
  if (Array.isArray(sent)) {
    return (
      Array.isArray(shown) && shown.length === sent.length && sent.every((item, index) => isKept(item, shown[index]))
    );
  }
  if (typeof sent === 'object') {
    const fields = fieldsOf(shown);
    return (
      typeof shown === 'object' &&
      Object.entries(sent).every(([name, value]) => isKept(asSet(name, value), asSet(name, fields[name])))
    );
  }
  return sent === shown;
}

/** Roles are a set: their order and repetitions do not matter. */
function asSet(name: string, value: unknown): unknown {
  return name === 'roles' && Array.isArray(value) ? [...new Set(value)].sort() : value;
}
