import * as z from 'zod';
import { EMAIL } from '../domain/email.ts';
import { portablePattern } from '../functions/openapi/portable-pattern.ts';

/*
 * Compares two OpenAPI documents as this project makes them, as a caller feels it: what was taken must still be taken, and
 * what is answered must be what was promised. New routes, new optional fields of a request, new fields of an answer and
 * further values where an answer has one of a few break nobody: docs/api-guide.md says that they may come.
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
 * What callers of the one document would find broken in the other, a sentence each: none when the change is compatible.
 *
 * @throws when one of them is no OpenAPI document of the kind that this project makes
 */
export function breakingChanges(before: unknown, after: unknown): string[] {
  const [old, now] = [documentSchema.parse(before), documentSchema.parse(after)];
  const documents = { old, now };
  return Object.entries(old.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, was]) => {
      const is = now.paths[path]?.[method];
      const changes = is ? changesOf(was, is, documents) : ['is gone'];
      return changes.map((change) => `${method.toUpperCase()} ${path}: ${change}`);
    }),
  );
}

type Documents = { old: ApiDocument; now: ApiDocument };

function changesOf(was: Operation, is: Operation, documents: Documents): string[] {
  return [
    ...(was.security?.length === 0 && is.security?.length !== 0 ? ['needs a token now'] : []),
    ...parameterChanges(was, is, documents),
    ...bodyChanges(was, is, documents),
    ...Object.entries(was.responses).flatMap(([status, promised]) => {
      const answered = is.responses[status];
      return answered
        ? responseChanges(status, promised, answered, documents)
        : [`is not answered with ${status} any more`];
    }),
  ];
}

function parameterChanges(was: Operation, is: Operation, { old, now }: Documents): string[] {
  const named = ({ parameters }: Operation) => new Map(parameters.map((one) => [`${one.in} ${one.name}`, one]));
  const [before, after] = [named(was), named(is)];
  return [
    ...[...before].flatMap(([name, { schema: given, required }]) => {
      const taker = after.get(name);
      if (!taker) {
        return [`the ${name} is gone`];
      }
      return [
        ...(taker.required && !required ? [`the ${name} is required now`] : []),
        ...untaken({ given, taker: taker.schema, givenIn: old, takerIn: now, at: `the ${name}`, direction: 'request' }),
      ];
    }),
    ...[...after].flatMap(([name, { required }]) =>
      required && !before.has(name) ? [`the ${name} is new and required`] : [],
    ),
  ];
}

function bodyChanges(was: Operation, is: Operation, { old, now }: Documents): string[] {
  if (!was.requestBody) {
    return is.requestBody?.required ? ['needs a body now'] : [];
  }
  if (!is.requestBody) {
    return ['takes no body any more'];
  }
  const { content: takers, required } = is.requestBody;
  return [
    ...(required && !was.requestBody.required ? ['needs a body now'] : []),
    ...Object.entries(was.requestBody.content).flatMap(([type, { schema: given }]) => {
      const taker = takers[type];
      return taker
        ? untaken({ given, taker: taker.schema, givenIn: old, takerIn: now, at: 'the body', direction: 'request' })
        : [`takes no ${type} any more`];
    }),
  ];
}

type Response = Operation['responses'][string];

function responseChanges(status: string, promised: Response, answered: Response, { old, now }: Documents): string[] {
  return [
    ...Object.entries(promised.headers).flatMap(([name, { required }]) => {
      const header = answered.headers[name];
      if (!header) {
        return [`the header ${name} of ${status} is gone`];
      }
      return required && !header.required ? [`the header ${name} of ${status} may be absent now`] : [];
    }),
    ...Object.entries(promised.content).flatMap(([type, { schema: taker }]) => {
      const given = answered.content[type];
      return given
        ? untaken({
            given: given.schema,
            taker,
            givenIn: now,
            takerIn: old,
            at: `the answer ${status}`,
            direction: 'answer',
          })
        : [`${status} is not answered as ${type} any more`];
    }),
  ];
}

/**
 * A schema of what is given, held against that of who takes it: in a request callers give what the old document says, and
 * the new one takes it; in an answer the new document gives, and callers take what the old one says.
 */
