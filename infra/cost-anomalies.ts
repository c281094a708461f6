import { Stack } from 'aws-cdk-lib';
import { CfnAnomalyMonitor, CfnAnomalySubscription } from 'aws-cdk-lib/aws-ce';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Stage } from './stages.ts';

export type CostAnomaliesProps = {
  stage: Stage;
  /** The tag on everything that costs, and its value. */
  tag: { key: string; value: string };
  /** Who is told. */
  topic: Topic;
};

/** A million SIMs from order to active cost 16 US dollars (docs/performance.md): a day with more than that unforeseen. */
const ANOMALY_THRESHOLD_DOLLARS = 20;

/**
 * Notifies when AWS finds that the system costs more than it should. Finds nothing before the tag is a cost allocation tag of
 * the account: docs/operations.md. By tag, because an account has one monitor of all services at most, and new accounts come
 * with it. AWS refuses monitors by tag in member accounts of an organisation: elsewhere, see CostBudget.
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
      // The only frequency that topics have.
      frequency: 'IMMEDIATE',
      thresholdExpression: JSON.stringify({
        Dimensions: {
          Key: 'ANOMALY_TOTAL_IMPACT_ABSOLUTE',
          MatchOptions: ['GREATER_THAN_OR_EQUAL'],
          Values: [String(ANOMALY_THRESHOLD_DOLLARS)],
        },
      }),
    });
    // It is refused when the topic does not let it in.
    if (policy.policyDependable) subscription.node.addDependency(policy.policyDependable);
  }
}
