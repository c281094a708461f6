import { Stack } from 'aws-cdk-lib';
import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Stage } from './stages.ts';

export type CostBudgetProps = {
  stage: Stage;
  /** The monthly budget in US dollars. */
  monthlyDollars: number;
  /** Receives the notifications. */
  topic: Topic;
};

/**
 * Notifies when a month costs more than its budget, and as soon as AWS forecasts that it will. Counts everything in the account:
 * costs by tag are counted only once the management account of the organisation has made the tag a cost allocation tag.
 */
export class CostBudget extends Construct {
  constructor(scope: Construct, id: string, { stage, monthlyDollars, topic }: CostBudgetProps) {
    super(scope, id);
    const policy = topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('budgets.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    const budget = new CfnBudget(this, 'Budget', {
      budget: {
        budgetName: `sim-fulfilment-${stage.name}-CostIsOverBudget`,
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: monthlyDollars, unit: 'USD' },
      },
      notificationsWithSubscribers: ['ACTUAL', 'FORECASTED'].map((notificationType) => ({
        notification: {
          notificationType,
          comparisonOperator: 'GREATER_THAN',
          threshold: 100,
          thresholdType: 'PERCENTAGE',
        },
        subscribers: [{ subscriptionType: 'SNS', address: topic.topicArn }],
      })),
    });
    // AWS rejects the budget unless the topic allows it to publish.
    if (policy.policyDependable) budget.node.addDependency(policy.policyDependable);
  }
}
