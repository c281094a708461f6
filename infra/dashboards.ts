import { Duration } from 'aws-cdk-lib';
import type { HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { type IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { FunctionMetrics } from './cloudwatch-metrics.ts';
import type { Stage } from './stages.ts';

export type DashboardsProps = {
  stage: Stage;
  api: HttpStage;
  table: Table;
  deadLetters: IQueue;
  machine: StateMachine;
  functions: readonly IFunction[];
  /** The function that publishes changes of the table as events. */
  publisher: IFunction;
  functionMetrics: FunctionMetrics;
  alarms: readonly Alarm[];
};

/** A third of a row, which has 24 columns. */
const THIRD = 8;
const hour = Duration.hours(1);
const five = Duration.minutes(5);

/** Two dashboards: one for the business, one for operations. Three per account are free. */
export class Dashboards extends Construct {
  constructor(scope: Construct, id: string, props: DashboardsProps) {
    super(scope, id);
    const { name } = props.stage;
    new Dashboard(this, 'Business', {
      dashboardName: `sim-fulfilment-${name}-business`,
      defaultInterval: Duration.days(14),
      widgets: business(props.functionMetrics),
    });
    new Dashboard(this, 'MachineRoom', {
      dashboardName: `sim-fulfilment-${name}-machine-room`,
      defaultInterval: hour,
      widgets: machineRoom(props),
    });
  }
}

function business(metrics: FunctionMetrics): IWidget[][] {
  const sum = { statistic: 'Sum', period: hour };
  const median = { statistic: Stats.percentile(50), period: Duration.days(1) };
  return [
    [
      graph('Orders, by operator and state reached', metrics.each('Orders', sum)),
      graph('Hours from order to active, by operator, daily median', metrics.each('HoursToActive', median)),
      graph(
        'Hours beyond the lead time, most overdue order',
        metrics.of('HoursBeyondLeadTime', { statistic: 'Maximum', period: hour }),
      ),
    ],
    [
      graph('SIMs succeeded, by action', metrics.each('SimsSucceeded', sum)),
      graph('SIMs failed, by action', metrics.each('SimsFailed', sum)),
      graph('Failures, by stage and code', metrics.each('StageFailures', sum)),
    ],
    [
      graph('SIMs in holding for too long, by operator', metrics.each('SimsWaitingInHolding', sum)),
      graph('Failed orders and operations, by code', metrics.each('RunsFailed', sum)),
      graph('Usage alarms fired', metrics.of('AlarmsFired', sum)),
    ],
    [
      graph(
        'Usage records, counted and not counted',
        metrics.of('UsageRecordsCounted', sum),
        metrics.of('UsageRecordsNotCounted', sum),
      ),
      graph(
        'Hours since all SIMs were visited, by purpose',
        metrics.each('HoursSinceAllVisited', { statistic: 'Maximum', period: hour }),
      ),
      graph(
        'Webhook events: published, delivered, failed attempts',
        metrics.of('EventsPublished', sum),
        metrics.of('EventsDelivered', sum),
        metrics.of('DeliveriesFailed', sum),
      ),
      graph(
        'Seconds from a change to its delivery',
        metrics.of('WebhookLag', { statistic: Stats.percentile(50), period: hour, label: 'p50' }),
        metrics.of('WebhookLag', { statistic: Stats.percentile(99), period: hour, label: 'p99' }),
      ),
    ],
  ];
}

function machineRoom({
  api,
  table,
  deadLetters,
  machine,
  functions,
  publisher,
  functionMetrics: metrics,
  alarms,
}: DashboardsProps): IWidget[][] {
  const sum = { statistic: 'Sum', period: five };
  const max = { statistic: 'Maximum', period: five };
  const p99 = { statistic: Stats.percentile(99), period: five };
  return [
    [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 3 * THIRD, height: 4 })],
    [
      graph('API', api.metricCount(sum), api.metricClientError(sum), api.metricServerError(sum)),
      graph(
        'API latency, milliseconds',
        api.metricLatency({ ...p99, statistic: Stats.percentile(50), label: 'p50' }),
        api.metricLatency({ ...p99, label: 'p99' }),
      ),
      graph('5xx, by route', metrics.each('ServerErrors', sum)),
    ],
    [
      graph('Requests, by route', metrics.each('Requests', sum)),
      graph('Function latency, milliseconds, by route, p99', metrics.each('Latency', p99)),
      graph('Journal entries lost', metrics.of('JournalEntriesLost', sum)),
    ],
    [
      graph('Function errors', ...functions.map((lambda) => lambda.metricErrors(sum))),
      graph('Function duration, milliseconds, p99', ...functions.map((lambda) => lambda.metricDuration(p99))),
      graph(
        'Concurrent executions and throttles of the account',
        LambdaFunction.metricAllConcurrentExecutions(max),
        LambdaFunction.metricAllThrottles(sum),
      ),
    ],
    [
      graph('Executions', machine.metricStarted(sum), machine.metricSucceeded(sum), machine.metricFailed(sum)),
      graph(
        'Table, capacity units',
        table.metricConsumedReadCapacityUnits(sum),
        table.metricConsumedWriteCapacityUnits(sum),
      ),
      graph(
        'Table, throttled writes',
        table.metricThrottledRequestsForOperation('UpdateItem', sum),
        table.metricThrottledRequestsForOperation('TransactWriteItems', sum),
      ),
    ],
    [
      graph('Operator calls, milliseconds, p99', metrics.each('OperatorLatency', p99)),
      graph('Operator calls, error rate', metrics.each('OperatorErrors', { statistic: 'Average', period: five })),
      graph('Waits for a turn at an operator', metrics.each('OperatorWaits', sum)),
      graph('SIMs that differ at their operator', metrics.of('SimsDiffering', sum)),
      graph('Seconds overdue when processed', metrics.each('PollLag', max)),
    ],
    [
      graph(
        'Background work',
        metrics.of('OrdersPolled', sum),
        metrics.of('RunsResumed', sum),
        metrics.of('AttemptsFailed', sum),
        metrics.of('AttemptsThrottled', sum),
        metrics.of('DeadLettered', sum),
      ),
      graph('Dead letters', deadLetters.metricApproximateNumberOfMessagesVisible(max)),
      graph('Age of the oldest unpublished change, milliseconds', publisher.metric('IteratorAge', max)),
    ],
  ];
}

function graph(title: string, ...left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: THIRD, leftYAxis: { min: 0, showUnits: false } });
}
