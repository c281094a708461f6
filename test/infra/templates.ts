import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { App, Stack } from 'aws-cdk-lib';
import cdk from '../../cdk.json' with { type: 'json' };
import { resources } from '../../functions/api/routes.ts';
import { AccessStack } from '../../infra/access-stack.ts';
import { deployedEntries } from '../../infra/bundle-all.ts';
import { type Bundles, bundleName } from '../../infra/functions/bundles.ts';
import { PipelineStack } from '../../infra/pipeline-stack.ts';
import { checkedApp, simFulfilmentApp } from '../../infra/sim-fulfilment-app.ts';
import { stageFrom } from '../../infra/stages.ts';
import type { Template, Templates, Wanted } from './synthesis.ts';

/** @throws when a check finds something; what it found is printed */
export async function templatesFor(wanted: Wanted, outdir: string): Promise<Templates> {
  const bundles = emptyBundles(outdir);
  const consoleFolder = emptyConsole(outdir);
  if (wanted.of === 'stage') {
    const { app, ...stacks } = await simFulfilmentApp({
      resources,
      bundles,
      consoleFolder,
      outdir,
      context: { ...cdk.context, ...wanted.context },
      validate: wanted.validate,
      forLocalCloud: true,
    });
    return templatesOf(app, stacks);
  }
  const app = await checkedApp({ outdir, context: cdk.context, validate: true });
  const stage = (name: string) => stageFrom((key) => (key === 'stage' ? name : wanted.props.context[key]));
  const pipeline = new PipelineStack(app, 'Pipeline', {
    ...wanted.props,
    resources,
    bundles,
    consoleFolder,
    staging: stage('staging'),
    production: stage('production'),
  });
  const access = Object.fromEntries(
    pipeline.node
      .findAll()
      .flatMap((child) =>
        child instanceof AccessStack ? [[child.stackName.split('-')[1] ?? '', child] as const] : [],
      ),
  );
  return templatesOf(app, { pipeline, ...access });
}

/** Bundles that hold nothing: nobody runs what is synthesised here. */
function emptyBundles(outdir: string): Bundles {
  const folder = mkdtempSync(path.join(outdir, 'bundle-'));
  writeFileSync(path.join(folder, 'index.mjs'), 'export const handler = async () => {};\n');
  return new Map(deployedEntries.map((entry) => [entry, { name: bundleName(entry), folder, bytes: 0, inputs: [] }]));
}

/** A console with one file of each kind: in the root, with a hash in its name, and for its build only. */
function emptyConsole(outdir: string): string {
  const folder = mkdtempSync(path.join(outdir, 'console-'));
  mkdirSync(path.join(folder, 'assets'));
  writeFileSync(path.join(folder, 'index.html'), '<!doctype html>\n');
  writeFileSync(path.join(folder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>\n');
  writeFileSync(path.join(folder, 'assets/index-a1b2c3d4.js'), 'export {};\n');
  writeFileSync(path.join(folder, '.sources'), 'a1b2c3d4\n');
  return folder;
}

function templatesOf(app: App, stacks: Readonly<Record<string, Stack | undefined>>): Templates {
  const assembly = app.synth();
  // A check that fails need not throw: it may ask that the program end with this.
  if (process.exitCode) {
    process.exitCode = 0;
    throw new Error(
      'The templates do not pass cdk-nag or the rules of CloudFormation: what is wrong is printed above.',
    );
  }
  const there = Object.entries(stacks).flatMap(([part, stack]) => (stack ? [[part, stack] as const] : []));
  return {
    templates: Object.fromEntries(
      // What the CDK says of a template is `any`.
      there.map(([part, { artifactId }]): [string, Template] => [
        part,
        // Stacks of a stage of the pipeline are in an assembly of their own.
        (assembly.stacksRecursively.find(({ id }) => id === artifactId) ?? assembly.getStackArtifact(artifactId))
          .template,
      ]),
    ),
    terminationProtected: there.flatMap(([part, { terminationProtection }]) => (terminationProtection ? [part] : [])),
  };
}
