import { columnsIn, csvIn } from './csv.ts';
import { type AnswerForm, type ApiDocument, type DocumentedRoute, routeOfRequest } from './document.ts';
import type { Answer } from './http.ts';
import type { SentRequest } from './request.ts';
import { queryProblem, trimmed, type Validate, validator } from './schemas.ts';
import { fieldsOf } from './things.ts';

/** Says what is wrong with an answer; nothing, when it is as the contract and the document have it. */
export type Check = (sent: SentRequest, answer: Answer) => string[];

/** Statuses of what a client may have got wrong, by the contract's ground rules. */
const refusals = [400, 403, 404, 409, 412, 413, 415, 422];
const withoutGoodToken = ['nobody', 'expired', 'garbage'];

/** Codes that say that a value has not the form which the document tells of. */
const codesOfForm = ['required', 'unknown_field', 'invalid_type', 'invalid_value', 'invalid_format'];

/** A body over six megabytes, base64 around it, is too much for Lambda: API Gateway says so itself. */
const GATEWAY_BODY = 4_000_000;
const GATEWAY_HEADERS = 9_000;

export function answerCheck(document: ApiDocument): Check {
  const validate = validator(document);
  return (sent, answer) => {
    const { status } = answer;
    if (status >= 500) {
      return [`${status}: ${answer.text.slice(0, 500)}`];
    }
    const route = decodable(sent.path) ? routeOfRequest(document, sent.method, sent.path) : undefined;
    if (isGatewayMessage(answer)) {
      return mayGatewayAnswer(sent, status, route) ? [] : [`the gateway answers ${status} ${answer.text}`];
    }
    if (route && !route.isPublic && withoutGoodToken.includes(sent.caller)) {
      return [`${status} without a good token`];
    }
    if (status >= 400) {
      return problemFaults(sent, answer, { document, route, validate });
    }
    return route ? successFaults(sent, answer, { route, validate }) : [`${status}, and the document has no such route`];
  };
}

function mayGatewayAnswer(sent: SentRequest, status: number, route: DocumentedRoute | undefined): boolean {
  switch (status) {
    case 400:
      return !decodable(sent.path);
    case 401:
      return !route?.isPublic && withoutGoodToken.includes(sent.caller);
    case 404:
      return route === undefined;
    case 413:
      return (sent.body?.length ?? 0) > GATEWAY_BODY;
    case 429:
      return true;
    case 431:
      return JSON.stringify(sent.headers).length + sent.target.length > GATEWAY_HEADERS - 2_000;
    default:
      return false;
  }
}

/** What API Gateway says by itself: no document of ours, and no request id of ours. */
export function isGatewayMessage({ headers, body }: Answer): boolean {
  const fields = fieldsOf(body);
  return headers['x-request-id'] === undefined && Object.keys(fields).join() === 'message';
}

function decodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

type Known = { document: ApiDocument; route: DocumentedRoute | undefined; validate: Validate };

