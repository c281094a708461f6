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
          // With the audit, which .ci/run leaves out.
          'npm run supply-chain',
          `npx cdk synth --quiet --app 'node infra/pipeline-app.ts' ${Object.entries(context)
            .map(([key, value]) => `-c '${key}=${value}'`)
            .join(' ')}`,
        ],
        primaryOutputDirectory: 'cdk.out',
        timeout: Duration.hours(1),
      }) as IFileSetProducer,
      // One project for all of the small uploads, of which there is one for each function.
      publishAssetsInParallel: false,
      ...(isInAnotherAccount(this, [staging, production]) && { crossAccountKeys: true, enableKeyRotation: true }),
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
      pre: [new ManualApprovalStep('Release', { comment: 'Staging has passed: release it to production?' })],
      post: protection(this, production, inProduction.stacks),
    });
    pipeline.buildPipeline();
    acknowledgeWildcards(this, 'What CDK Pipelines gives its own steps.');
    Validations.of(pipeline).acknowledge(
      { id: 'AwsSolutions-S1', reason: 'Artifacts of the pipeline, which CodePipeline alone reads and writes.' },
      {
        id: 'AwsSolutions-CB4',
        reason: 'A key of its own would only cost: what is built is open to whoever reads the repository.',
      },
    );
  }
}

/** Whether artifacts of the pipeline are read from another account than its own, which takes a key of the pipeline's own. */
function isInAnotherAccount({ account }: Stack, stages: readonly Stage[]): boolean {
  return stages.some(({ environment }) => environment !== undefined && environment.account !== account);
}

/** The stacks of a stage, as the pipeline deploys them, and the roles with which it and GitHub reach them. */
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

/** Commands that make everything after them act as the role of the pipeline on the stage, for as long as it takes. */
function asPipelineRole(stack: Stack, stage: Stage): { commands: string[]; statement: PolicyStatement } {
  const { account, region } = stage.environment ?? stack;
  const role = `arn:${stack.partition}:iam::${account}:role/${AccessStack.pipelineRole(stage)}`;
  return {
    commands: [
      'export AWS_CONFIG_FILE="$(mktemp)" AWS_PROFILE=stage',
      // The tools renew the credentials themselves: a role that is assumed once ends after an hour.
      `printf '[profile stage]\\nrole_arn = %s\\ncredential_source = EcsContainer\\n' '${role}' > "$AWS_CONFIG_FILE"`,
      `export AWS_REGION='${region}'`,
    ],
    statement: new PolicyStatement({ actions: ['sts:AssumeRole'], resources: [role] }),
  };
}

/** What was deployed has to do what the contract says, asked over HTTP by users of its own. */
function acceptance(
  stack: Stack,
  stage: Stage,
  { service, identity, sandbox }: StageStacks,
  input: IFileSetProducer,
): CodeBuildStep {
  if (!identity || !sandbox) {
    throw new Error('A stage is tested with users of its own and the stand-in for the operators');
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
    },
    // A schedule looks at orders every minute there, where the local cloud takes a part of a second.
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
 * Protects the stacks that keep data from being deleted, after their first deployment has succeeded. CodePipeline ignores the
 * property of a stack that asks for it: https://github.com/aws/aws-cdk/issues/17871
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
