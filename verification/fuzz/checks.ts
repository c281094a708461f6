import { ANY_LINE_ENDS, columnsIn, csvIn, namedIn } from './csv.ts';
import { type AnswerForm, type ApiDocument, type DocumentedRoute, routeOfRequest } from './document.ts';
import type { HttpResponse } from './http.ts';
import type { SentRequest } from './request.ts';
import { queryProblem, trimmed, type Validate, validator } from './schemas.ts';
import { fieldsOf } from './things.ts';

/** Returns the faults of a response; none when it matches the contract and the document. */
export type Check = (sent: SentRequest, answer: HttpResponse) => string[];

/** The statuses of client errors, by the contract's ground rules. */
const refusals = [400, 403, 404, 409, 412, 413, 415, 422];
const withoutValidToken = ['nobody', 'expired', 'garbage'];

/** Codes of values that do not match their schema. */
const schemaCodes = ['required', 'unknown_field', 'invalid_type', 'invalid_value', 'invalid_format'];

/** API Gateway itself refuses bodies that exceed Lambda's six megabytes, base64-encoded. */
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
      return mayGatewayAnswer(sent, status, route) ? [] : [`the gateway answered ${status} ${answer.text}`];
    }
    if (route && !route.isPublic && withoutValidToken.includes(sent.caller)) {
      return [`${status} without a valid token`];
    }
    if (status >= 400) {
      return problemFaults(sent, answer, { document, route, validate });
    }
    return route ? successFaults(sent, answer, { route, validate }) : [`${status}, but the document has no such route`];
  };
}

