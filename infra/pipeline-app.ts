import cdk from '../cdk.json' with { type: 'json' };
import { resources } from '../functions/api/routes.ts';
import { bundleAll } from './bundle-all.ts';
import { consoleFolder } from './console-files.ts';
import { PipelineStack } from './pipeline-stack.ts';
import { checkedApp } from './sim-fulfilment-app.ts';
import { StageError } from './stage-error.ts';
import { environmentFrom, stageFrom, stageOptions } from './stages.ts';

// Run once: npx cdk deploy --app 'node infra/pipeline-app.ts' -c repository=<owner>/<name> -c connectionArn=<arn>
// From then on, the pipeline deploys itself and everything else. See docs/operations.md.

try {
  const app = await checkedApp({
    outdir: process.env.CDK_OUTDIR ?? cdk.output,
    context: cdk.context,
    validate: process.env.CDK_VALIDATION !== 'false',
  });
  const option = (key: string): string | undefined => {
    const value: unknown = app.node.tryGetContext(key);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const needed = (key: string, meaning: string): string => {
    const value = option(key);
    if (value === undefined) {
      throw new StageError(`The pipeline needs ${meaning}: -c ${key}=...`);
    }
    return value;
  };
  const own = {
    repository: needed('repository', 'the repository on GitHub, owner/name'),
    branch: option('branch') ?? 'main',
    connectionArn: needed('connectionArn', 'the ARN of the connection with which it reads the repository'),
  };
  const given = (keys: readonly string[]): Partial<Record<string, string>> =>
    Object.fromEntries(
      keys.flatMap((key) => {
        const value = option(key);
        return value === undefined ? [] : [[key, value]];
      }),
    );
  const environments = given(
    ['pipeline', 'staging', 'production'].flatMap((name) => [`${name}Account`, `${name}Region`]),
  );
  const environment = environmentFrom((key) => environments[key], 'pipeline');
  if (environment === undefined && Object.keys(environments).length > 0) {
    throw new StageError(
      'A pipeline that deploys to other accounts needs its own account: -c pipelineAccount=<12 digits> -c pipelineRegion=eu-west-1',
    );
  }
  const options = given(stageOptions);
  // Staging has an address of its own.
  const stagingOptions = given(['stagingConsoleUrl', 'stagingConsoleCertificateArn']);
  const consoleOfStaging: Partial<Record<string, string>> = {
    consoleUrl: stagingOptions.stagingConsoleUrl,
    consoleCertificateArn: stagingOptions.stagingConsoleCertificateArn,
  };
  new PipelineStack(app, 'SimFulfilment-Pipeline', {
    description: 'SIM fulfilment: from a push to production',
    resources,
    bundles: await bundleAll(),
    consoleFolder,
    ...own,
    context: { ...own, ...environments, ...options, ...stagingOptions },
    ...(environment && { env: environment }),
    // Options apply to production only: staging always has its own users and the stand-in, for the acceptance tests.
    staging: stageFrom((key) => ({ ...environments, ...consoleOfStaging, stage: 'staging' })[key]),
    production: stageFrom((key) => ({ ...environments, ...options, stage: 'production' })[key]),
  });
  app.synth();
} catch (error) {
  if (!(error instanceof StageError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
