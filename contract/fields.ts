import * as z from 'zod/mini';
import { described } from '../domain/described.ts';

/*
 * Fields that several resources share. The schemas in this folder define the data that the API and its events show; other
 * fields of stored items stay internal. Values were validated by the rules of the release that stored them, so these schemas
 * check only types.
 */

export const id = z.string();

export const time = z.lazy(() => described(z.iso.datetime(), 'RFC 3339, in UTC.'));

export const date = z.lazy(() => z.iso.date());

export const stamps = { createdAt: time, updatedAt: time, version: z.int() };

export const address = z.lazy(() =>
  z.object({
    name: z.string(),
    lines: z.array(z.string()),
    city: z.string(),
    postalCode: described(z._default(z.string(), ''), 'Empty in countries without postal codes.'),
    country: described(z.string(), 'ISO 3166-1 alpha-2 country code.'),
  }),
);

export const contact = z.lazy(() => z.object({ name: z.string(), email: z.string(), phone: z.optional(z.string()) }));

export const failure = z.lazy(() => z.object({ code: z.string(), detail: z.string() }));

/**
 * A schema that the OpenAPI document lists by its name. It is created at its first use, because a function that creates all schemas
 * when it loads starts a seventh slower (docs/decisions/0009-schemas-when-first-needed.md).
 *
 * @example
 * export const depotSchema = namedSchema('Depot', () => z.object({ id, name: z.string(), ...stamps }));
 */
export const namedSchema = <Schema extends z.ZodMiniType>(name: string, create: () => Schema) =>
  z.lazy(() => {
    const schema = create();
    z.globalRegistry.add(schema, { id: name });
    return schema;
  });

/** A value with the fields of a schema. Values of the domain are readonly. */
type Showable<T> = T extends string | number | boolean | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Showable<Item>[]
    : { readonly [Field in keyof T]: Showable<T[Field]> };

/**
 * A value as a schema shows it, without its other fields. The compiler checks that it has the fields of the schema.
 *
 * @example
 * export const showDepot = (depot: Depot) => showAs(depotSchema, depot);
 */
export const showAs = <Schema extends z.ZodMiniType>(
  schema: Schema,
  value: Showable<z.input<Schema>>,
): z.output<Schema> => schema.parse(value);