type Comparison = {
  given: unknown;
  taker: unknown;
  givenIn: ApiDocument;
  takerIn: ApiDocument;
  at: string;
  direction: 'request' | 'answer';
  /** Pairs of named schemas that are being compared further up: they may name each other. */
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

/** Where the taker does not take what is given: a sentence each. */
function untaken(comparison: Comparison): string[] {
  const { givenIn, takerIn, at, above = [] } = comparison;
  const [given, taker] = [resolved(comparison.given, givenIn), resolved(comparison.taker, takerIn)];
  const pair = `${given.name} ${taker.name}`;
  if (given.name && taker.name && above.includes(pair)) {
    return [];
  }
  const below = { ...comparison, above: [...above, pair] };
  const givenOptions = optionsOf(given.schema);
  const takerOptions = optionsOf(taker.schema);
  if (givenOptions.length > 1) {
    return givenOptions.flatMap((option) => untaken({ ...below, given: option, taker: comparison.taker }));
  }
  if (takerOptions.length > 1) {
    const tries = takerOptions.map((option) => untaken({ ...below, given: comparison.given, taker: option }));
    return tries.some((problems) => problems.length === 0)
      ? []
      : [`${at} is of none of the forms that ${who(comparison)}`];
  }
  return [
    ...typeProblems(given.schema, taker.schema, comparison),
    ...limitProblems(given.schema, taker.schema, comparison),
    ...objectProblems(given.schema, taker.schema, below),
    ...(['items', 'contentSchema'] as const).flatMap((inside) =>
      taker.schema[inside] === undefined || given.schema[inside] === undefined
        ? []
        : untaken({
            ...below,
            given: given.schema[inside],
            taker: taker.schema[inside],
            at: inside === 'items' ? `${at}/*` : at,
          }),
    ),
  ];
}

const who = ({ direction }: Comparison) => (direction === 'request' ? 'are taken' : 'were promised');

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

/** The forms that a value may have; `allOf` is not made by this project, and would be passed over. */
function optionsOf({ anyOf, oneOf, allOf }: JsonSchema): readonly unknown[] {
  if (allOf) {
    throw new Error('allOf is not understood here: teach tools/breaking-changes.ts first.');
  }
  return anyOf ?? oneOf ?? [];
}

function typeProblems(given: JsonSchema, taker: JsonSchema, { at, direction }: Comparison): string[] {
  const values = valuesOf(taker);
  if (values) {
    const more = valuesOf(given)?.filter((value) => !values.includes(value));
    if (!more) {
      return [direction === 'request' ? `${at} takes certain values alone now` : `${at} may have any value now`];
    }
    const told = more.map((value) => JSON.stringify(value)).join(', ');
    if (more.length > 0 && direction === 'request') {
      return [`${at} does not take ${told} any more`];
    }
    if (more.length > 0 && taker.const !== undefined) {
      return [`${at} may be ${told} now`];
    }
  }
  const types = typesOf(taker);
  if (types.length === 0) {
    return [];
  }
  const takes = (type: string) => types.includes(type) || (type === 'integer' && types.includes('number'));
  const givenTypes = typesOf(given);
  const more = givenTypes.filter((type) => !takes(type));
  if (givenTypes.length > 0 && more.length === 0) {
    return [];
  }
  const told = more.join(' or ') || 'of any type';
  return [direction === 'request' ? `${at} cannot be ${told} any more` : `${at} may be ${told} now`];
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

/** Bounds of a value: what is given must lie within what is taken. */
const lowest = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const highest = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];
/** Of these it is only known whether they are the same. */
const forms = ['pattern', 'format', 'multipleOf', 'uniqueItems', 'contentMediaType'];

/** Forms that were widened: what has the first one has the second, too. */
const widened: readonly (readonly [form: string, before: string, after: string])[] = [
  // E-mail addresses at international domains.
  ['format', 'email', 'idn-email'],
  ['pattern', z.regexes.email.source, EMAIL.source],
];

/** A pattern that is written in another way, but takes the same texts. */
const isRewritten = (form: string, before: unknown, after: unknown) =>
  form === 'pattern' && typeof before === 'string' && portablePattern(before) === after;

const isWidened = (form: string, before: unknown, after: unknown) =>
  widened.some(([name, was, is]) => name === form && was === before && is === after);

function limitProblems(given: JsonSchema, taker: JsonSchema, { at, direction }: Comparison): string[] {
  // Values that are told one by one have been compared, and an answer's bounds are no promise that a caller leans on.
  if (direction === 'answer' || valuesOf(given)) {
    return [];
  }
  const outside = (name: string, sign: 1 | -1) => {
    const [limit, was] = [taker[name], given[name]];
    return typeof limit === 'number' && !(typeof was === 'number' && sign * (was - limit) >= 0);
  };
  const problemOf = (name: string) =>
    `${at} has another ${name} now: ${JSON.stringify(taker[name])}${given[name] === undefined ? '' : `, not ${JSON.stringify(given[name])}`}`;
  return [
    ...lowest.filter((name) => outside(name, 1)),
    ...highest.filter((name) => outside(name, -1)),
    ...forms.filter(
      (name) =>
        taker[name] !== undefined &&
        taker[name] !== given[name] &&
        !isRewritten(name, given[name], taker[name]) &&
        !isWidened(name, given[name], taker[name]),
    ),
  ].map(problemOf);
}

function objectProblems(given: JsonSchema, taker: JsonSchema, comparison: Comparison): string[] {
  const { at, direction } = comparison;
  const [old, now] = direction === 'request' ? [given, taker] : [taker, given];
  const required = new Set(given.required);
  const gone = Object.keys(old.properties ?? {}).filter((name) => now.properties?.[name] === undefined);
  const unsure = (taker.required ?? []).filter((name) => !required.has(name) && !gone.includes(name));
  const ofAll = [given.additionalProperties, taker.additionalProperties] as const;
  return [
    ...gone.map((name) => `${at}/${name} is gone`),
    ...unsure.map((name) => `${at}/${name} ${direction === 'request' ? 'is required now' : 'may be absent now'}`),
    ...Object.entries(given.properties ?? {}).flatMap(([name, value]) => {
      const takes = taker.properties?.[name];
      return takes === undefined ? [] : untaken({ ...comparison, given: value, taker: takes, at: `${at}/${name}` });
    }),
    ...(typeof ofAll[0] === 'object' && typeof ofAll[1] === 'object'
      ? untaken({ ...comparison, given: ofAll[0], taker: ofAll[1], at: `${at}/*` })
      : []),
  ];
}
