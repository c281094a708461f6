import { mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { synthesise } from '../../local/synthesis.ts';
import { readAssembly } from '../../local/template/assembly.ts';
import type { Parts } from '../../local/template/parts.ts';
import { readParts } from '../../local/template/read-parts.ts';

/** As much of a template as is changed here. */
type Template = { Resources: Record<string, { Type: string; Properties: Record<string, unknown> }> };

const STATE_MACHINE = 'AWS::StepFunctions::StateMachine';

/** What is deployed today: the functions, and the definition that executions start with. */
export async function partsOfToday(): Promise<Parts> {
  return readParts(await readAssembly(await synthesise(() => undefined)));
}

/**
 * Today's templates and functions in a folder of their own, with another definition of the state machine. Whoever asks removes
 * the folder.
 */
export async function assemblyWithDefinition(definition: string): Promise<string> {
  const today = await synthesise(() => undefined);
  const folder = await mkdtemp(path.join(tmpdir(), 'assembly-'));
  for (const name of await readdir(today)) {
    const changed = name.endsWith('.template.json') && withDefinition(await readFile(path.join(today, name), 'utf8'));
    await (changed
      ? writeFile(path.join(folder, name), changed)
      : symlink(path.join(today, name), path.join(folder, name)));
  }
  return folder;

  function withDefinition(text: string): string | undefined {
    // Safe: the CDK wrote it.
    const template = JSON.parse(text) as Template;
    const machine = Object.values(template.Resources).find(({ Type }) => Type === STATE_MACHINE);
    if (!machine) {
      return undefined;
    }
    machine.Properties.DefinitionString = definition;
    return JSON.stringify(template);
  }
}
