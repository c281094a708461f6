import { CfnOutput, Duration, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { AccountPrincipal, PolicyDocument, PolicyStatement, Role, WebIdentityPrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { driftReads } from './drift-reads.ts';
import { nagName } from './nag-names.ts';
import type { StageStacks } from './stacks.ts';
import type { Stage } from './stages.ts';

export type AccessStackProps = StackProps & {
  stage: Stage;
  stacks: StageStacks;
  /** `owner/name` on GitHub, and the branch that is released. */
  repository: string;
  branch: string;
  /** The account and the name of the stack of the pipeline. */
  pipeline: { account: string; stackName: string };
};

/** Permissions of the pipeline on a stage, in addition to those for deploying it. */
type PipelineStatements = (stacks: StageStacks, access: Stack) => PolicyStatement[];

/**
 * The roles of a stage for access from outside its account: by the pipeline, and by the weekly workflow on GitHub. They are in the
 * account of the stage, so that each stage can have its own account.
 */
export class AccessStack extends Stack {
  /** The name of the pipeline's role. A fixed name avoids a reference between accounts. */
  static readonly pipelineRole = ({ name }: Stage) => `sim-fulfilment-${name}-pipeline`;

  constructor(scope: Construct, id: string, props: AccessStackProps) {
    super(scope, id, props);
    this.pipelineRole(props);
    this.driftRole(props);
  }

  private pipelineRole({ stage, stacks, pipeline }: AccessStackProps): void {
    const statements = (stage.keepsData ? protectionStatements : acceptanceStatements)(stacks, this);
    if (statements.length === 0) return;
    const role = new Role(this, 'Pipeline', {
      roleName: AccessStack.pipelineRole(stage),
      description: 'Permissions of the pipeline on this stage, in addition to deploying it',
      assumedBy: new AccountPrincipal(pipeline.account).withConditions({
        ArnLike: { 'aws:PrincipalArn': `arn:${this.partition}:iam::${pipeline.account}:role/${pipeline.stackName}-*` },
      }),
      inlinePolicies: { Pipeline: new PolicyDocument({ statements }) },
    });
    for (const name of protectedStacks(stacks)) {
      Validations.of(role.node.defaultChild ?? role).acknowledge({
        id: `AwsSolutions-IAM5[Resource::${stackNagName(this, `${name}/*`)}]`,
        reason: 'A single stack, whose ARN ends with an id that AWS generates.',
      });
    }
  }

  /**
   * The role with which the weekly workflow on GitHub detects manual changes. It reads settings, but no data. GitHub assumes it with
   * OpenID Connect, without stored keys. The provider for GitHub is created once per account, not here.
   */
  private driftRole({ stage, repository, branch }: AccessStackProps): void {
    const github = 'token.actions.githubusercontent.com';
    const stacks = this.formatArn({
      service: 'cloudformation',
      resource: 'stack',
      resourceName: `SimFulfilment-${stage.name}-*`,
    });
    const role = new Role(this, 'Drift', {
      assumedBy: new WebIdentityPrincipal(`arn:${this.partition}:iam::${this.account}:oidc-provider/${github}`, {
        StringEquals: {
          [`${github}:aud`]: 'sts.amazonaws.com',
          [`${github}:sub`]: `repo:${repository}:ref:refs/heads/${branch}`,
        },
      }),
      maxSessionDuration: Duration.hours(1),
      inlinePolicies: {
        Detect: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: [
                'cloudformation:DescribeStackResourceDrifts',
                'cloudformation:DescribeStackResources',
                'cloudformation:DescribeStacks',
                'cloudformation:DetectStackDrift',
                'cloudformation:DetectStackResourceDrift',
                'cloudformation:GetTemplate',
                'cloudformation:ListStackResources',
              ],
              resources: [stacks],
            }),
            new PolicyStatement({
              actions: [
                // Supports no resource: detections are identified by their ids.
                'cloudformation:DescribeStackDriftDetectionStatus',
                ...new Set(Object.values(driftReads).flatMap((actions) => actions ?? [])),
              ].sort(),
              resources: ['*'],
            }),
          ],
        }),
      },
    });
    Validations.of(role.node.defaultChild ?? role).acknowledge(
      {
        id: `AwsSolutions-IAM5[Resource::${stackNagName(this, `SimFulfilment-${stage.name}-*`)}]`,
        reason: 'The stacks of the stage, whose ARNs end with ids that AWS generates.',
      },
      {
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason: 'Reads the settings of every resource type that a template can contain, but no data.',
      },
    );
    new CfnOutput(this, 'DriftRole', { value: role.roleArn });
  }
}

/** The ARN of stacks of this account as in a finding of cdk-nag. */
function stackNagName(stack: Stack, name: string): string {
  const arn = stack.formatArn({ service: 'cloudformation', resource: 'stack', resourceName: name });
  return nagName(stack.resolve(arn));
}

/** For the acceptance tests: create users in the pool of the stage, and read the key of the sandbox. */
const acceptanceStatements: PipelineStatements = ({ identity, sandbox }) =>
  identity && sandbox
    ? [
        new PolicyStatement({
          actions: ['AdminAddUserToGroup', 'AdminCreateUser', 'AdminInitiateAuth', 'AdminSetUserPassword'].map(
            (action) => `cognito-idp:${action}`,
          ),
          resources: [identity.users.pool.userPoolArn],
        }),
        new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [sandbox.apiKey.secretArn] }),
      ]
    : [];

/** Enable termination protection of the stacks that keep data, which CodePipeline does not do. */
const protectionStatements: PipelineStatements = (stacks, access) => {
  const names = protectedStacks(stacks);
  return names.length === 0
    ? []
    : [
        new PolicyStatement({
          actions: ['cloudformation:UpdateTerminationProtection'],
          resources: names.map((name) =>
            access.formatArn({ service: 'cloudformation', resource: 'stack', resourceName: `${name}/*` }),
          ),
        }),
      ];
};

/** The names of the stacks with termination protection. */
export function protectedStacks(stacks: StageStacks): string[] {
  return Object.values(stacks).flatMap((stack) => (stack?.terminationProtection ? [stack.stackName] : []));
}
