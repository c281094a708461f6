import { readFileSync } from 'node:fs';
import type { Log } from '../local/log.ts';
import { synthesise } from '../local/synthesis.ts';
import { readAssembly } from '../local/template/assembly.ts';
import type { FunctionPart } from '../local/template/parts.ts';
import { readParts } from '../local/template/read-parts.ts';
import type { Release } from './releases.ts';

/** The ARN of a function in the local template's definition; `WorkflowMigrate` is its name in the CDK. */
const FUNCTION_ARN = /arn:aws:lambda:[\w-]+:\d+:function:[\w-]*?(Workflow\w+)Function[0-9A-F]{8}/g;
const PLACEHOLDER = /\$\{(\w+)\}/g;

/** The state machine's definition of the local cloud, with placeholders for functions, such as `${WorkflowMigrate}`. */
export async function releaseDefinition(log: Log): Promise<unknown> {
  const { stateMachines } = readParts(await readAssembly(await synthesise(log)));
  const text = JSON.stringify(stateMachines[0]?.definition);
  return JSON.parse(text.replaceAll(FUNCTION_ARN, (_, name: string) => `\${${name}}`));
}

/**
 * The definition of a release with the present functions: what an execution that started under that release runs.
 *
 * @throws when it calls a function that no longer exists
 */
export function definitionOf(release: Release, functions: readonly FunctionPart[]): string {
  const arns = new Map(functions.flatMap(({ arn }) => [...arn.matchAll(FUNCTION_ARN)].map(([, name]) => [name, arn])));
  return readFileSync(release.file('definition.json'), 'utf8').replaceAll(PLACEHOLDER, (_, name: string) => {
    const arn = arns.get(name);
    if (arn === undefined) {
      throw new Error(
        `Executions that started under ${release.version} call ${name}, which no longer exists: docs/changes.md.`,
      );
    }
    return arn;
  });
}
