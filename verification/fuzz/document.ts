/** A JSON schema (2020-12), as far as the API's document uses it. */
export type Schema = {
  $ref?: string;
  type?: string;
  enum?: readonly unknown[];
  const?: unknown;
  anyOf?: readonly Schema[];
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  pattern?: string;
  format?: string;
  /** Of a text that is CSV: its rows. */
  contentSchema?: Schema;
};

export type Parameter = { name: string; in: 'path' | 'query' | 'header'; schema: Schema };

/**
 * What a route answers with a status: its content type and schema, when it has a body, the rows of what can be had as CSV,
 * too, and the headers that are always there.
 */
export type AnswerForm = {
  type: string | undefined;
  schema: Schema | undefined;
  csv: Schema | undefined;
  headers: readonly string[];
};

/** A route, as the document tells of it. */
export type DocumentedRoute = {
  /** `GET /v1/sims/{iccid}` */
  key: string;
  method: string;
  path: string;
  parameters: readonly Parameter[];
  /** Of CSV, the schema is that of its rows. */
  body: { type: string; schema: Schema } | undefined;
  /** By status, and by `default` for problems. */
  answers: ReadonlyMap<string, AnswerForm>;
  isPublic: boolean;
};

/** The API, as `/openapi.json` tells of it. */
export type ApiDocument = {
  routes: readonly DocumentedRoute[];
  schemas: Readonly<Record<string, Schema>>;
  /** The codes of problems that it explains. */
  codes: ReadonlySet<string>;
};

type Content = Readonly<Record<string, { schema?: Schema }>>;
type Headers = Readonly<Record<string, { required?: boolean }>>;
type Operation = {
  parameters: readonly Parameter[];
  requestBody?: { content: Content };
  responses: Readonly<Record<string, { content?: Content; headers?: Headers }>>;
  security?: readonly unknown[];
};
type Served = {
  'x-problem-codes': Record<string, unknown>;
  paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  components: { schemas: Readonly<Record<string, Schema>> };
};

/** Reads the document that an API serves of itself. @throws Error when it serves none */
export async function readDocument(url: string): Promise<ApiDocument> {
  const response = await fetch(`${url}/openapi.json`);
  if (!response.ok) {
    throw new Error(`GET /openapi.json answers ${response.status}.`);
  }
  return documentOf(await response.json());
}

/** What there is to know of the API in its document. */
export function documentOf(served: unknown): ApiDocument {
  // Safe: test/integration/http/http-docs.test.ts holds the document to what is read of it here.
  const { 'x-problem-codes': codes, paths, components } = served as Served;
  return {
    routes: Object.entries(paths).flatMap(([path, byMethod]) =>
      Object.entries(byMethod).map(([method, operation]) => routeOf(path, method.toUpperCase(), operation)),
    ),
    schemas: components.schemas,
    codes: new Set(Object.keys(codes)),
  };
}

function routeOf(path: string, method: string, operation: Operation): DocumentedRoute {
  const [body] = Object.entries(operation.requestBody?.content ?? {});
  return {
    key: `${method} ${path}`,
    method,
    path,
    parameters: operation.parameters,
    body: body && { type: body[0], schema: body[1].schema?.contentSchema ?? body[1].schema ?? {} },
    answers: new Map(
      Object.entries(operation.responses).map(([status, { content = {}, headers = {} }]) => {
        const [form] = Object.entries(content);
        const always = Object.entries(headers).flatMap(([name, { required }]) => (required ? [name] : []));
        const csv = content['text/csv']?.schema?.contentSchema;
        return [status, { type: form?.[0], schema: form?.[1].schema, csv, headers: always }];
      }),
    ),
    isPublic: operation.security?.length === 0,
  };
}

/**
 * The route that a request reaches: of those whose path fits, the one that names most of it.
 *
 * @param path as it is sent, without its query
 */
export function routeOfRequest(document: ApiDocument, method: string, path: string): DocumentedRoute | undefined {
  const segments = path.split('/');
  const fitting = document.routes.filter((route) => {
    const pattern = route.path.split('/');
    return (
      route.method === method &&
      pattern.length === segments.length &&
      pattern.every((part, place) => (part.startsWith('{') ? segments[place] !== '' : part === segments[place]))
    );
  });
  const parametersIn = ({ path: pattern }: DocumentedRoute) => pattern.split('{').length;
  return fitting.sort((one, other) => parametersIn(one) - parametersIn(other))[0];
}
