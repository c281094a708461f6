import * as z from 'zod';
import { Refusal } from '../start-error.ts';

/** Properties that are known and have nothing to do locally: they say who pays, who may, what is logged or encrypted. */
export function unused<const Names extends readonly string[]>(...names: Names) {
  return Object.fromEntries(names.map((name) => [name, z.unknown().optional()])) as Record<
    // Object.fromEntries forgets its keys; they are exactly the names.
    Names[number],
    z.ZodOptional<z.ZodUnknown>
  >;
}

/**
 * Reads a resource's properties by the schema of its type. Throws a `Refusal` that names the resource, the property that
 * cannot be honoured, and the properties that are known.
 */
export function readProperties<Shape extends z.ZodRawShape>(
  resource: { stack: string; logicalId: string; type: string },
  schema: z.ZodObject<Shape>,
  properties: Readonly<Record<string, unknown>>,
): z.output<z.ZodObject<Shape>> {
  const read = schema.safeParse(properties);
  if (read.success) {
    return read.data;
  }
  const problems = read.error.issues.map((issue) => {
    const place = issue.path.map(String).join('.');
    return issue.code === 'unrecognized_keys'
      ? issue.keys
          .map((key) => `the property ${[place, key].filter(Boolean).join('.')} cannot be honoured locally`)
          .join('; ')
      : `the property ${place} cannot be honoured as it is: ${issue.message}`;
  });
  throw new Refusal(
    `${resource.logicalId} (${resource.type}, stack ${resource.stack}): ${problems.join('; ')}. ` +
      `Known properties: ${Object.keys(schema.shape).sort().join(', ')}.`,
  );
}

/** CloudFormation takes booleans and numbers as texts too. */
export const number = z.coerce.number();
export const boolean = z.union([z.boolean(), z.enum(['true', 'false']).transform((value) => value === 'true')]);
