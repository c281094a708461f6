import { Validations } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaApplication, LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

export type CanariesProps = {
  functions: readonly { name: string; live: Alias }[];
  /** Alarms that take any of them back; beside them, each has one of its own. */
  alarms: readonly Alarm[];
  ownAlarm: (name: string) => Alarm;
};

/**
 * A new version of a function gets a tenth of the calls for ten minutes, and all of them when no alarm went off. When one does,
 * CodeDeploy gives the calls back to the version before, and CloudFormation with it all else that came with the release.
 *
 * Ten minutes: an alarm counts over five, and metrics come a minute or two late.
 */
export class Canaries extends Construct {
  constructor(scope: Construct, id: string, { functions, alarms, ownAlarm }: CanariesProps) {
    super(scope, id);
    const application = new LambdaApplication(this, 'Application');
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('codedeploy.amazonaws.com'),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSCodeDeployRoleForLambdaLimited')],
    });
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]',
      reason: 'What CodeDeploy needs to move an alias is for AWS to say: it lets it do that and look at alarms.',
    });
    for (const { name, live } of functions) {
      new LambdaDeploymentGroup(this, name, {
        application,
        role: role.withoutPolicyUpdates(),
        alias: live,
        deploymentConfig: LambdaDeploymentConfig.CANARY_10PERCENT_10MINUTES,
        alarms: [...alarms, ownAlarm(name)],
      });
    }
  }
}
