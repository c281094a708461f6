import { type Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export type SchedulesProps = {
  deadLetters: IQueue;
  scheduled: readonly { name: string; description: string; every: Duration; lambda: IFunction }[];
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

    for (const { name, description, every, lambda } of scheduled) {
      new Schedule(this, name, {
        description,
        schedule: ScheduleExpression.rate(every),
        target: new LambdaInvoke(lambda, {
          role: role.withoutPolicyUpdates(),
          retryAttempts: 3,
          maxEventAge: every,
          deadLetterQueue: deadLetters,
        }),
      });
    }
  }
}
