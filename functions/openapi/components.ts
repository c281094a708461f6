import * as z from 'zod/mini';
import { polishSchema } from './polish-schema.ts';
import { schemaDescriptions } from './prose.ts';

type Json = Record<string, unknown>;

/** The named schemas of the document. */
export type Components = Map<string, unknown>;

/** A reference to a schema that has an id, otherwise the schema itself. Adds named schemas to the components. */
export function schemaOf(schema: z.core.$ZodType, io: 'input' | 'output', components: Components): Json {
  const { id, ...own } = plainSchema(schema, io, components);
  if (typeof id !== 'string') {
    return own;
  }
  components.set(id, withDescription(id, own));
  return { $ref: `#/components/schemas/${id}` };
}

/** The JSON Schema of a schema. Adds the named schemas inside it to the components. */
export function plainSchema(schema: z.core.$ZodType, io: 'input' | 'output', components: Components): Json {
  const generated: Json & { $defs?: Record<string, Json> } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  const { $schema: _dialect, $defs = {}, contentType: _contentType, example: _example, ...own } = generated;
  const addNamed = (name: string, named: Json) => void components.set(name, named);
  for (const [name, { id: _id, ...named }] of Object.entries($defs)) {
    components.set(name, withDescription(name, withComponentRefs(polishSchema(named, addNamed))));
  }
  return withComponentRefs(polishSchema(own, addNamed));
}

function withComponentRefs(json: unknown): Json {
  return JSON.parse(JSON.stringify(json).replaceAll('"#/$defs/', '"#/components/schemas/'));
}

/** A named schema with its description. */
function withDescription(name: string, schema: Json): Json {
  const description = schemaDescriptions[name];
  return description === undefined ? schema : { description, ...schema };
}
