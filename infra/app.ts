import cdk from '../cdk.json' with { type: 'json' };
import { resources } from '../functions/api/routes.ts';
import { bundleAll } from './bundle-all.ts';
import { consoleFolder } from './console-files.ts';
import { simFulfilmentApp } from './sim-fulfilment-app.ts';
import { StageError } from './stage-error.ts';

// The CDK CLI passes the context of cdk.json. Without the CLI, this file reads it.
try {
  const { app } = await simFulfilmentApp({
    resources,
    bundles: await bundleAll(),
    consoleFolder,
    outdir: process.env.CDK_OUTDIR ?? cdk.output,
    context: cdk.context,
    // Set by `cdk synth --no-validation`, and by the local cloud, which starts faster without the checks of CI.
    validate: process.env.CDK_VALIDATION !== 'false',
    // Set by local/synthesis.ts.
    forLocalCloud: process.env.LOCAL_CLOUD === 'true',
  });
  app.synth();
} catch (error) {
  if (!(error instanceof StageError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
