import * as z from 'zod';
import { StartError } from '../start-error.ts';

/** Declares properties that are valid but have no effect locally, such as tags, logging and encryption. */
export function unused<const Names extends readonly string[]>(...names: Names) {
  return Object.fromEntries(names.map((name) => [name, z.unknown().optional()])) as Record<
    // Safe: Object.fromEntries loses the type of its keys; they are exactly the names.
    Names[number],
    z.ZodOptional<z.ZodUnknown>
  >;
}

/**
 * Parses a resource's properties by the schema of its type.
 *
 * @throws StartError that names the resource, the unsupported property, and the supported ones
 */
export function readProperties<Shape extends z.ZodRawShape>(
  resource: { stack: string; logicalId: string; type: string },
  schema: z.ZodObject<Shape>,
  properties: Readonly<Record<string, unknown>>,
): z.output<z.ZodObject<Shape>> {
  const parsed = schema.safeParse(properties);
  if (parsed.success) {
    return parsed.data;
  }
  const problems = parsed.error.issues.map((issue) => {
    const place = issue.path.map(String).join('.');
    return issue.code === 'unrecognized_keys'
      ? issue.keys
          .map((key) => `the local cloud does not support the property ${[place, key].filter(Boolean).join('.')}`)
          .join('; ')
      : `the property ${place} has an unsupported value: ${issue.message}`;
  });
  throw new StartError(
    `${resource.logicalId} (${resource.type}, stack ${resource.stack}): ${problems.join('; ')}. ` +
      `Supported properties: ${Object.keys(schema.shape).sort().join(', ')}.`,
  );
}

/** CloudFormation accepts booleans and numbers as strings, too. */
export const number = z.coerce.number();
export const boolean = z.union([z.boolean(), z.enum(['true', 'false']).transform((value) => value === 'true')]);
