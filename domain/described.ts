import * as z from 'zod/mini';

/** The same schema with words for people: the OpenAPI document shows them. */
export function described<Schema extends z.core.$ZodType>(schema: Schema, description: string): Schema {
  const copy = z.clone(schema);
  z.globalRegistry.add(copy, { description });
  return copy;
}
