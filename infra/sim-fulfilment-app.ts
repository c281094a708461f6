import { App, Validations } from 'aws-cdk-lib';
import { retainOnceCreated } from './retain-once-created.ts';
import { createStacks, type Release, type StageStacks } from './stacks.ts';
import { stageFrom } from './stages.ts';

export type AppProps = Release & {
  /** The output folder of the templates; that of the CDK's CLI when omitted. */
  outdir?: string;
  /** Default context, which the command line overrides. */
  context: Readonly<Record<string, unknown>>;
  /** Whether to check the templates with the rules of CloudFormation and cdk-nag. */
  validate: boolean;
  /** Whether the local cloud runs the templates. Only then is the stage `local` allowed. */
  forLocalCloud: boolean;
};

/**
 * Creates the app with the system on the stage that the context names. Synthesis fails on findings of cdk-nag's rules for AWS
 * solutions that are not acknowledged with a reason.
 *
 * @throws StageError when the context names no valid stage.
 */
export async function simFulfilmentApp({
  resources,
  bundles,
  consoleFolder,
  forLocalCloud,
  ...props
}: AppProps): Promise<{ app: App } & StageStacks> {
  const app = await checkedApp(props);
  const stage = stageFrom((key) => app.node.tryGetContext(key), { forLocalCloud });
  return { app, ...createStacks(app, stage, { resources, bundles, consoleFolder }) };
}

/** Creates an app whose templates are checked with the rules of this project. */
export async function checkedApp({
  outdir,
  context,
  validate,
}: Omit<AppProps, keyof Release | 'forLocalCloud'>): Promise<App> {
  const app = new App({
    context: { ...context },
    analyticsReporting: false,
    treeMetadata: false,
    stackTraces: false,
    builtinCloudFormationValidation: validate,
    ...(outdir !== undefined && { outdir }),
  });
  retainOnceCreated(app);
  if (validate) {
    // Imported on demand, and without the packs of other standards: this takes a good part of a second.
    const { AwsSolutionsChecks } = await import('cdk-nag/lib/packs/aws-solutions.js');
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  }
  return app;
}
