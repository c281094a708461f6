import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import cdk from '../cdk.json' with { type: 'json' };
import { resources } from '../functions/api/routes.ts';
import { bundleAll } from '../infra/bundle-all.ts';
import { simFulfilmentApp } from '../infra/sim-fulfilment-app.ts';
import type { StageStacks } from '../infra/stacks.ts';
import type { StageName } from '../infra/stages.ts';

/** Synthesises the stacks of a stage, and returns their templates. The console need not be built, as they do not depend on its contents. */
export async function synthesiseStage(stage: StageName): Promise<Partial<Record<keyof StageStacks, unknown>>> {
  const outdir = await mkdtemp(path.join(tmpdir(), 'sim-fulfilment-'));
  try {
    const { app, ...stacks } = await simFulfilmentApp({
      resources,
      bundles: await bundleAll(),
      consoleFolder: await emptyConsole(outdir),
      outdir,
      context: { ...cdk.context, stage },
      validate: false,
      forLocalCloud: false,
    });
    const assembly = app.synth();
    return Object.fromEntries(
      Object.entries(stacks).flatMap(([part, stack]): [string, unknown][] =>
        stack ? [[part, assembly.getStackArtifact(stack.artifactId).template]] : [],
      ),
    );
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
}

async function emptyConsole(outdir: string): Promise<string> {
  const folder = await mkdtemp(path.join(outdir, 'console-'));
  await writeFile(path.join(folder, 'index.html'), '');
  return folder;
}
