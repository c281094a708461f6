import * as z from 'zod';
import { EMAIL } from '../domain/email.ts';
import { portablePattern } from '../functions/openapi/portable-pattern.ts';

/*
 * Compares two OpenAPI documents of this project from a caller's point of view: requests that were valid must stay valid, and
 * responses must match the old document. New routes, new optional request fields, new response fields and new enum values in
 * responses are compatible: docs/api-guide.md announces that they may appear.
 */

const schema = z.unknown();
const content = z.record(z.string(), z.object({ schema }));
const parameter = z.object({ name: z.string(), in: z.string(), required: z.boolean().default(false), schema });
const operation = z.object({
  security: z.array(z.unknown()).optional(),
  parameters: z.array(parameter).default([]),
  requestBody: z.object({ required: z.boolean().default(false), content }).optional(),
  responses: z.record(
    z.string(),
    z.object({
      headers: z.record(z.string(), z.object({ required: z.boolean().default(false) })).default({}),
      content: content.default({}),
    }),
  ),
});
const documentSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.object({ schemas: z.record(z.string(), schema).default({}) }).default({ schemas: {} }),
});
type Operation = z.infer<typeof operation>;
type ApiDocument = z.infer<typeof documentSchema>;

/**
 * Lists the breaking changes between two documents, one sentence each; none when the change is compatible.
 *
 * @throws when one of them is not an OpenAPI document of this project
 */
export function breakingChanges(before: unknown, after: unknown): string[] {
  const [old, now] = [documentSchema.parse(before), documentSchema.parse(after)];
  const documents = { old, now };
  return Object.entries(old.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, was]) => {
      const is = now.paths[path]?.[method];
      const changes = is ? changesOf(was, is, documents) : ['is removed'];
      return changes.map((change) => `${method.toUpperCase()} ${path}: ${change}`);
    }),
  );
}

type Documents = { old: ApiDocument; now: ApiDocument };

function changesOf(was: Operation, is: Operation, documents: Documents): string[] {
  return [
    ...(was.security?.length === 0 && is.security?.length !== 0 ? ['now requires a token'] : []),
    ...parameterChanges(was, is, documents),
    ...bodyChanges(was, is, documents),
    ...Object.entries(was.responses).flatMap(([status, documented]) => {
      const returned = is.responses[status];
      return returned ? responseChanges(status, documented, returned, documents) : [`no longer returns ${status}`];
    }),
  ];
}

function parameterChanges(was: Operation, is: Operation, { old, now }: Documents): string[] {
  const named = ({ parameters }: Operation) => new Map(parameters.map((one) => [`${one.in} ${one.name}`, one]));
  const [before, after] = [named(was), named(is)];
  return [
    ...[...before].flatMap(([name, { schema: producer, required }]) => {
      const consumer = after.get(name);
      if (!consumer) {
        return [`the ${name} is removed`];
      }
      return [
        ...(consumer.required && !required ? [`the ${name} is now required`] : []),
        ...incompatibilities({
          producer,
          consumer: consumer.schema,
          producerIn: old,
          consumerIn: now,
          at: `the ${name}`,
          direction: 'request',
        }),
      ];
    }),
    ...[...after].flatMap(([name, { required }]) =>
      required && !before.has(name) ? [`the ${name} is new and required`] : [],
    ),
  ];
}

function bodyChanges(was: Operation, is: Operation, { old, now }: Documents): string[] {
  if (!was.requestBody) {
    return is.requestBody?.required ? ['now requires a body'] : [];
  }
  if (!is.requestBody) {
    return ['no longer accepts a body'];
  }
  const { content: consumers, required } = is.requestBody;
  return [
    ...(required && !was.requestBody.required ? ['now requires a body'] : []),
    ...Object.entries(was.requestBody.content).flatMap(([type, { schema: producer }]) => {
      const consumer = consumers[type];
      return consumer
        ? incompatibilities({
            producer,
            consumer: consumer.schema,
            producerIn: old,
            consumerIn: now,
            at: 'the body',
            direction: 'request',
          })
        : [`no longer accepts ${type}`];
    }),
  ];
}

type Response = Operation['responses'][string];

