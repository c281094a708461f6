import { Duration, Stack } from 'aws-cdk-lib';
import type { HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type Alias, type IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { seedOperators } from '../domain/operator.ts';
import { walkPurposes } from '../domain/sim-walk.ts';
import type { FunctionMetrics } from './cloudwatch-metrics.ts';
import { runbookPage } from './runbook.ts';
import type { Stage } from './stages.ts';

export type AlarmsProps = {
  stage: Stage;
  api: HttpStage;
  table: Table;
  deadLetters: IQueue;
  machine: StateMachine;
  /** The function that publishes changes of the table as events. */
  publisher: IFunction;
  /** Functions whose new version first gets only a part of the calls. */
  canaries: readonly { name: string; live: Alias }[];
  functionMetrics: FunctionMetrics;
};

type AlarmDefinition = {
  metric: IMetric;
  /** The alarm fires at this value and above. */
  threshold: number;
  /** What the alarm means, and why it has this threshold: a sentence for the person on call. */
  description: string;
  /** How many of the latest periods must reach the threshold; 1 of 1 when omitted. */
  periods?: { breaching: number; of: number };
  /** Distinguishes alarms of the same name. */
  suffix?: string;
};

const five = Duration.minutes(5);

/** The operations that functions call on the table. CloudWatch counts throttled requests per operation. */
const tableOperations = [
  'GetItem',
  'BatchGetItem',
  'Query',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'TransactWriteItems',
] as const;

/**
 * The alarms of a stage. Each notifies the topic, to which the person on call subscribes, and links to its page in docs/runbook.md.
 *
 * CloudWatch charges 0.10 US dollars a month for each metric of an alarm (https://aws.amazon.com/cloudwatch/pricing/). So alarms
 * watch totals wherever possible, not each function or route.
 */
export class Alarms extends Construct {
  readonly topic: Topic;
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { stage } = props;
    this.topic = this.createTopic(stage);
    this.all = Object.entries(alarmDefinitions(props)).flatMap(([name, alarms]) =>
      [alarms].flat().map((alarm) => this.alarm(`sim-fulfilment-${stage.name}`, name, alarm)),
    );
  }

  /** Returns the alarm with this name. @throws Error when no alarm, or more than one, has it. */
  getAlarm(name: string): Alarm {
    const found = this.node.tryFindChild(name);
    if (!(found instanceof Alarm)) throw new Error(`No alarm is named ${name}`);
    return found;
  }

  private alarm(prefix: string, name: string, { suffix, ...alarm }: AlarmDefinition): Alarm {
    const { breaching, of } = alarm.periods ?? { breaching: 1, of: 1 };
    const fullName = suffix === undefined ? name : `${name}-${suffix}`;
    const created = new Alarm(this, fullName, {
      alarmName: `${prefix}-${fullName}`,
      alarmDescription: `${alarm.description} ${runbookPage(name)}`,
      metric: alarm.metric,
      threshold: alarm.threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: of,
      datapointsToAlarm: breaching,
      // Metrics are published only when there is something to measure: no data means no problem.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    created.addAlarmAction(new SnsAction(this.topic));
    return created;
  }

  private createTopic({ alarmEmail }: Stage): Topic {
    const topic = new Topic(this, 'Topic', { enforceSSL: true });
    // A topic with a custom policy loses the default one, which lets the account's alarms publish.
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    if (alarmEmail !== undefined) {
      topic.addSubscription(new EmailSubscription(alarmEmail));
    }
    return topic;
  }
}

/** The alarms by name. docs/runbook.md has a page for each. */
function alarmDefinitions(props: AlarmsProps): Readonly<Record<string, AlarmDefinition | AlarmDefinition[]>> {
  const { api, table, deadLetters, machine, publisher, canaries, functionMetrics: metrics } = props;
  return {
    ApiFails: {
      metric: api.metricServerError({ statistic: 'Sum', period: five }),
      // A single 5xx may be a broken connection, or an operator that did not answer a cancellation.
      threshold: 5,
      description: 'The API answered five requests with 5xx within five minutes, too many to be a coincidence.',
    },
    ApiIsSlow: {
      metric: api.metricLatency({ statistic: Stats.percentile(99), period: five }),
      // Longer than a cold start. A cancellation waits up to six seconds for its operator, and with little traffic a single cancellation
      // is the 99th percentile. Therefore the latency must last a quarter of an hour.
      threshold: 3_000,
      periods: { breaching: 3, of: 3 },
      description: 'One request in a hundred took three seconds or more, for a quarter of an hour.',
    },
    FunctionsAreThrottled: {
      // All functions in the account, because they share its concurrency.
      metric: LambdaFunction.metricAllThrottles({ statistic: 'Sum', period: five }),
      threshold: 1,
      periods: { breaching: 3, of: 3 },
      description:
        'Lambda throttled invocations for a quarter of an hour, longer than a burst: the account is at its concurrency limit.',
    },
    TableIsThrottled: {
      metric: throttledRequests(table),
      // A bulk operation on a small table is throttled for up to half an hour, until DynamoDB has split its partitions. Nothing is lost:
      // docs/scale.md. An hour of throttling has another cause.
      threshold: 100,
      periods: { breaching: 12, of: 12 },
      description:
        'DynamoDB throttled a hundred requests in every five minutes of an hour: splitting partitions does not resolve it.',
    },
    DeadLettersWait: {
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: five }),
      threshold: 1,
      description: 'All attempts to process an event failed. Investigate every one.',
    },
    ExecutionsFail: {
      metric: machine.metricFailed({ statistic: 'Sum', period: five }),
      threshold: 1,
      description: 'An order or operation failed, which its partner can see. Investigate every one.',
    },
    WorkIsDeadLettered: {
      metric: metrics.of('DeadLettered', { statistic: 'Sum', period: five }),
      threshold: 1,
      description: 'Background work failed twelve times and was dead-lettered. It is not retried until it is redriven.',
    },
    AttemptsFail: {
      metric: metrics.of('AttemptsFailed', { statistic: 'Sum', period: five }),
      // A single broken item fails once a minute at most.
      threshold: 10,
      description: 'Ten attempts at background work failed within five minutes: a shared cause is likely.',
    },
    EventsAreLate: {
      metric: publisher.metric('IteratorAge', { statistic: 'Maximum', period: five }),
      // Normally, events reach their webhooks within a minute or two.
      threshold: Duration.minutes(10).toMilliseconds(),
      description:
        'Changes of the table have waited ten minutes to be published as events, which normally takes a second or two.',
    },
    OrdersAreLate: {
      metric: metrics.of('HoursBeyondLeadTime', { statistic: 'Maximum', period: Duration.hours(1) }),
      // A delivery that is due on a Friday may arrive on Monday. Each order is polled at least every eight hours.
      threshold: 48,
      periods: { breaching: 1, of: 8 },
      description: 'The most overdue order is two days beyond its lead time, longer than a weekend.',
    },
    WalksAreLate: lateWalks(metrics),
    SimsDiffer: {
      metric: metrics.of('SimsDiffering', { statistic: 'Sum', period: Duration.hours(1) }),
      // A few are settled one by one. Many at once have a common cause.
      threshold: 20,
      description: 'Within an hour, twenty SIMs or more were found to differ at their operators.',
    },
    NewVersionFails: canaries.map(({ name, live }) => ({
      suffix: name,
      metric: failuresOfNewest(live),
      // The API's functions answer expected errors, so this counts crashes and time-outs.
      threshold: 1,
      description: 'A function of the API crashed or timed out in the latest version.',
    })),
    OperatorIsDown: seedOperators.map(({ id: operator }) => ({
      suffix: operator,
      metric: metrics.of('OperatorErrors', { statistic: 'Average', period: Duration.minutes(15) }, { operator }),
      // An outage of minutes needs no action. Over three hours, because every operator is asked for usage every two hours.
      threshold: 0.5,
      periods: { breaching: 2, of: 12 },
      description: `Half of the calls to ${operator} failed, in two quarter hours within three hours.`,
    })),
  };
}

