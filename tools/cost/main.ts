import { readFile, writeFile } from 'node:fs/promises';
import type { StageName } from '../../infra/stages.ts';
import { runCommand } from '../command.ts';
import { synthesiseStage } from '../synthesise-stage.ts';
import { bill } from './bill.ts';
import { type Deployed, deployedIn, type Resources } from './deployed.ts';
import { withExamples } from './document.ts';
import { commandLine, readRequest } from './load.ts';

// npm run cost: prices a month from the template and the bench's counts. docs/cost.md shows three sizes.

const document = new URL('../../docs/cost.md', import.meta.url);

await runCommand(commandLine, async () => {
  const { load, stage, updatesDocument } = readRequest(process.argv.slice(2));
  const deployed = await deployedOn(stage);
  if (updatesDocument) {
    const print = (args: readonly string[]) => bill(readRequest(args).load, deployed);
    await writeFile(document, withExamples(await readFile(document, 'utf8'), print));
  } else {
    process.stdout.write(`${bill(load, deployed)}\n`);
  }
});

/** Synthesises a stage and reads its parts that cost money. */
async function deployedOn(stage: StageName): Promise<Deployed> {
  const { data, identity, service, console } = await synthesiseStage(stage);
  return deployedIn(
    ...[data, identity, service, console]
      .filter((template) => template !== undefined)
      // Safe: a template of the CDK has resources.
      .map((template) => (template as { Resources: Resources }).Resources),
  );
}
