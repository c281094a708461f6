import { App, type Stack, Tags, Validations } from 'aws-cdk-lib';
import { DataStack } from './data-stack.ts';
import type { Bundles } from './functions/bundles.ts';
import { IdentityStack } from './identity-stack.ts';
import { SandboxStack } from './sandbox-stack.ts';
import { type Resources, ServiceStack } from './service-stack.ts';
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
 * The whole system on one stage: a stack that keeps data, one that keeps users, one that keeps nothing, and on some stages
 * one that stands in for the operators. Synthesis fails when cdk-nag's rules for AWS solutions find something that nobody has
 * given a reason for.
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
  const tokens =
    stage.externalTokens ??
    new IdentityStack(app, `SimFulfilment-${stage.name}-Identity`, {
      description: 'SIM fulfilment: who may sign in, and what their tokens say',
      stage,
      bundles,
    }).tokens;
  const sandbox = stage.sandbox
    ? new SandboxStack(app, `SimFulfilment-${stage.name}-Sandbox`, {
        description: 'SIM fulfilment: a stand-in for the operators',
        stage,
        bundles,
      })
    : undefined;
  const service = new ServiceStack(app, `SimFulfilment-${stage.name}-Service`, {
    description: 'SIM fulfilment: HTTP API, functions, state machine, schedules',
    stage,
    tokens,
    resources,
    bundles,
    table: data.table,
    operatorsSecret: (sandbox ?? data).operatorsSecret,
  });
  Tags.of(app).add('service', 'sim-fulfilment');
  Tags.of(app).add('stage', stage.name);
  if (validate) {
    // Loaded only when it is wanted, and without the packs of other standards: that takes a good part of a second.
    const { AwsSolutionsChecks } = await import('cdk-nag/lib/packs/aws-solutions.js');
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  }
  return { app, data, service };
}