function lateWalks(metrics: AlarmsProps['functionMetrics']): AlarmDefinition[] {
  return walkPurposes.map((purpose) => ({
    suffix: purpose,
    metric: metrics.of('HoursSinceAllVisited', { statistic: 'Maximum', period: Duration.hours(1) }, { purpose }),
    // Walks start often enough to visit each SIM within 24 hours, unless one takes much longer. Some hours more for an outage.
    threshold: 30,
    description: 'A SIM may not have been visited for 30 hours in the walks over all SIMs of an operator.',
  }));
}

/**
 * The errors of the new version, while an alias routes to two versions:
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
function failuresOfNewest({ lambda, aliasName, version }: Alias): Metric {
  return new Metric({
    namespace: 'AWS/Lambda',
    metricName: 'Errors',
    dimensionsMap: {
      FunctionName: lambda.functionName,
      Resource: `${lambda.functionName}:${aliasName}`,
      ExecutedVersion: version.version,
    },
    statistic: 'Sum',
    period: Duration.minutes(1),
  });
}

function throttledRequests(table: Table): MathExpression {
  const operations = tableOperations.map((operation) => [
    operation.charAt(0).toLowerCase() + operation.slice(1),
    table.metricThrottledRequestsForOperation(operation, { statistic: 'Sum', period: five }),
  ]);
  const usingMetrics: Record<string, IMetric> = Object.fromEntries(operations);
  return new MathExpression({ expression: `SUM([${Object.keys(usingMetrics)}])`, usingMetrics, period: five });
}
