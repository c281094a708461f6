import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  CfnStateMachineAlias,
  CfnStateMachineVersion,
  Choice,
  Condition,
  DefinitionBody,
  Errors,
  Fail,
  IntegrationPattern,
  JitterType,
  JsonPath,
  LogLevel,
  Map as MapState,
  Pass,
  type RetryProps,
  StateMachine,
  StateMachineType,
  Succeed,
  TaskInput,
  type TaskStateBase,
  Timeout,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import type { WorkflowTask } from './functions/entries.ts';
import { LIVE, type ServiceFunction } from './functions/service-function.ts';
import { stackSuffix } from './stack-suffix.ts';
import type { Stage } from './stages.ts';

/** Far beyond any operator's lead time. Afterwards the order fails, and can be resumed. */
const maxDeliveryTime = Duration.days(90);

/**
 * Throttling, by the account's concurrency or a table that is scaling up. It ends without action, so the task is retried for
 * about four hours, after the task itself has retried for half a minute.
 */
const throttled: RetryProps = {
  errors: [
    'Lambda.TooManyRequestsException',
    'ThrottlingException',
    'ThrottledException',
    'TooManyRequestsException',
    'RequestLimitExceeded',
    'ProvisionedThroughputExceededException',
    'TransactionCanceledException',
    'TransactionConflictException',
    'TransactionInProgressException',
  ],
  interval: Duration.seconds(5),
  backoffRate: 2,
  maxDelay: Duration.minutes(5),
  maxAttempts: 99,
  jitterStrategy: JitterType.FULL,
};

/** Errors that pass within minutes. Full jitter, so that sixteen shards do not retry at the same time. */
const transient: RetryProps = {
  errors: [
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'OperatorUnavailable',
    'InternalServerError',
    'TimeoutError',
  ],
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxDelay: Duration.minutes(5),
  maxAttempts: 8,
  jitterStrategy: JitterType.FULL,
};

/** An operator that is unavailable for days. Submitting an order and receiving its SIMs can wait. */
const operatorUnavailable: RetryProps = {
  errors: ['OperatorUnavailable'],
  interval: Duration.minutes(1),
  backoffRate: 2,
  maxDelay: Duration.hours(6),
  maxAttempts: 60,
  jitterStrategy: JitterType.FULL,
};

/** An operator that is unavailable while SIMs are changed. After a day, the task itself fails the SIMs. */
const operatorUnavailableDuringChange: RetryProps = {
  ...operatorUnavailable,
  interval: Duration.seconds(5),
  maxDelay: Duration.hours(1),
  maxAttempts: 99,
};

/** Unexpected errors, including crashes and time-outs of a function. They are retried a few times. */
const unexpected: RetryProps = {
  errors: [Errors.TASKS_FAILED],
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxAttempts: 3,
  jitterStrategy: JitterType.FULL,
};