function responseChanges(status: string, documented: Response, returned: Response, { old, now }: Documents): string[] {
  return [
    ...Object.entries(documented.headers).flatMap(([name, { required }]) => {
      const header = returned.headers[name];
      if (!header) {
        return [`the header ${name} of ${status} is removed`];
      }
      return required && !header.required ? [`the header ${name} of ${status} may now be absent`] : [];
    }),
    ...Object.entries(documented.content).flatMap(([type, { schema: consumer }]) => {
      const producer = returned.content[type];
      return producer
        ? incompatibilities({
            producer: producer.schema,
            consumer,
            producerIn: now,
            consumerIn: old,
            at: `the response ${status}`,
            direction: 'response',
          })
        : [`${status} is no longer available as ${type}`];
    }),
  ];
}

/**
 * Compares the schema of a producer with that of a consumer. In a request, callers produce values of the old document and the new
 * one consumes them; in a response, the new document produces values and callers consume them by the old one.
 */
type Comparison = {
  producer: unknown;
  consumer: unknown;
  producerIn: ApiDocument;
  consumerIn: ApiDocument;
  at: string;
  direction: 'request' | 'response';
  /** Pairs of named schemas that an outer call compares: schemas may be recursive. */
  above?: readonly string[];
};

const jsonSchema = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(schema).optional(),
  const: schema.optional(),
  anyOf: z.array(schema).optional(),
  oneOf: z.array(schema).optional(),
  allOf: z.array(schema).optional(),
  properties: z.record(z.string(), schema).optional(),
  required: z.array(z.string()).optional(),
  additionalProperties: schema.optional(),
  items: schema.optional(),
  contentSchema: schema.optional(),
});
type JsonSchema = z.infer<typeof jsonSchema>;

/** Lists where the consumer does not accept what is produced, one sentence each. */
function incompatibilities(comparison: Comparison): string[] {
  const { producerIn, consumerIn, at, above = [] } = comparison;
  const [producer, consumer] = [resolved(comparison.producer, producerIn), resolved(comparison.consumer, consumerIn)];
  const pair = `${producer.name} ${consumer.name}`;
  if (producer.name && consumer.name && above.includes(pair)) {
    return [];
  }
  const below = { ...comparison, above: [...above, pair] };
  const producerOptions = optionsOf(producer.schema);
  const consumerOptions = optionsOf(consumer.schema);
  if (producerOptions.length > 1) {
    return producerOptions.flatMap((option) =>
      incompatibilities({ ...below, producer: option, consumer: comparison.consumer }),
    );
  }
  if (consumerOptions.length > 1) {
    const tries = consumerOptions.map((option) =>
      incompatibilities({ ...below, producer: comparison.producer, consumer: option }),
    );
    return tries.some((problems) => problems.length === 0)
      ? []
      : [`${at} matches none of the alternatives that ${verb(comparison)}`];
  }
  return [
    ...typeProblems(producer.schema, consumer.schema, comparison),
    ...limitProblems(producer.schema, consumer.schema, comparison),
    ...objectProblems(producer.schema, consumer.schema, below),
    ...(['items', 'contentSchema'] as const).flatMap((inside) =>
      consumer.schema[inside] === undefined || producer.schema[inside] === undefined
        ? []
        : incompatibilities({
            ...below,
            producer: producer.schema[inside],
            consumer: consumer.schema[inside],
            at: inside === 'items' ? `${at}/*` : at,
          }),
    ),
  ];
}

const verb = ({ direction }: Comparison) => (direction === 'request' ? 'are accepted' : 'were documented');

function resolved(value: unknown, document: ApiDocument): { schema: JsonSchema; name?: string } {
  const found = jsonSchema.parse(value);
  if (found.$ref === undefined) {
    return { schema: found };
  }
  const name = found.$ref.replace('#/components/schemas/', '');
  const named = document.components.schemas[name];
  if (named === undefined) {
    throw new Error(`The document has no schema ${found.$ref}.`);
  }
  return { name, schema: resolved(named, document).schema };
}

/** The alternatives of a schema. This project does not use `allOf`, so it is rejected rather than ignored. */
function optionsOf({ anyOf, oneOf, allOf }: JsonSchema): readonly unknown[] {
  if (allOf) {
    throw new Error('allOf is not supported: extend tools/breaking-changes.ts first.');
  }
  return anyOf ?? oneOf ?? [];
}