function mayGatewayAnswer(sent: SentRequest, status: number, route: DocumentedRoute | undefined): boolean {
  switch (status) {
    case 400:
      return !decodable(sent.path);
    case 401:
      return !route?.isPublic && withoutValidToken.includes(sent.caller);
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

/** Whether API Gateway itself has answered: without a problem document and without the API's request id. */
export function isGatewayMessage({ headers, body }: HttpResponse): boolean {
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

function problemFaults(sent: SentRequest, answer: HttpResponse, { document, route, validate }: Known): string[] {
  const { status, headers, body, text } = answer;
  const faults: string[] = [];
  const isRefusal = refusals.includes(status) || isPartnerLimit(sent, answer);
  if (!isRefusal || (!route && status !== 404)) {
    faults.push(`${status} is not allowed here: ${text.slice(0, 300)}`);
  }
  const form = (route ?? document.routes[0])?.answers.get('default');
  if (headers['content-type'] !== form?.type) {
    faults.push(`${status} has the content type ${headers['content-type']}`);
  }
  const problem = validate(form?.schema ?? {}, body);
  if (problem !== undefined) {
    faults.push(`the problem document is invalid: ${problem}`);
  }
  const { status: documented, instance, type, code } = fieldsOf(body);
  const ending = String(type).split(/[/#]/).at(-1) ?? '';
  // A replayed response has the id of the original request.
  const isOfThis = instance === headers['x-request-id'] || headers['idempotent-replayed'] === 'true';
  if (documented !== status || !isOfThis || ending !== code || !document.codes.has(ending)) {
    faults.push(`the problem document contradicts its response: ${text.slice(0, 300)}`);
  }
  if (route && faults.length === 0) {
    const refused = wrongRefusal(sent, answer, route, validate);
    faults.push(...(refused === undefined ? [] : [refused]));
  }
  return faults;
}

/** Whether a partner has exceeded its rate limit, which fuzzing changes, too. */
function isPartnerLimit({ caller }: SentRequest, { status, headers, body }: HttpResponse): boolean {
  const isOfPartner = caller !== 'platform' && !withoutValidToken.includes(caller);
  return (
    status === 429 && isOfPartner && fieldsOf(body).code === 'too_many_requests' && Number(headers['retry-after']) > 0
  );
}

/** Finds a refusal of a request that matches the document. */
function wrongRefusal(
  sent: SentRequest,
  { status, body, text }: HttpResponse,
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
  const reported = Array.isArray(errors) ? errors.map(fieldsOf) : [];
  const schemaError = reported.find(
    ({ code, pointer }) =>
      schemaCodes.includes(String(code)) &&
      // The resource and the patch together may lack a field.
      !(sent.method === 'PATCH' && code === 'required') &&
      // Only operators with an API need a platform. The document states this rule in prose only.
      !(code === 'required' && pointer === '/platform') &&
      // Dry runs alone need no confirmation. The document states this rule in prose only.
      !(code === 'required' && pointer === '/confirm') &&
      // The names of SIMs' fields are data, so the schema does not list them.
      !(code === 'unknown_field' && /^\/fields\//.test(String(pointer))) &&
      // Operators and their products are data, so the schema does not list them.
      !(code === 'invalid_value' && /\/(operatorId|operatorIds\/\d+|productId)$/.test(String(pointer))) &&
      !/^\/(headers|path)\//.test(String(pointer)) &&
      !isRuleOfPlans(reported),
  );
  const isCursor = sent.query.some(([name]) => name === 'cursor');
  return schemaError || (status === 400 && !isCursor)
    ? `the document allows the refused request: ${text.slice(0, 300)}`
    : undefined;
}

/** A plan needs both a customer and its service. The document states this rule in prose only. */
const isRuleOfPlans = (errors: readonly Readonly<Record<string, unknown>>[]) =>
  errors.some(({ code, message }) => code === 'required' && String(message).startsWith('Assigning needs'));

function successFaults(
  sent: SentRequest,
  answer: HttpResponse,
  { route, validate }: { route: DocumentedRoute; validate: Validate },
): string[] {
  const { status, headers, text } = answer;
  const form = route.answers.get(String(status));
  if (!form) {
    return [`the document has no ${status} for this route: ${text.slice(0, 300)}`];
  }
  const faults: string[] = [];
  const type = headers['content-type']?.split(';')[0];
  const wanted = form.csv && sent.headers.accept === 'text/csv' ? 'text/csv' : form.type;
  if (type !== wanted) {
    faults.push(`${status} has the content type ${type}, not ${wanted}`);
  }
  const problem = type === 'text/csv' ? csvProblem(form, text, validate) : bodyProblem(form, answer, validate);
  if (problem !== undefined) {
    faults.push(`the response does not match the document: ${problem} in ${text.slice(0, 600)}`);
  }
  const absent = form.headers.filter((name) => !headers[name.toLowerCase()]);
  if (absent.length > 0) {
    faults.push(`${status} lacks the headers ${absent.join(', ')}`);
  }
  const forbidden = wrongAcceptance(sent, route, validate);
  if (forbidden !== undefined) {
    faults.push(`accepted, though the document forbids it: ${forbidden}`);
  }
  return faults;
}

function bodyProblem({ schema }: AnswerForm, { body, text }: HttpResponse, validate: Validate): string | undefined {
  if (schema) {
    return validate(schema, body);
  }
  return text === '' ? undefined : 'an unexpected body';
}

/** CSV has all columns in the documented order, even when they are empty. Columns by a pattern may be anywhere among them. */
function csvProblem({ csv = {} }: AnswerForm, text: string, validate: Validate): string | undefined {
  const read = csvIn(text);
  if (!read) {
    return 'it is not CSV';
  }
  const { header, rows } = read;
  return namedIn(header, csv).join() === columnsIn(csv).join()
    ? validate(csv, rows)
    : `the header row is ${header.join()}`;
}

/** Returns why the document forbids an accepted request. */
function wrongAcceptance(sent: SentRequest, route: DocumentedRoute, validate: Validate): string | undefined {
  const ofQuery = queryProblem(route, sent.query, validate);
  if (ofQuery !== undefined || !route.body) {
    return ofQuery;
  }
  const read = readBody(sent, route);
  if (!read) {
    return `the body is not ${route.body.type}`;
  }
  const problem = validate(route.body.schema, read.value);
  return problem === undefined ? undefined : validate(route.body.schema, trimmed(read.value)) && problem;
}

/** Parses a body as the route does. */
function readBody({ body = '' }: SentRequest, route: DocumentedRoute): { value: unknown } | undefined {
  if (isDamaged(body)) {
    return undefined;
  }
  if (route.body?.type !== 'text/csv') {
    return jsonOf(body);
  }
  const read = csvIn(decoded(body), ANY_LINE_ENDS);
  const hasColumns =
    read &&
    namedIn(read.header, route.body.schema).toSorted().join() === columnsIn(route.body.schema).toSorted().join();
  return read && hasColumns ? { value: read.rows } : undefined;
}

/** Whether a body contains bytes that are not UTF-8, which reach functions as replacement characters. Such a body is refused. */
const isDamaged = (body: string) => decoded(body).includes('\u{FFFD}');

/** Parses a body as JSON in UTF-8, with an optional byte order mark. */
export function jsonOf(text: string | undefined): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(decoded(text)) };
  } catch {
    return undefined;
  }
}

const decoded = (text = '') => new TextDecoder().decode(Buffer.from(text));
