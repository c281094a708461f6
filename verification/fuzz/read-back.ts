import { jsonOf } from './checks.ts';
import type { Answer } from './http.ts';
import type { SentRequest } from './request.ts';
import { fieldsOf } from './things.ts';

/** A second request that follows from an answer, and what is wrong with its answer. */
export type FollowUp = { request: SentRequest; faults(answer: Answer): string[] };

/** What was made can be read where it is said to be, as it was sent; a list goes on where it says that it does. */
export function followUps(sent: SentRequest, answer: Answer): FollowUp[] {
  const { location, link } = answer.headers;
  const { nextCursor } = fieldsOf(answer.body);
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
    return [{ request: { ...reading(sent, target), path: sent.path, query }, faults: goesOn }];
  }
  const [, next] = /^<(.+)>; rel="next"$/.exec(String(link)) ?? [];
  if (next !== undefined) {
    const { pathname, searchParams } = new URL(next, 'http://api');
    const headers = { accept: 'text/csv' };
    return [{ request: { ...reading(sent, next), path: pathname, query: [...searchParams], headers }, faults: goesOn }];
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

const goesOn = ({ status, text }: Answer) =>
  status === 200 ? [] : [`the list does not go on: ${status} ${text.slice(0, 300)}`];

function readFaults(sent: SentRequest, made: Answer, { status, body, text }: Answer): string[] {
  if (status !== 200) {
    return [`what was made cannot be read: ${status} ${text.slice(0, 300)}`];
  }
  const { id, action } = fieldsOf(made.body);
  const read = fieldsOf(body);
  if (read.id !== id || read.action !== action) {
    return [`what is read is not what was made: ${text.slice(0, 300)}`];
  }
  return lost(sent, body);
}

/** Fields of a request that its answer, or the thing when it is read, does not show as they were sent. */
export function lost(sent: SentRequest, shown: unknown): string[] {
  const asked = jsonOf(sent.body)?.value;
  const body = fieldsOf(shown);
  // An operation tells of its selection and target by their results alone.
  const isOperation = 'action' in body || 'eligible' in body || 'violations' in body;
  const of = /\/plan$/.test(sent.path) ? body.plan : body;
  return isOperation || isKept(asked, of)
    ? []
    : [`what was sent is not what is there: ${JSON.stringify(shown).slice(0, 600)}`];
}

/** Whether a value is there as it was sent: trimmed, without what was sent as null, and perhaps with more. */
function isKept(sent: unknown, shown: unknown): boolean {
  if (sent === null) {
    // An address without a postal code shows an empty one.
    return shown === undefined || shown === '' || (Array.isArray(shown) && shown.length === 0);
  }
  if (typeof sent === 'string') {
    return typeof shown === 'string' && shown === sent.trim();
  }
  if (Array.isArray(sent)) {
    return (
      Array.isArray(shown) && shown.length === sent.length && sent.every((item, place) => isKept(item, shown[place]))
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

/** Somebody has a role, or has it not: neither its place nor its number of times says anything. */
function asSet(name: string, value: unknown): unknown {
  return name === 'roles' && Array.isArray(value) ? [...new Set(value)].sort() : value;
}
