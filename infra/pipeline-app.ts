import cdk from '../cdk.json' with { type: 'json' };
import { resources } from '../functions/api/routes.ts';
import { bundleAll } from './bundle-all.ts';
import { PipelineStack } from './pipeline-stack.ts';
import { checkedApp } from './sim-fulfilment-app.ts';
import { StageError, stageFrom } from './stages.ts';

// npx cdk deploy --app 'node infra/pipeline-app.ts' -c repository=<owner>/<name> -c connectionArn=<arn>: once; from then on the
// pipeline deploys itself, and all else. docs/operations.md tells of it.

try {
  const app = await checkedApp({
    outdir: process.env.CDK_OUTDIR ?? cdk.output,
    context: cdk.context,
    validate: process.env.CDK_VALIDATION !== 'false',
  });
  const given = (key: string, meaning: string): string => {
    const value: unknown = app.node.tryGetContext(key);
    if (typeof value === 'string' && value !== '') {
      return value;
    }
    throw new StageError(`The pipeline needs ${meaning}: -c ${key}=...`);
  };
  const stage = (name: string) => stageFrom((key) => (key === 'stage' ? name : app.node.tryGetContext(key)));
  new PipelineStack(app, 'SimFulfilment-Pipeline', {
    description: 'SIM fulfilment: from a push to production',
    resources,
    bundles: await bundleAll(),
    repository: given('repository', 'the repository on GitHub, owner/name'),
    branch: app.node.tryGetContext('branch') ?? 'main',
    connectionArn: given('connectionArn', 'the ARN of the connection by which it reads the repository'),
    staging: stage('staging'),
    production: stage('production'),
  });
  app.synth();
} catch (error) {
  if (!(error instanceof StageError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
