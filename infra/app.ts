import cdk from '../cdk.json' with { type: 'json' };
import { resources } from '../functions/api/routes.ts';
import { bundleAll } from './bundle-all.ts';
import { simFulfilmentApp } from './sim-fulfilment-app.ts';
import { StageError } from './stages.ts';

// The CDK's CLI hands over the context of cdk.json; whoever runs this file without it gets the same.
try {
  const { app } = await simFulfilmentApp({
    resources,
    bundles: await bundleAll(),
    outdir: process.env.CDK_OUTDIR ?? cdk.output,
    context: cdk.context,
    // The CDK's own switch (`cdk synth --no-validation`); the local cloud turns it, to start fast with what CI has checked.
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
