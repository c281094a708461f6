import { Duration, Stage as Environment, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { BuildSpec, ComputeType, LinuxBuildImage } from 'aws-cdk-lib/aws-codebuild';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  CodeBuildStep,
  CodePipeline,
  CodePipelineSource,
  type IFileSetProducer,
  ManualApprovalStep,
} from 'aws-cdk-lib/pipelines';
import type { Construct } from 'constructs';
import { AccessStack, type AccessStackProps, protectedStacks } from './access-stack.ts';
import { acknowledgeWildcards } from './nag-names.ts';
import { createStacks, type Release, type StageStacks } from './stacks.ts';
import type { Stage } from './stages.ts';

export type PipelineStackProps = StackProps &
  Release & {
    /** `owner/name` on GitHub, and the branch that is released. */
    repository: string;
    branch: string;
    /** The connection with which CodePipeline reads the repository. Create it once, in the console. */
    connectionArn: string;
    /** The context of this synthesis, with which the pipeline updates itself. */
    context: Readonly<Record<string, string>>;
    staging: Stage;
    production: Stage;
  };

/**
 * The pipeline from a push to production: all checks of CI, staging, acceptance tests against staging over HTTP, a manual approval,
 * production. It first updates itself when a push changes it.
 */
export class PipelineStack extends Stack {
  constructor(scope: Construct, id: string, props: PipelineStackProps) {
    super(scope, id, props);
    const { repository, branch, connectionArn, context, staging, production } = props;
    // Safe, here and below: the types of the CDK conflict only because of `exactOptionalPropertyTypes`.
    const input = CodePipelineSource.connection(repository, branch, { connectionArn }) as IFileSetProducer;

    const pipeline = new CodePipeline(this, 'Pipeline', {
      synth: new CodeBuildStep('Check', {
        input,
        commands: [
          // A source archive has no executable bits.
          'bash .ci/run',
          // Includes the audit, which .ci/run omits.
          'npm run supply-chain',
          `npx cdk synth --quiet --app 'node infra/pipeline-app.ts' ${Object.entries(context)
            .map(([key, value]) => `-c '${key}=${value}'`)
            .join(' ')}`,
        ],
        primaryOutputDirectory: 'cdk.out',
        timeout: Duration.hours(1),
      }) as IFileSetProducer,
      // One build project for all uploads: there is a small one for each function.
      publishAssetsInParallel: false,
      ...(isInAnotherAccount(this, [staging, production]) && { crossAccountKeys: true, enableKeyRotation: true }),
      codeBuildDefaults: {
        buildEnvironment: {
          // Dynoxide has no build for arm64.
          buildImage: LinuxBuildImage.STANDARD_7_0,
          computeType: ComputeType.LARGE,
        },
        // Only for npm ci: the project installs the Node version that it runs on.
        partialBuildSpec: BuildSpec.fromObject({ phases: { install: { 'runtime-versions': { nodejs: 22 } } } }),
      },
    });

    const released = {
      release: props,
      repository,
      branch,
      pipeline: { account: this.account, stackName: this.stackName },
    };
    const onStaging = new ReleasedStage(this, 'Staging', { stage: staging, ...released });
    pipeline.addStage(onStaging, { post: [acceptance(this, staging, onStaging.stacks, input)] });
    const inProduction = new ReleasedStage(this, 'Production', { stage: production, ...released });
    pipeline.addStage(inProduction, {
      pre: [
        new ManualApprovalStep('Release', {
          comment: 'Staging has passed the acceptance tests. Release to production?',
        }),
      ],
      post: protection(this, production, inProduction.stacks),
    });
    pipeline.buildPipeline();
    acknowledgeWildcards(this, 'Permissions that CDK Pipelines generates for its steps.');
    Validations.of(pipeline).acknowledge(
      { id: 'AwsSolutions-S1', reason: 'Artifacts of the pipeline, which only CodePipeline reads and writes.' },
      {
        id: 'AwsSolutions-CB4',
        reason: 'A customer-managed key only adds cost: everybody who can read the repository can read the builds.',
      },
    );
  }
}

