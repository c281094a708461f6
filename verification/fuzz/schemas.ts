import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { ApiDocument, DocumentedRoute, Schema } from './document.ts';

/** Returns why a schema does not allow a value; undefined when it does. */
export type Validate = (schema: Schema, value: unknown) => string | undefined;

/** Validates by the schemas of a document. Compiles each schema once. */
export function validator({ schemas }: ApiDocument): Validate {
  const ajv = new Ajv2020({ strict: false, strictNumbers: true, allErrors: false });
  addFormats.default(ajv);
  ajv.addFormat('idn-email', /@/);
  const made = new Map<Schema, ValidateFunction>();
  return (schema, value) => {
    const validate = made.get(schema) ?? ajv.compile({ ...schema, components: { schemas } });
    made.set(schema, validate);
    if (validate(value)) {
      return undefined;
    }
    const [error] = validate.errors ?? [];
    return `${error?.instancePath || '/'} ${error?.message} ${JSON.stringify(error?.params)}`;
  };
}

/** Trims the strings in a value, as the API does. */
export function trimmed(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.trim();
  }
  if (Array.isArray(value)) {
    return value.map(trimmed);
  }
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, trimmed(inner)]))
    : value;
}

/** Returns why a route's parameters do not allow a query. Joins repeated parameters with commas, as API Gateway does. */
export function queryProblem(
  { parameters }: DocumentedRoute,
  query: readonly (readonly [string, string])[],
  validate: Validate,
): string | undefined {
  const joined = new Map<string, string>();
  for (const [name, value] of query) {
    const before = joined.get(name);
    joined.set(name, before === undefined ? value : `${before},${value}`);
  }
  const missing = parameters.find((one) => one.in === 'query' && one.required === true && !joined.has(one.name));
  if (missing) {
    return `the parameter ${missing.name} is missing`;
  }
  for (const [name, text] of joined) {
    const parameter = parameters.find((one) => one.in === 'query' && one.name === name);
    if (!parameter) {
      return `the parameter ${JSON.stringify(name)} is unknown`;
    }
    const isNumber = parameter.schema.type === 'integer';
    // The API trims all texts except ids.
    const problem = isNumber
      ? validate(parameter.schema, Number(text))
      : validate(parameter.schema, text) && validate(parameter.schema, text.trim());
    if (problem !== undefined) {
      return `${name}: ${problem}`;
    }
  }
  return undefined;
}