/** The order or operation of an execution. Tasks read everything else from the table. */
const subject = {
  kind: JsonPath.stringAt('$.kind'),
  partnerId: JsonPath.stringAt('$.partnerId'),
  id: JsonPath.stringAt('$.id'),
};

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
      definitionBody: DefinitionBody.fromChainable(this.definition(tasks)),
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

  private definition(tasks: Readonly<Record<WorkflowTask, ServiceFunction>>): Choice {
    const failed = new Fail(this, 'Failed', { errorPath: '$.error.Error', causePath: '$.error.Cause' });
    const recordFailure = this.task('RecordFailure', tasks['record-failure'], {
      payload: { ...subject, error: JsonPath.objectAt('$.error') },
      resultPath: JsonPath.DISCARD,
    });
    recordFailure.addCatch(failed, { errors: [Errors.ALL], resultPath: JsonPath.DISCARD });
    recordFailure.next(failed);

    const caught = <State extends TaskStateBase | MapState>(state: State): State => {
      state.addCatch(recordFailure, { errors: [Errors.ALL], resultPath: '$.error' });
      return state;
    };
    // A choice has no catch: without a default branch, an unknown value would end the execution without recording it with the order.
    const notUnderstood = new Pass(this, 'NotUnderstood', {
      result: {
        value: { Error: 'NotUnderstood', Cause: 'No branch of the state machine matches the output of the task' },
      },
      resultPath: '$.error',
    });
    notUnderstood.next(recordFailure);

    const finish = new Succeed(this, 'Finish');
    const submitToOperator = caught(
      this.task(
        'SubmitToOperator',
        tasks['submit-to-operator'],
        { payload: order, resultPath: '$.next' },
        operatorUnavailable,
      ),
    );
    const awaitDelivery = caught(this.awaitDelivery(tasks['await-delivery']));
    const receiveSims = caught(
      this.task('ReceiveSims', tasks['receive-sims'], { payload: order, resultPath: '$.next' }, operatorUnavailable),
    );
    const selectSims = caught(this.task('SelectSims', tasks['select-sims'], { payload: order, resultPath: '$.next' }));
    const nextStage = caught(
      this.task('NextStage', tasks['next-stage'], {
        payload: {
          ...subject,
          stageRuns: JsonPath.numberAt('$.work.stageRuns'),
          stateMachineArn: JsonPath.stateMachineId,
          execution: JsonPath.executionName,
          ...(this.stage.rollout !== 'in place' && { alias: LIVE }),
        },
        resultPath: '$.work',
      }),
    );

    const goesTo = (target: string) => Condition.stringEquals('$.next.goTo', target);
    submitToOperator.next(
      new Choice(this, 'AfterSubmit')
        .when(goesTo('await'), awaitDelivery)
        .when(goesTo('receive'), receiveSims)
        .when(goesTo('stages'), nextStage)
        .when(goesTo('end'), finish)
        .otherwise(notUnderstood),
    );
    awaitDelivery.next(
      new Choice(this, 'AfterDelivery')
        .when(goesTo('receive'), receiveSims)
        .when(goesTo('end'), finish)
        .otherwise(notUnderstood),
    );
    receiveSims.next(new Choice(this, 'AllReceived').when(goesTo('receive'), receiveSims).otherwise(nextStage));
    selectSims.next(new Choice(this, 'AllSelected').when(goesTo('select'), selectSims).otherwise(nextStage));

    const confirmActivation = caught(this.confirmedShards(tasks['confirm-activation']));
    const stages = {
      migrate: caught(this.pagedShards('Migrate', tasks.migrate)),
      assign: caught(this.pagedShards('Assign', tasks.assign)),
      activate: caught(this.pagedShards('Activate', tasks.activate)),
      change: caught(this.pagedShards('Change', tasks.change, operatorUnavailableDuringChange)),
    };
    stages.migrate.next(nextStage);
    stages.assign.next(nextStage);
    stages.activate.next(confirmActivation).next(nextStage);
    stages.change.next(nextStage);
    const whichStage = new Choice(this, 'WhichStage');
    for (const [name, state] of Object.entries(stages)) {
      whichStage.when(Condition.stringEquals('$.work.stage', name), state);
    }
    nextStage.next(whichStage.when(Condition.stringEquals('$.work.stage', 'none'), finish).otherwise(notUnderstood));

    return new Choice(this, 'Entrance')
      .when(Condition.stringEquals('$.kind', 'order'), submitToOperator)
      .when(Condition.stringEquals('$.kind', 'operation'), selectSims)
      .otherwise(notUnderstood);
  }

  /** Passes the task token to a function that stores it with the order, and waits until the token is answered. */
  private awaitDelivery({ invoked }: ServiceFunction): LambdaInvoke {
    const state = new LambdaInvoke(this, 'AwaitDelivery', {
      lambdaFunction: invoked,
      integrationPattern: IntegrationPattern.WAIT_FOR_TASK_TOKEN,
      payload: TaskInput.fromObject({ ...order, taskToken: JsonPath.taskToken }),
      taskTimeout: Timeout.duration(maxDeliveryTime),
      resultPath: '$.next',
      retryOnServiceExceptions: false,
    });
    return addRetries(state);
  }

  /**
   * Processes the shards of a stage concurrently, and the pages of a shard one after another. Each page returns whether it was the
   * last, and where the next one starts.
   */
  private pagedShards(verb: string, lambda: ServiceFunction, ...firstRetries: RetryProps[]): MapState {
    const payload = { ...shard, from: JsonPath.numberAt('$.page.from'), turn: JsonPath.numberAt('$.page.turn') };
    const page = this.task(`${verb}Page`, lambda, { payload, resultPath: '$.page' }, ...firstRetries);
    return this.shards(`${verb}Sims`, { from: 0, turn: 1 }).itemProcessor(
      page.next(
        new Choice(this, `${verb}More`)
          .when(Condition.booleanEquals('$.page.done', true), new Succeed(this, `${verb}Done`))
          .otherwise(page),
      ),
    );
  }

  /** Asks the operator which SIMs of each shard are active, with growing pauses that the task determines. */
  private confirmedShards(lambda: ServiceFunction): MapState {
    const confirm = this.task('Confirm', lambda, {
      payload: {
        ...shard,
        round: JsonPath.numberAt('$.page.round'),
        from: JsonPath.numberAt('$.page.from'),
        waiting: JsonPath.numberAt('$.page.waiting'),
      },
      resultPath: '$.page',
    });
    const pause = new Wait(this, 'ConfirmPause', { time: WaitTime.secondsPath('$.page.waitSeconds') });
    return this.shards('ConfirmActivation', { round: 0, from: 0, waiting: 0 }).itemProcessor(
      confirm.next(
        new Choice(this, 'ConfirmMore')
          .when(Condition.booleanEquals('$.page.done', true), new Succeed(this, 'ConfirmDone'))
          .otherwise(pause.next(confirm)),
      ),
    );
  }

  private shards(id: string, firstPage: Readonly<Record<string, number>>): MapState {
    return new MapState(this, id, {
      itemsPath: '$.work.shards',
      itemSelector: {
        partnerId: JsonPath.stringAt('$.partnerId'),
        operationId: JsonPath.stringAt('$.work.operationId'),
        shard: JsonPath.numberAt('$$.Map.Item.Value.shard'),
        page: firstPage,
      },
      maxConcurrency: this.stage.concurrency.shards,
      resultPath: JsonPath.DISCARD,
    });
  }

  private task(
    id: string,
    { invoked }: ServiceFunction,
    io: { payload: Readonly<Record<string, unknown>>; resultPath: string },
    ...firstRetries: RetryProps[]
  ): LambdaInvoke {
    const state = new LambdaInvoke(this, id, {
      lambdaFunction: invoked,
      payload: TaskInput.fromObject(io.payload),
      payloadResponseOnly: true,
      resultPath: io.resultPath,
      // No time-out: that of the function is shorter.
      retryOnServiceExceptions: false,
    });
    return addRetries(state, ...firstRetries);
  }
}

const order = { partnerId: subject.partnerId, id: subject.id };

const shard = {
  partnerId: JsonPath.stringAt('$.partnerId'),
  operationId: JsonPath.stringAt('$.operationId'),
  shard: JsonPath.numberAt('$.shard'),
};

/** Step Functions uses the first retrier that matches the error, so the specific ones come first. */
function addRetries(state: LambdaInvoke, ...first: RetryProps[]): LambdaInvoke {
  for (const retry of [...first, throttled, transient, unexpected]) state.addRetry(retry);
  return state;
}
