import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import cdk from '../../cdk.json' with { type: 'json' };
import { resources } from '../../functions/api/routes.ts';
import { bundleAll } from '../../infra/bundle-all.ts';
import { simFulfilmentApp } from '../../infra/sim-fulfilment-app.ts';
import type { StageName } from '../../infra/stages.ts';
import { runCommand } from '../command.ts';
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
  const outdir = await mkdtemp(path.join(tmpdir(), 'sim-fulfilment-cost-'));
  try {
    const { app, data, identity, service } = await simFulfilmentApp({
      resources,
      bundles: await bundleAll(),
      outdir,
      context: { ...cdk.context, stage },
      validate: false,
      forLocalCloud: false,
    });
    const assembly = app.synth();
    const stacks = [data, service, ...(identity ? [identity] : [])];
    return deployedIn(...stacks.map((stack) => resourcesIn(assembly.getStackArtifact(stack.artifactId))));
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
}

function resourcesIn({ template }: { template: { Resources: Resources } }): Resources {
  return template.Resources;
}
