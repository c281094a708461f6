import { Stack } from 'aws-cdk-lib';
import { CfnAnomalyMonitor, CfnAnomalySubscription } from 'aws-cdk-lib/aws-ce';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Stage } from './stages.ts';

export type CostAnomaliesProps = {
  stage: Stage;
  /** The tag of all resources of the system. */
  tag: { key: string; value: string };
  /** Receives the notifications. */
  topic: Topic;
};

/** Above the cost of activating a million SIMs, from order to active: 16 US dollars (docs/performance.md). */
const ANOMALY_THRESHOLD_DOLLARS = 20;

/**
 * Notifies when AWS detects unusual costs of the system. Requires that the tag is a cost allocation tag of the account:
 * docs/operations.md. Monitors the tag, because an account can have only one monitor of all services, and new accounts already
 * have it. AWS rejects monitors of tags in member accounts of an organisation: use CostBudget there.
 */
export class CostAnomalies extends Construct {
  constructor(scope: Construct, id: string, { stage, tag, topic }: CostAnomaliesProps) {
    super(scope, id);
    const name = `sim-fulfilment-${stage.name}-CostIsUnusual`;
    const monitor = new CfnAnomalyMonitor(this, 'Monitor', {
      monitorName: name,
      monitorType: 'CUSTOM',
      monitorSpecification: JSON.stringify({ Tags: { Key: `user:${tag.key}`, Values: [tag.value] } }),
    });
    const policy = topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('costalerts.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    const subscription = new CfnAnomalySubscription(this, 'Subscription', {
      subscriptionName: name,
      monitorArnList: [monitor.attrMonitorArn],
      subscribers: [{ type: 'SNS', address: topic.topicArn }],
      // The only frequency that topics support.
      frequency: 'IMMEDIATE',
      thresholdExpression: JSON.stringify({
        Dimensions: {
          Key: 'ANOMALY_TOTAL_IMPACT_ABSOLUTE',
          MatchOptions: ['GREATER_THAN_OR_EQUAL'],
          Values: [String(ANOMALY_THRESHOLD_DOLLARS)],
        },
      }),
    });
    // AWS rejects the subscription unless the topic allows it to publish.
    if (policy.policyDependable) subscription.node.addDependency(policy.policyDependable);
  }
}
