import { readFileSync } from 'node:fs';
import type { Log } from '../local/log.ts';
import { synthesise } from '../local/synthesis.ts';
import { readAssembly } from '../local/template/assembly.ts';
import type { FunctionPart } from '../local/template/parts.ts';
import { readParts } from '../local/template/read-parts.ts';
import type { Release } from './releases.ts';

/** The ARN of a function of the machine as the local template has it; `WorkflowMigrate` is what it is called in the CDK. */
const FUNCTION_ARN = /arn:aws:lambda:[\w-]+:\d+:function:[\w-]*?(Workflow\w+)Function[0-9A-F]{8}/g;
const PLACEHOLDER = /\$\{(\w+)\}/g;

/** The definition of the state machine as the local cloud has it, with `${WorkflowMigrate}` for the function of a task. */
export async function releaseDefinition(log: Log): Promise<unknown> {
  const { stateMachines } = readParts(await readAssembly(await synthesise(log)));
  const text = JSON.stringify(stateMachines[0]?.definition);
  return JSON.parse(text.replaceAll(FUNCTION_ARN, (_, name: string) => `\${${name}}`));
}

/**
 * The definition that a release deployed, with the functions of today: as an execution that began under it has them.
 *
 * @throws when it calls a function that is gone
 */
export function definitionOf(release: Release, functions: readonly FunctionPart[]): string {
  const arns = new Map(functions.flatMap(({ arn }) => [...arn.matchAll(FUNCTION_ARN)].map(([, name]) => [name, arn])));
  return readFileSync(release.file('definition.json'), 'utf8').replaceAll(PLACEHOLDER, (_, name: string) => {
    const arn = arns.get(name);
    if (arn === undefined) {
      throw new Error(
        `Executions that began under ${release.version} call ${name}, which is no function any more: docs/changes.md.`,
      );
    }
    return arn;
  });
}
