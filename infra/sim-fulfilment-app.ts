import { App, Validations } from 'aws-cdk-lib';
import { retainOnceCreated } from './retain-once-created.ts';
import { createStacks, type Release, type StageStacks } from './stacks.ts';
import { stageFrom } from './stages.ts';

export type AppProps = Release & {
  /** Where the templates go; what the CDK's CLI asks for when it is absent. */
  outdir?: string;
  /** Context that holds unless the command line says otherwise. */
  context: Readonly<Record<string, unknown>>;
  /** Whether the templates are checked, against CloudFormation's own rules and cdk-nag's. */
  validate: boolean;
  /** Whether the local cloud runs the templates, which alone may have the stage `local`. */
  forLocalCloud: boolean;
};

/**
 * The system on the stage that the context names. Synthesis fails when cdk-nag's rules for AWS solutions find something that
 * nobody has given a reason for.
 *
 * @throws StageError when the context names no usable stage
 */
export async function simFulfilmentApp({
  resources,
  bundles,
  forLocalCloud,
  ...props
}: AppProps): Promise<{ app: App } & StageStacks> {
  const app = await checkedApp(props);
  const stage = stageFrom((key) => app.node.tryGetContext(key), { forLocalCloud });
  return { app, ...createStacks(app, stage, { resources, bundles }) };
}

/** An app whose templates are checked as all of this project's are. */
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
    // Loaded only when it is wanted, and without the packs of other standards: that takes a good part of a second.
    const { AwsSolutionsChecks } = await import('cdk-nag/lib/packs/aws-solutions.js');
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  }
  return app;
}