function problemFaults(sent: SentRequest, answer: Answer, { document, route, validate }: Known): string[] {
  const { status, headers, body, text } = answer;
  const faults: string[] = [];
  const isRefusal = refusals.includes(status) || isPartnerLimit(sent, answer);
  if (!isRefusal || (!route && status !== 404)) {
    faults.push(`${status} is no status of this: ${text.slice(0, 300)}`);
  }
  const form = (route ?? document.routes[0])?.answers.get('default');
  if (headers['content-type'] !== form?.type) {
    faults.push(`${status} has the content type ${headers['content-type']}`);
  }
  const problem = validate(form?.schema ?? {}, body);
  if (problem !== undefined) {
    faults.push(`the problem document is none: ${problem}`);
  }
  const { status: told, instance, type, code } = fieldsOf(body);
  const ending = String(type).split(/[/#]/).at(-1) ?? '';
  // An answer given before is given again as it was, with the id of the request that it was given to first.
  const isOfThis = instance === headers['x-request-id'] || headers['idempotent-replayed'] === 'true';
  if (told !== status || !isOfThis || ending !== code || !document.codes.has(ending)) {
    faults.push(`the problem document contradicts its answer: ${text.slice(0, 300)}`);
  }
  if (route && faults.length === 0) {
    const refused = refusedForNothing(sent, answer, route, validate);
    faults.push(...(refused === undefined ? [] : [refused]));
  }
  return faults;
}

/** A partner may have sent its requests of the moment: fuzzing changes the limits of partners, too. */
function isPartnerLimit({ caller }: SentRequest, { status, headers, body }: Answer): boolean {
  const isOfPartner = caller !== 'platform' && !withoutGoodToken.includes(caller);
  return (
    status === 429 && isOfPartner && fieldsOf(body).code === 'too_many_requests' && Number(headers['retry-after']) > 0
  );
}

/** A request of the form that the document tells of is not refused for its form. */
function refusedForNothing(
  sent: SentRequest,
  { status, body, text }: Answer,
  route: DocumentedRoute,
  validate: Validate,
): string | undefined {
  const read = readBody(sent, route);
  const isAllowed =
    queryProblem(route, sent.query, validate) === undefined &&
    (route.body
      ? read !== undefined && validate(route.body.schema, read.value) === undefined
      : sent.body === undefined);
  if (!isAllowed) {
    return undefined;
  }
  const { errors } = fieldsOf(body);
  const told = Array.isArray(errors) ? errors.map(fieldsOf) : [];
  const ofForm = told.find(
    ({ code, pointer }) =>
      codesOfForm.includes(String(code)) &&
      // What is there and the patch together may lack something.
      !(sent.method === 'PATCH' && code === 'required') &&
      !/^\/(headers|path)\//.test(String(pointer)) &&
      !isRuleOfPlans(told),
  );
  const isCursor = sent.query.some(([name]) => name === 'cursor');
  return ofForm || (status === 400 && !isCursor)
    ? `the document allows what is refused: ${text.slice(0, 300)}`
    : undefined;
}

/** A plan needs a customer with a service, or a service with its customer: the document says so in words. */
const isRuleOfPlans = (errors: readonly Readonly<Record<string, unknown>>[]) =>
  errors.some(({ code, message }) => code === 'required' && String(message).startsWith('Assigning needs'));

function successFaults(
  sent: SentRequest,
  answer: Answer,
  { route, validate }: { route: DocumentedRoute; validate: Validate },
): string[] {
  const { status, headers, text } = answer;
  const form = route.answers.get(String(status));
  if (!form) {
    return [`the document has no ${status} of this: ${text.slice(0, 300)}`];
  }
  const faults: string[] = [];
  const type = headers['content-type']?.split(';')[0];
  const wanted = form.csv && sent.headers.accept === 'text/csv' ? 'text/csv' : form.type;
  if (type !== wanted) {
    faults.push(`${status} has the content type ${type}, not ${wanted}`);
  }
  const problem = type === 'text/csv' ? csvProblem(form, text, validate) : bodyProblem(form, answer, validate);
  if (problem !== undefined) {
    faults.push(`the answer is not as the document says: ${problem} in ${text.slice(0, 600)}`);
  }
  const absent = form.headers.filter((name) => !headers[name.toLowerCase()]);
  if (absent.length > 0) {
    faults.push(`${status} has no ${absent.join(', ')}`);
  }
  const forbidden = takenAgainst(sent, route, validate);
  if (forbidden !== undefined) {
    faults.push(`taken, though the document forbids it: ${forbidden}`);
  }
  return faults;
}

function bodyProblem({ schema }: AnswerForm, { body, text }: Answer, validate: Validate): string | undefined {
  if (schema) {
    return validate(schema, body);
  }
  return text === '' ? undefined : 'a body where none is';
}

/** The columns are the same, in the same order, whatever is in them. */
function csvProblem({ csv = {} }: AnswerForm, text: string, validate: Validate): string | undefined {
  const read = csvIn(text);
  if (!read) {
    return 'it is no CSV';
  }
  const { header, rows } = read;
  return header.join() === columnsIn(csv).join() ? validate(csv, rows) : `the header row is ${header.join()}`;
}

/** What the document forbids about a request that was taken. */
function takenAgainst(sent: SentRequest, route: DocumentedRoute, validate: Validate): string | undefined {
  const ofQuery = queryProblem(route, sent.query, validate);
  if (ofQuery !== undefined || !route.body) {
    return ofQuery;
  }
  const read = readBody(sent, route);
  if (!read) {
    return `the body is no ${route.body.type}`;
  }
  const problem = validate(route.body.schema, read.value);
  return problem === undefined ? undefined : validate(route.body.schema, trimmed(read.value)) && problem;
}

/** What a body says, read as the route reads it. */
function readBody({ body = '' }: SentRequest, route: DocumentedRoute): { value: unknown } | undefined {
  if (isDamaged(body)) {
    return undefined;
  }
  if (route.body?.type !== 'text/csv') {
    return jsonOf(body);
  }
  const read = csvIn(decoded(body));
  const hasColumns = read?.header.toSorted().join() === columnsIn(route.body.schema).toSorted().join();
  return read && hasColumns ? { value: read.rows } : undefined;
}

/** Whether a body reaches the functions with the character that stands for bytes that are not UTF-8: such a body is refused. */
const isDamaged = (body: string) => decoded(body).includes('\u{FFFD}');

/** A body as JSON in UTF-8; its mark of the order of bytes may be left out of account. */
export function jsonOf(text: string | undefined): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(decoded(text)) };
  } catch {
    return undefined;
  }
}

const decoded = (text = '') => new TextDecoder().decode(Buffer.from(text));
