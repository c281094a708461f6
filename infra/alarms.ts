import { Duration, Validations } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

export type AlarmsProps = {
  deadLetters: IQueue;
  machine: StateMachine;
  /** What makes events of the table's changes. */
  publisher: IFunction;
  /** Where functions publish what they count. */
  metrics: { namespace: string; service: string };
};

/** Events are at their webhooks within a minute or two, as long as nothing is wrong. */
const LATE = Duration.minutes(10);

/** What somebody has to look at: each tells the topic, to which whoever is on call subscribes. docs/operations.md. */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, { deadLetters, machine, publisher, metrics }: AlarmsProps) {
    super(scope, id);
    const topic = new Topic(this, 'Topic', { enforceSSL: true });
    Validations.of(topic).acknowledge({
      id: 'AwsSolutions-SNS2',
      reason: 'An alarm says its name and its threshold, nothing of a partner; a key of its own would only cost.',
    });
    const counted = (metricName: string) =>
      new Metric({
        namespace: metrics.namespace,
        metricName,
        dimensionsMap: { service: metrics.service },
        statistic: 'Sum',
        period: Duration.minutes(5),
      });
    const alarm = (name: string, metric: IMetric, description: string, threshold = 1) => {
      const made = new Alarm(this, name, {
        metric,
        threshold,
        evaluationPeriods: 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
        alarmDescription: description,
      });
      made.addAlarmAction(new SnsAction(topic));
    };
    alarm(
      'DeadLettersWait',
      deadLetters.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: 'Maximum' }),
      'A schedule could not do its work, not even when it was tried again',
    );
    alarm(
      'ExecutionsFail',
      machine.metricFailed({ period: Duration.minutes(5) }),
      'An order or an operation failed: npm run redrive tells which, and why',
    );
    alarm('WorkIsSetAside', counted('SetAside'), 'Something that is due cannot be worked: npm run redrive tells what');
    alarm(
      'EventsAreLate',
      publisher.metric('IteratorAge', { period: Duration.minutes(5), statistic: 'Maximum' }),
      'Changes of the table wait to become events: one of them breaks what makes events of it, or it is too slow',
      LATE.toMilliseconds(),
    );
    alarm('LooksFail', counted('LooksFailed'), 'Much that is due cannot be looked at: something is broken', 10);
  }
}
