/** A JSON schema (2020-12), as far as the API's document uses it. */
export type Schema = {
  $ref?: string;
  type?: string;
  enum?: readonly unknown[];
  const?: unknown;
  anyOf?: readonly Schema[];
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  patternProperties?: Readonly<Record<string, Schema>>;
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
  /** The schema of the rows of a CSV text. */
  contentSchema?: Schema;
};

export type Parameter = { name: string; in: 'path' | 'query' | 'header'; required?: boolean; schema: Schema };

/**
 * A documented response: its content type and schema if it has a body, the schema of its rows if it is also available as CSV, and the
 * headers that are always present.
 */
export type AnswerForm = {
  type: string | undefined;
  schema: Schema | undefined;
  csv: Schema | undefined;
  headers: readonly string[];
};

/** A route of the document. */
export type DocumentedRoute = {
  /** `GET /v1/sims/{iccid}` */
  key: string;
  method: string;
  path: string;
  parameters: readonly Parameter[];
  /** For CSV, the schema of its rows. */
  body: { type: string; schema: Schema } | undefined;
  /** By status; `default` for problems. */
  answers: ReadonlyMap<string, AnswerForm>;
  isPublic: boolean;
};

/** The API as described by `/openapi.json`. */
export type ApiDocument = {
  routes: readonly DocumentedRoute[];
  schemas: Readonly<Record<string, Schema>>;
  /** The documented problem codes. */
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
type ServedDocument = {
  'x-problem-codes': Record<string, unknown>;
  paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  components: { schemas: Readonly<Record<string, Schema>> };
};

/** Reads the document that an API serves. @throws Error when it serves none */
export async function readDocument(url: string): Promise<ApiDocument> {
  const response = await fetch(`${url}/openapi.json`);
  if (!response.ok) {
    throw new Error(`GET /openapi.json returned ${response.status}.`);
  }
  return documentOf(await response.json());
}

/** Parses a served document. */
export function documentOf(served: unknown): ApiDocument {
  // Safe: test/integration/http/http-docs.test.ts checks the parts of the document that are read here.
  const { 'x-problem-codes': codes, paths, components } = served as ServedDocument;
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
 * Returns the route that a request reaches: the matching one with the fewest parameters.
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
      pattern.every((part, index) => (part.startsWith('{') ? segments[index] !== '' : part === segments[index]))
    );
  });
  const parametersIn = ({ path: pattern }: DocumentedRoute) => pattern.split('{').length;
  return fitting.sort((one, other) => parametersIn(one) - parametersIn(other))[0];
}
