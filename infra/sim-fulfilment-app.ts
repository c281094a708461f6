import { App, type Stack, Tags, Validations } from 'aws-cdk-lib';
import { DataStack } from './data-stack.ts';
import type { Bundles } from './functions/bundles.ts';
import { type Resources, SERVICE, ServiceStack } from './service-stack.ts';
import { stageFrom } from './stages.ts';

export type SimFulfilmentAppProps = {
  resources: Resources;
  bundles: Bundles;
  /** Where the templates go; what the CDK's CLI asks for when it is absent. */
  outdir?: string;
  /** Context that holds unless the command line says otherwise. */
  context: Readonly<Record<string, unknown>>;
  /** Whether the templates are checked, against CloudFormation's own rules and cdk-nag's. */
  validate: boolean;
};

/**
 * The whole system on one stage: a stack that keeps data and one that does not. Synthesis fails when cdk-nag's rules for
 * AWS solutions find something that nobody has given a reason for.
 *
 * @throws StageError when the context names no usable stage
 */
export async function simFulfilmentApp({
  resources,
  bundles,
  outdir,
  context,
  validate,
}: SimFulfilmentAppProps): Promise<{ app: App; data: Stack; service: Stack }> {
  const app = new App({
    context: { ...context },
    analyticsReporting: false,
    treeMetadata: false,
    stackTraces: false,
    builtinCloudFormationValidation: validate,
    ...(outdir !== undefined && { outdir }),
  });
  const stage = stageFrom((key) => app.node.tryGetContext(key));

  const data = new DataStack(app, `SimFulfilment-${stage.name}-Data`, {
    description: 'SIM fulfilment: the table and the secret of the operators',
    stage,
  });
  const service = new ServiceStack(app, `SimFulfilment-${stage.name}-Service`, {
    description: 'SIM fulfilment: HTTP API, functions, state machine, schedules',
    stage,
    resources,
    bundles,
    table: data.table,
    operatorsSecret: data.operatorsSecret,
  });
  Tags.of(app).add('service', SERVICE);
  Tags.of(app).add('stage', stage.name);
  if (validate) {
    // Loaded only when it is wanted, and without the packs of other standards: that takes a good part of a second.
    const { AwsSolutionsChecks } = await import('cdk-nag/lib/packs/aws-solutions.js');
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  }
  return { app, data, service };
}
