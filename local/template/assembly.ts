import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { StartError } from '../start-error.ts';

const resourceSchema = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  Condition: z.string().optional(),
});

const templateSchema = z.object({
  Resources: z.record(z.string(), resourceSchema).default({}),
  Outputs: z
    .record(z.string(), z.object({ Value: z.unknown(), Export: z.object({ Name: z.unknown() }).optional() }))
    .default({}),
  Parameters: z.record(z.string(), z.looseObject({ Default: z.unknown().optional() })).default({}),
});

const manifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      displayName: z.string().optional(),
      properties: z
        .looseObject({
          templateFile: z.string().optional(),
          stackName: z.string().optional(),
          file: z.string().optional(),
        })
        .default({}),
    }),
  ),
});

const assetsSchema = z.object({
  files: z
    .record(
      z.string(),
      z.object({
        source: z.object({ path: z.string().optional() }),
        destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
      }),
    )
    .default({}),
});

export type Resource = z.infer<typeof resourceSchema>;

/** One synthesised stack. */
export type Stack = { name: string } & z.infer<typeof templateSchema>;

/** A cloud assembly, the output of `cdk synth`. */
export type Assembly = {
  stacks: Stack[];
  /** The folder or file of each asset, by its object key in the template. */
  assets: ReadonlyMap<string, string>;
};

/** Reads the cloud assembly in a folder. @throws StartError when there is none */
export async function readAssembly(folder: string): Promise<Assembly> {
  const manifest = manifestSchema.parse(await readJson(path.join(folder, 'manifest.json')));
  const stacks: Stack[] = [];
  const assets = new Map<string, string>();
  for (const [id, { type, properties }] of Object.entries(manifest.artifacts)) {
    if (type === 'aws:cloudformation:stack' && properties.templateFile !== undefined) {
      const template = templateSchema.parse(await readJson(path.join(folder, properties.templateFile)));
      stacks.push({ name: properties.stackName ?? id, ...template });
    }
    if (type === 'cdk:asset-manifest' && properties.file !== undefined) {
      const { files } = assetsSchema.parse(await readJson(path.join(folder, properties.file)));
      for (const { source, destinations } of Object.values(files)) {
        for (const { objectKey } of Object.values(destinations)) {
          if (source.path !== undefined) {
            assets.set(objectKey, path.resolve(folder, source.path));
          }
        }
      }
    }
  }
  if (stacks.length === 0) {
    throw new StartError(`The cloud assembly ${folder} contains no stack.`);
  }
  return { stacks, assets };
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new StartError(`${file} of the cloud assembly is missing or not JSON.`, { cause });
  }
}