function typeProblems(producer: JsonSchema, consumer: JsonSchema, { at, direction }: Comparison): string[] {
  const values = valuesOf(consumer);
  if (values) {
    const more = valuesOf(producer)?.filter((value) => !values.includes(value));
    if (!more) {
      return [direction === 'request' ? `${at} now accepts certain values only` : `${at} may now have any value`];
    }
    const added = more.map((value) => JSON.stringify(value)).join(', ');
    if (more.length > 0 && direction === 'request') {
      return [`${at} no longer accepts ${added}`];
    }
    if (more.length > 0 && consumer.const !== undefined) {
      return [`${at} may now be ${added}`];
    }
  }
  const types = typesOf(consumer);
  if (types.length === 0) {
    return [];
  }
  const accepts = (type: string) => types.includes(type) || (type === 'integer' && types.includes('number'));
  const producerTypes = typesOf(producer);
  const more = producerTypes.filter((type) => !accepts(type));
  if (producerTypes.length > 0 && more.length === 0) {
    return [];
  }
  const addedTypes = more.join(' or ') || 'of any type';
  return [direction === 'request' ? `${at} may no longer be ${addedTypes}` : `${at} may now be ${addedTypes}`];
}

function valuesOf({ enum: some, const: one }: JsonSchema): readonly unknown[] | undefined {
  return some ?? (one === undefined ? undefined : [one]);
}

function typesOf(schemaOf: JsonSchema): readonly string[] {
  const { type } = schemaOf;
  if (type !== undefined) {
    return [type].flat();
  }
  return [...new Set((valuesOf(schemaOf) ?? []).map((value) => (value === null ? 'null' : typeof value)))];
}

/** Bounds of a value: the produced range must lie within the accepted one. */
const lowest = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const highest = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];
/** Keywords that can only be compared for equality. */
const forms = ['pattern', 'format', 'multipleOf', 'uniqueItems', 'contentMediaType'];

/** Compatible changes of these keywords: every value of the first form has the second, too. */
const widened: readonly (readonly [form: string, before: string, after: string])[] = [
  // Email addresses at international domains.
  ['format', 'email', 'idn-email'],
  ['pattern', z.regexes.email.source, EMAIL.source],
];

/** Whether a pattern was rewritten and still accepts the same strings. */
const isRewritten = (form: string, before: unknown, after: unknown) =>
  form === 'pattern' && typeof before === 'string' && portablePattern(before) === after;

const isWidened = (form: string, before: unknown, after: unknown) =>
  widened.some(([name, was, is]) => name === form && was === before && is === after);

function limitProblems(producer: JsonSchema, consumer: JsonSchema, { at, direction }: Comparison): string[] {
  // Enum values have been compared already, and callers do not depend on the bounds of responses.
  if (direction === 'response' || valuesOf(producer)) {
    return [];
  }
  const outside = (name: string, sign: 1 | -1) => {
    const [limit, was] = [consumer[name], producer[name]];
    return typeof limit === 'number' && !(typeof was === 'number' && sign * (was - limit) >= 0);
  };
  const problemOf = (name: string) =>
    `${at} has a different ${name}: ${JSON.stringify(consumer[name])}${producer[name] === undefined ? '' : `, previously ${JSON.stringify(producer[name])}`}`;
  return [
    ...lowest.filter((name) => outside(name, 1)),
    ...highest.filter((name) => outside(name, -1)),
    ...forms.filter(
      (name) =>
        consumer[name] !== undefined &&
        consumer[name] !== producer[name] &&
        !isRewritten(name, producer[name], consumer[name]) &&
        !isWidened(name, producer[name], consumer[name]),
    ),
  ].map(problemOf);
}

function objectProblems(producer: JsonSchema, consumer: JsonSchema, comparison: Comparison): string[] {
  const { at, direction } = comparison;
  const [old, now] = direction === 'request' ? [producer, consumer] : [consumer, producer];
  const required = new Set(producer.required);
  const removed = Object.keys(old.properties ?? {}).filter((name) => now.properties?.[name] === undefined);
  const notRequired = (consumer.required ?? []).filter((name) => !required.has(name) && !removed.includes(name));
  const additional = [producer.additionalProperties, consumer.additionalProperties] as const;
  return [
    ...removed.map((name) => `${at}/${name} is removed`),
    ...notRequired.map((name) => `${at}/${name} ${direction === 'request' ? 'is now required' : 'may now be absent'}`),
    ...Object.entries(producer.properties ?? {}).flatMap(([name, value]) => {
      const accepted = consumer.properties?.[name];
      return accepted === undefined
        ? []
        : incompatibilities({ ...comparison, producer: value, consumer: accepted, at: `${at}/${name}` });
    }),
    ...(typeof additional[0] === 'object' && typeof additional[1] === 'object'
      ? incompatibilities({ ...comparison, producer: additional[0], consumer: additional[1], at: `${at}/*` })
      : []),
  ];
}
