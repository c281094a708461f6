import cdk from '../cdk.json' with { type: 'json' };
import { resources } from '../functions/api/routes.ts';
import { bundleAll } from './bundle-all.ts';
import { PipelineStack } from './pipeline-stack.ts';
import { checkedApp } from './sim-fulfilment-app.ts';
import { StageError, stageFrom, stageOptions } from './stages.ts';

// npx cdk deploy --app 'node infra/pipeline-app.ts' -c repository=<owner>/<name> -c connectionArn=<arn>: once; from then on the
// pipeline deploys itself, and all else. docs/operations.md tells of it.

try {
  const app = await checkedApp({
    outdir: process.env.CDK_OUTDIR ?? cdk.output,
    context: cdk.context,
    validate: process.env.CDK_VALIDATION !== 'false',
  });
  const given = (key: string): string | undefined => {
    const value: unknown = app.node.tryGetContext(key);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const needed = (key: string, meaning: string): string => {
    const value = given(key);
    if (value === undefined) {
      throw new StageError(`The pipeline needs ${meaning}: -c ${key}=...`);
    }
    return value;
  };
  const own = {
    repository: needed('repository', 'the repository on GitHub, owner/name'),
    branch: given('branch') ?? 'main',
    connectionArn: needed('connectionArn', 'the ARN of the connection by which it reads the repository'),
  };
  const options = Object.fromEntries(
    stageOptions.flatMap((key) => {
      const value = given(key);
      return value === undefined ? [] : [[key, value]];
    }),
  );
  new PipelineStack(app, 'SimFulfilment-Pipeline', {
    description: 'SIM fulfilment: from a push to production',
    resources,
    bundles: await bundleAll(),
    ...own,
    context: { ...own, ...options },
    // What is said of a stage is said of production: staging is tested by users of its own, and with the stand-in.
    staging: stageFrom((key) => (key === 'stage' ? 'staging' : undefined)),
    production: stageFrom((key) => ({ ...options, stage: 'production' })[key]),
  });
  app.synth();
} catch (error) {
  if (!(error instanceof StageError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
