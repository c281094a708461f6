import { Validations } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaApplication, LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

export type CanariesProps = {
  functions: readonly { name: string; live: Alias }[];
  /** Alarms that roll back any of the functions, in addition to the function's own alarm. */
  alarms: readonly Alarm[];
  ownAlarm: (name: string) => Alarm;
};

/**
 * Canary deployments: a new version of a function gets a tenth of the calls for ten minutes, and then all of them. If an alarm fires,
 * CodeDeploy returns the calls to the previous version, and CloudFormation rolls back the rest of the release.
 *
 * Ten minutes, because alarms evaluate five minutes and metrics arrive a minute or two late.
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
      reason: "AWS's managed policy for CodeDeploy: it allows shifting aliases and reading alarms.",
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
