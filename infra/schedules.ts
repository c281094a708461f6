import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { scheduleEntries } from './functions/entries.ts';
import type { Stage } from './stages.ts';

export type SchedulesProps = {
  deadLetters: IQueue;
  scheduled: readonly (Pick<ScheduleRow, 'name' | 'description' | 'every' | 'input'> & { lambda: IFunction })[];
};

/** The schedules. A run that cannot be delivered before the next one is due goes to the dead-letter queue. */
export class Schedules extends Construct {
  constructor(scope: Construct, id: string, props: SchedulesProps) {
    super(scope, id);
    const { deadLetters, scheduled } = props;

    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: scheduled.map(({ lambda }) => lambda.functionArn),
      }),
    );
    role.addToPrincipalPolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] }));

    for (const { name, description, every, input, lambda } of scheduled) {
      new Schedule(this, name, {
        description,
        schedule: ScheduleExpression.rate(every),
        target: new LambdaInvoke(lambda, {
          role: role.withoutPolicyUpdates(),
          ...(input === undefined ? {} : { input: ScheduleTargetInput.fromObject(input) }),
          retryAttempts: 3,
          maxEventAge: every,
          deadLetterQueue: deadLetters,
        }),
      });
    }
  }
}

/** Operators report usage by hour: two hours of a SIM's usage are one write. Cost: docs/data-model.md. */
const usageRate = Duration.hours(2);

/**
 * A schedule: its name, the entry file of its function, description and rate. `wholeCore` gives the function a whole core; `input` is the
 * event that it gets.
 */
export type ScheduleRow = {
  name: string;
  entry: string;
  description: string;
  every: Duration;
  wholeCore?: true;
  input?: Readonly<Record<string, boolean>>;
};

/** The schedules of a stage. */
export function scheduleRows({ pollEveryMinutes }: Stage, hasOwnUsers: boolean): ScheduleRow[] {
  const rows: ScheduleRow[] = [
    {
      name: 'PollOrders',
      entry: scheduleEntries.pollOrders,
      description: 'Polls operators for the state of due orders',
      every: Duration.minutes(pollEveryMinutes),
    },
    {
      name: 'Sweep',
      entry: scheduleEntries.sweep,
      description: 'Starts due operations and executions that did not start, and resumes those that stopped',
      // Scheduled operations start within a minute of their time.
      every: Duration.minutes(1),
    },
    {
      name: 'LateChanges',
      entry: scheduleEntries.lateChanges,
      description: 'Polls operators for changes of SIMs that were not confirmed in time',
      every: Duration.hours(1),
    },
    {
      name: 'WatchHolding',
      entry: scheduleEntries.watchHolding,
      description: 'Notifies partners of SIMs that stay in holding for too long',
      every: Duration.hours(1),
    },
    {
      name: 'CollectUsage',
      entry: scheduleEntries.collectUsage,
      description: 'Collects usage from operators',
      every: usageRate,
      wholeCore: true,
    },
    {
      name: 'WalkSims',
      entry: scheduleEntries.walkSims,
      description:
        'Continues to ask operators for the usage of each SIM, where they report totals, and to compare each SIM',
      // As often as a run may take: a walk over a large fleet is only interrupted by the time-out.
      every: Duration.minutes(5),
    },
    {
      name: 'CompareSims',
      entry: scheduleEntries.walkSims,
      description: 'Starts to compare each SIM with its operator',
      input: { startsComparisons: true },
      // Every SIM is compared within 24 hours even if one walk takes four hours longer than the one before.
      every: Duration.hours(20),
    },
    {
      name: 'DeliverWebhooks',
      entry: scheduleEntries.deliverWebhooks,
      description: 'Delivers queued events to webhooks',
      every: Duration.minutes(1),
      // Signs and encrypts hundreds of requests per second when events of a whole fleet are pending.
      wholeCore: true,
    },
    {
      name: 'SyncUsers',
      entry: scheduleEntries.syncUsers,
      description: 'Repairs the copies of users in the table from the user pool',
      // How long lists may show a user as before a change in the pool itself.
      every: Duration.hours(1),
    },
  ];
  return rows.filter(({ entry }) => hasOwnUsers || entry !== scheduleEntries.syncUsers);
}