/** Whether another account than the pipeline's reads its artifacts, which requires a customer-managed key. */
function isInAnotherAccount({ account }: Stack, stages: readonly Stage[]): boolean {
  return stages.some(({ environment }) => environment !== undefined && environment.account !== account);
}

/** The stacks of a stage as the pipeline deploys them, and the roles with which the pipeline and GitHub access them. */
class ReleasedStage extends Environment {
  readonly stacks: StageStacks;

  constructor(
    scope: Construct,
    id: string,
    {
      stage,
      release,
      ...props
    }: { stage: Stage; release: Release } & Pick<AccessStackProps, 'repository' | 'branch' | 'pipeline'>,
  ) {
    super(scope, id, stage.environment && { env: stage.environment });
    this.stacks = createStacks(this, stage, release);
    const stackName = `SimFulfilment-${stage.name}-Access`;
    new AccessStack(this, stackName, {
      stackName,
      description: 'SIM fulfilment: roles for the pipeline and for GitHub',
      stage,
      stacks: this.stacks,
      ...props,
    });
  }
}

/** Commands after which the build acts as the pipeline's role on the stage, for as long as it runs. */
function asPipelineRole(stack: Stack, stage: Stage): { commands: string[]; statement: PolicyStatement } {
  const { account, region } = stage.environment ?? stack;
  const role = `arn:${stack.partition}:iam::${account}:role/${AccessStack.pipelineRole(stage)}`;
  return {
    commands: [
      'export AWS_CONFIG_FILE="$(mktemp)" AWS_PROFILE=stage',
      // Through a profile, so that the tools renew the credentials: those of a single assumed session expire after an hour.
      `printf '[profile stage]\\nrole_arn = %s\\ncredential_source = EcsContainer\\n' '${role}' > "$AWS_CONFIG_FILE"`,
      `export AWS_REGION='${region}'`,
    ],
    statement: new PolicyStatement({ actions: ['sts:AssumeRole'], resources: [role] }),
  };
}

/** Tests the deployment against the contract, over HTTP and with test users. */
function acceptance(
  stack: Stack,
  stage: Stage,
  { service, identity, sandbox, console }: StageStacks,
  input: IFileSetProducer,
): CodeBuildStep {
  if (!identity || !sandbox) {
    throw new Error('Acceptance tests need the stage to have its own users and the sandbox operator');
  }
  const { commands, statement } = asPipelineRole(stack, stage);
  return new CodeBuildStep('Acceptance', {
    input,
    envFromCfnOutputs: {
      BASE_URL: service.apiUrl,
      USER_POOL_ID: identity.outputs.userPoolId,
      CLIENT_ID: identity.outputs.clientId,
      SANDBOX_URL: sandbox.outputs.url,
      SANDBOX_KEY_SECRET: sandbox.outputs.key,
      ...(console && { CONSOLE_URL: console.url }),
    },
    // Orders are polled every minute there, on the local cloud within a part of a second.
    env: { PATIENCE: '10' },
    installCommands: ['npm ci --no-audit'],
    commands: [
      ...commands,
      'export SANDBOX_KEY=$(aws secretsmanager get-secret-value --secret-id "$SANDBOX_KEY_SECRET" --query SecretString --output text)',
      'npm run acceptance',
    ],
    timeout: Duration.hours(2),
    rolePolicyStatements: [statement],
  });
}

/**
 * Enables termination protection for the stacks that keep data, once their first deployment has succeeded. CodePipeline ignores the
 * property of the stack: https://github.com/aws/aws-cdk/issues/17871
 */
function protection(stack: Stack, stage: Stage, stacks: StageStacks): CodeBuildStep[] {
  const names = protectedStacks(stacks);
  if (names.length === 0) return [];
  const { commands, statement } = asPipelineRole(stack, stage);
  return [
    new CodeBuildStep('Protect', {
      commands: [
        ...commands,
        ...names.map(
          (name) =>
            `aws cloudformation update-termination-protection --enable-termination-protection --stack-name ${name}`,
        ),
      ],
      rolePolicyStatements: [statement],
    }),
  ];
}
