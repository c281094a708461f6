import { CfnOutput, Duration, Stage as Environment, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { BuildSpec, ComputeType, LinuxBuildImage } from 'aws-cdk-lib/aws-codebuild';
import { Effect, ManagedPolicy, PolicyStatement, Role, WebIdentityPrincipal } from 'aws-cdk-lib/aws-iam';
import {
  CodeBuildStep,
  CodePipeline,
  CodePipelineSource,
  type IFileSetProducer,
  ManualApprovalStep,
} from 'aws-cdk-lib/pipelines';
import type { Construct } from 'constructs';
import { acknowledgeWildcards } from './nag-names.ts';
import { type Release, type StageStacks, stacksOf } from './stacks.ts';
import type { Stage } from './stages.ts';

export type PipelineStackProps = StackProps &
  Release & {
    /** `owner/name` on GitHub, and the branch that is released. */
    repository: string;
    branch: string;
    /** The connection by which CodePipeline reads the repository; made once, in the console, by somebody who may. */
    connectionArn: string;
    /** The context that this was made with, for the pipeline to make itself anew with. */
    context: Readonly<Record<string, string>>;
    staging: Stage;
    production: Stage;
  };

/**
 * From a push to production: everything that CI checks, staging, what is deployed there tested by its base URL, somebody's
 * yes, production. It changes itself first when a push changes it.
 */
export class PipelineStack extends Stack {
  constructor(scope: Construct, id: string, props: PipelineStackProps) {
    super(scope, id, props);
    const { repository, branch, connectionArn, context, staging, production } = props;
    // Safe, here and below: only the types of the CDK say that what has no files yet says so in another way.
    const input = CodePipelineSource.connection(repository, branch, { connectionArn }) as IFileSetProducer;

    const pipeline = new CodePipeline(this, 'Pipeline', {
      synth: new CodeBuildStep('Check', {
        input,
        commands: [
          // A source archive keeps no run bits.
          'bash .ci/run',
          `npx cdk synth --quiet --app 'node infra/pipeline-app.ts' ${Object.entries(context)
            .map(([key, value]) => `-c '${key}=${value}'`)
            .join(' ')}`,
        ],
        primaryOutputDirectory: 'cdk.out',
        timeout: Duration.hours(1),
      }) as IFileSetProducer,
      // One project for all of the small uploads, of which there is one for each function.
      publishAssetsInParallel: false,
      codeBuildDefaults: {
        buildEnvironment: {
          // Not arm64, for which Dynoxide does not exist.
          buildImage: LinuxBuildImage.STANDARD_7_0,
          computeType: ComputeType.LARGE,
        },
        // The project brings the Node that it runs on along; this one only installs it.
        partialBuildSpec: BuildSpec.fromObject({ phases: { install: { 'runtime-versions': { nodejs: 22 } } } }),
      },
    });

    const onStaging = new ReleasedStage(this, 'Staging', staging, props);
    pipeline.addStage(onStaging, { post: [acceptance(onStaging.stacks, { input, stack: this })] });
    pipeline.addStage(new ReleasedStage(this, 'Production', production, props), {
      pre: [new ManualApprovalStep('Release', { comment: 'Staging has passed: release it to production?' })],
    });
    pipeline.buildPipeline();
    driftRole(this, { repository, branch });
    acknowledgeWildcards(
      this,
      'What CDK Pipelines gives its own steps; and users and secrets of staging, by their tag, for its acceptance.',
    );
    Validations.of(pipeline).acknowledge(
      { id: 'AwsSolutions-S1', reason: 'Artifacts of the pipeline, which CodePipeline alone reads and writes.' },
      {
        id: 'AwsSolutions-CB4',
        reason: 'A key of its own would only cost: what is built is open to whoever reads the repository.',
      },
    );
  }
}

/**
 * As whom the weekly workflow on GitHub looks for what was changed by hand: it may read, and is let in by OpenID Connect, so that
 * there is no key to keep. The account's provider for GitHub is made once for all of its repositories, and not here.
 */
function driftRole(stack: Stack, { repository, branch }: Pick<PipelineStackProps, 'repository' | 'branch'>): void {
  const github = 'token.actions.githubusercontent.com';
  const provider = `arn:${stack.partition}:iam::${stack.account}:oidc-provider/${github}`;
  const role = new Role(stack, 'Drift', {
    assumedBy: new WebIdentityPrincipal(provider, {
      StringEquals: {
        [`${github}:aud`]: 'sts.amazonaws.com',
        [`${github}:sub`]: `repo:${repository}:ref:refs/heads/${branch}`,
      },
    }),
    managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess')],
    maxSessionDuration: Duration.hours(1),
  });
  role.addToPolicy(
    new PolicyStatement({
      actions: ['cloudformation:DetectStackDrift', 'cloudformation:DetectStackResourceDrift'],
      resources: [stack.formatArn({ service: 'cloudformation', resource: 'stack', resourceName: 'SimFulfilment-*' })],
    }),
  );
  Validations.of(role).acknowledge({
    id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/ReadOnlyAccess]',
    reason: 'To compare what is there with the template it reads whatever a template can hold.',
  });
  new CfnOutput(stack, 'DriftRole', { value: role.roleArn });
}

/** The stacks of a stage, as the pipeline deploys them. */
class ReleasedStage extends Environment {
  readonly stacks: StageStacks;

  constructor(scope: Construct, id: string, stage: Stage, release: Release) {
    super(scope, id);
    this.stacks = stacksOf(this, stage, release);
  }
}

/** What was deployed has to do what the contract says, asked over HTTP by users of its own. */
function acceptance(
  { service, identity, sandbox }: StageStacks,
  { input, stack }: { input: IFileSetProducer; stack: Stack },
): CodeBuildStep {
  if (!identity || !sandbox) {
    throw new Error('A stage is tested with users of its own and the stand-in for the operators');
  }
  // What staging deploys is tagged so: its names are not known here.
  const onStaging = { StringEquals: { 'aws:ResourceTag/stage': 'staging' } };
  return new CodeBuildStep('Acceptance', {
    input,
    envFromCfnOutputs: {
      BASE_URL: service.apiUrl,
      USER_POOL_ID: identity.outputs.userPoolId,
      CLIENT_ID: identity.outputs.clientId,
      SANDBOX_URL: sandbox.outputs.url,
      SANDBOX_KEY_SECRET: sandbox.outputs.key,
    },
    // A schedule looks at orders every minute there, where the local cloud takes a part of a second.
    env: { PATIENCE: '10' },
    installCommands: ['npm ci --no-audit'],
    commands: [
      'export SANDBOX_KEY=$(aws secretsmanager get-secret-value --secret-id "$SANDBOX_KEY_SECRET" --query SecretString --output text)',
      'npm run acceptance',
    ],
    timeout: Duration.hours(2),
    rolePolicyStatements: [
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: ['AdminCreateUser', 'AdminSetUserPassword', 'AdminAddUserToGroup', 'AdminInitiateAuth'].map(
          (action) => `cognito-idp:${action}`,
        ),
        resources: [stack.formatArn({ service: 'cognito-idp', resource: 'userpool', resourceName: '*' })],
        conditions: onStaging,
      }),
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: ['secretsmanager:GetSecretValue'],
        resources: [`arn:${stack.partition}:secretsmanager:${stack.region}:${stack.account}:secret:*`],
        conditions: onStaging,
      }),
    ],
  });
}
