import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  CfnStateMachineAlias,
  CfnStateMachineVersion,
  DefinitionBody,
  LogLevel,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { FulfilmentStates } from './fulfilment-states.ts';
import type { WorkflowTask } from './functions/entries.ts';
import { LIVE, type ServiceFunction } from './functions/service-function.ts';
import { stackSuffix } from './stack-suffix.ts';
import type { Stage } from './stages.ts';

export type FulfilmentMachineProps = {
  stage: Stage;
  tasks: Readonly<Record<WorkflowTask, ServiceFunction>>;
};

/**
 * The state machine. Takes an order from its submission to active SIMs, or an operation through its SIMs.
 *
 * The input of an execution is `{ kind: "order" | "operation", partnerId, id, work: { stageRuns: 0 } }`. The state has a constant
 * size: the input, `next` with the branch that the last task chose, and the `work` of the current stage.
 */
export class FulfilmentMachine extends Construct {
  readonly machine: StateMachine;
  private readonly stage: Stage;

  constructor(scope: Construct, id: string, props: FulfilmentMachineProps) {
    super(scope, id);
    const { stage, tasks } = props;
    this.stage = stage;

    const logGroup = new LogGroup(this, 'Logs', {
      // Log groups with this prefix share a resource policy, which would otherwise exceed its limit of 5,120 characters.
      logGroupName: `/aws/vendedlogs/states/sim-fulfilment-${stage.name}-${stackSuffix()}`,
      retention: stage.logRetention,
      removalPolicy: stage.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromChainable(new FulfilmentStates(this, stage, tasks).entrance()),
      tracingEnabled: true,
      logs: { destination: logGroup, level: LogLevel.ERROR, includeExecutionData: true },
      role: this.role(Object.values(tasks)).withoutPolicyUpdates(),
    });
    Validations.of(this.machine).acknowledge({
      id: 'AwsSolutions-SF1',
      reason:
        'Errors are logged. Step Functions keeps the history of every execution for 90 days, and the table the timeline of ' +
        'every order and SIM. Logging each of the thousands of pages of a large order would only add cost.',
    });
  }

  /**
   * Publishes a version, unless the stage is deployed in place. Earlier versions are kept for a manual rollback.
   * Reasons: docs/decisions/0016-releases-are-versions-behind-an-alias.md
   *
   * @param alarm rolls back a version in which executions fail
   * @returns the ARN with which to start executions: that of the alias, or of the machine if it is deployed in place
   */
  publish(alarm: Alarm): string {
    if (this.stage.rollout === 'in place') return this.machine.stateMachineArn;
    const version = new CfnStateMachineVersion(this, 'Version', {
      stateMachineArn: this.machine.stateMachineArn,
      // Publishes another version whenever the revision changes.
      stateMachineRevisionId: this.machine.stateMachineRevisionId,
    });
    version.applyRemovalPolicy(RemovalPolicy.RETAIN);
    const alias = new CfnStateMachineAlias(this, 'Live', {
      name: LIVE,
      deploymentPreference: {
        stateMachineVersionArn: version.attrArn,
        ...(this.stage.rollout === 'canary'
          ? { type: 'CANARY', percentage: 10, interval: 10, alarms: [alarm.alarmName] }
          : { type: 'ALL_AT_ONCE' }),
      },
    });
    return alias.attrArn;
  }

  private role(tasks: readonly ServiceFunction[]): Role {
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      inlinePolicies: {
        Observe: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: [
                'logs:CreateLogDelivery',
                'logs:GetLogDelivery',
                'logs:UpdateLogDelivery',
                'logs:DeleteLogDelivery',
                'logs:ListLogDeliveries',
                'logs:PutResourcePolicy',
                'logs:DescribeResourcePolicies',
                'logs:DescribeLogGroups',
                'xray:PutTraceSegments',
                'xray:PutTelemetryRecords',
                'xray:GetSamplingRules',
                'xray:GetSamplingTargets',
              ],
              resources: ['*'],
            }),
          ],
        }),
      },
    });
    // On the role's own resource, so that it does not cover the policy that names the functions.
    Validations.of(role.node.defaultChild ?? role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'Log delivery and X-Ray do not support resource-level permissions for these actions.',
    });
    role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: tasks.flatMap(({ arns }) => arns),
      }),
    );
    return role;
  }
}
