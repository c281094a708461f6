import { Duration } from 'aws-cdk-lib';
import {
  Choice,
  Condition,
  Errors,
  Fail,
  IntegrationPattern,
  JsonPath,
  Map as MapState,
  Pass,
  type RetryProps,
  Succeed,
  TaskInput,
  type TaskStateBase,
  Timeout,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { addRetries, operatorUnavailable, operatorUnavailableDuringChange } from './fulfilment-retries.ts';
import type { WorkflowTask } from './functions/entries.ts';
import { LIVE, type ServiceFunction } from './functions/service-function.ts';
import type { Stage } from './stages.ts';

/** Far beyond any operator's lead time. Afterwards the order fails, and can be resumed. */
const maxDeliveryTime = Duration.days(90);

/** The order or operation of an execution. Tasks read everything else from the table. */
const subject = {
  kind: JsonPath.stringAt('$.kind'),
  partnerId: JsonPath.stringAt('$.partnerId'),
  id: JsonPath.stringAt('$.id'),
};

const order = { partnerId: subject.partnerId, id: subject.id };

const shard = {
  partnerId: JsonPath.stringAt('$.partnerId'),
  operationId: JsonPath.stringAt('$.operationId'),
  shard: JsonPath.numberAt('$.shard'),
};

/** Functions of releases without turns do not return the number. */
const waitsForTurn = Condition.and(
  Condition.isPresent('$.page.turnSeconds'),
  Condition.numberGreaterThan('$.page.turnSeconds', 0),
);

const goesTo = (target: string) => Condition.stringEquals('$.next.goTo', target);

/** The states of the state machine, as described by {@link FulfilmentMachine}. */
export class FulfilmentStates {
  private readonly scope: Construct;
  private readonly stage: Stage;
  private readonly tasks: Readonly<Record<WorkflowTask, ServiceFunction>>;
  private readonly recordFailure: LambdaInvoke;
  /** A choice has no catch: without a default branch, an unknown value would end the execution without recording the failure. */
  private readonly notUnderstood: Pass;
  private readonly finish: Succeed;

  constructor(scope: Construct, stage: Stage, tasks: Readonly<Record<WorkflowTask, ServiceFunction>>) {
    this.scope = scope;
    this.stage = stage;
    this.tasks = tasks;
    const failed = new Fail(scope, 'Failed', { errorPath: '$.error.Error', causePath: '$.error.Cause' });
    this.recordFailure = this.task('RecordFailure', tasks['record-failure'], {
      payload: { ...subject, error: JsonPath.objectAt('$.error') },
      resultPath: JsonPath.DISCARD,
    });
    this.recordFailure.addCatch(failed, { errors: [Errors.ALL], resultPath: JsonPath.DISCARD });
    this.recordFailure.next(failed);
    this.notUnderstood = new Pass(scope, 'NotUnderstood', {
      result: {
        value: { Error: 'NotUnderstood', Cause: 'No branch of the state machine matches the output of the task' },
      },
      resultPath: '$.error',
    });
    this.notUnderstood.next(this.recordFailure);
    this.finish = new Succeed(scope, 'Finish');
  }

  /** The first state: an order is submitted, and an operation selects its SIMs. */
  entrance(): Choice {
    const orderTasks = this.orderTasks();
    const selectSims = this.caught(
      this.task('SelectSims', this.tasks['select-sims'], { payload: order, resultPath: '$.next' }),
    );
    const nextStage = this.nextStage();
    this.connectOrderTasks(orderTasks, nextStage);
    selectSims.next(new Choice(this.scope, 'AllSelected').when(goesTo('select'), selectSims).otherwise(nextStage));
    this.stageStates(nextStage);
    return new Choice(this.scope, 'Entrance')
      .when(Condition.stringEquals('$.kind', 'order'), orderTasks.submitToOperator)
      .when(Condition.stringEquals('$.kind', 'operation'), selectSims)
      .otherwise(this.notUnderstood);
  }

  /** The tasks of an order before its first stage. */
  private orderTasks() {
    const submitToOperator = this.caught(
      this.task(
        'SubmitToOperator',
        this.tasks['submit-to-operator'],
        { payload: order, resultPath: '$.next' },
        operatorUnavailable,
      ),
    );
    const awaitDelivery = this.caught(this.awaitDelivery(this.tasks['await-delivery']));
    const receiveSims = this.caught(
      this.task(
        'ReceiveSims',
        this.tasks['receive-sims'],
        { payload: order, resultPath: '$.next' },
        operatorUnavailable,
      ),
    );
    return { submitToOperator, awaitDelivery, receiveSims };
  }

  private connectOrderTasks(
    { submitToOperator, awaitDelivery, receiveSims }: ReturnType<FulfilmentStates['orderTasks']>,
    nextStage: LambdaInvoke,
  ): void {
    submitToOperator.next(
      new Choice(this.scope, 'AfterSubmit')
        .when(goesTo('await'), awaitDelivery)
        .when(goesTo('receive'), receiveSims)
        .when(goesTo('stages'), nextStage)
        .when(goesTo('end'), this.finish)
        .otherwise(this.notUnderstood),
    );
    awaitDelivery.next(
      new Choice(this.scope, 'AfterDelivery')
        .when(goesTo('receive'), receiveSims)
        .when(goesTo('end'), this.finish)
        .otherwise(this.notUnderstood),
    );
    receiveSims.next(new Choice(this.scope, 'AllReceived').when(goesTo('receive'), receiveSims).otherwise(nextStage));
  }

  /** The task that chooses the next stage of an order or operation. */
  private nextStage(): LambdaInvoke {
    return this.caught(
      this.task('NextStage', this.tasks['next-stage'], {
        payload: {
          ...subject,
          stageRuns: JsonPath.numberAt('$.work.stageRuns'),
          stateMachineArn: JsonPath.stateMachineId,
          execution: JsonPath.executionName,
          confirms: true,
          ...(this.stage.rollout !== 'in place' && { alias: LIVE }),
        },
        resultPath: '$.work',
      }),
    );
  }

  /** The stages. Each leads back to the task that chooses the next one. */
  private stageStates(nextStage: LambdaInvoke): void {
    const stages = {
      migrate: this.caught(this.pagedShards('Migrate', this.tasks.migrate)),
      assign: this.caught(this.pagedShards('Assign', this.tasks.assign)),
      activate: this.caught(this.pagedShards('Activate', this.tasks.activate)),
      change: this.caught(this.pagedShards('Change', this.tasks.change, operatorUnavailableDuringChange)),
      confirm: this.caught(this.confirmedShards(this.tasks['confirm-activation'])),
    };
    const whichStage = new Choice(this.scope, 'WhichStage');
    for (const [name, state] of Object.entries(stages)) {
      whichStage.when(Condition.stringEquals('$.work.stage', name), state);
      state.next(nextStage);
    }
    nextStage.next(
      whichStage.when(Condition.stringEquals('$.work.stage', 'none'), this.finish).otherwise(this.notUnderstood),
    );
  }

  /** Records every error of a state with the order or operation. */
  private caught<State extends TaskStateBase | MapState>(state: State): State {
    state.addCatch(this.recordFailure, { errors: [Errors.ALL], resultPath: '$.error' });
    return state;
  }

  /** Passes the task token to a function that stores it with the order, and waits until the token is answered. */
  private awaitDelivery({ invoked }: ServiceFunction): LambdaInvoke {
    const state = new LambdaInvoke(this.scope, 'AwaitDelivery', {
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
        new Choice(this.scope, `${verb}More`)
          .when(Condition.booleanEquals('$.page.done', true), new Succeed(this.scope, `${verb}Done`))
          .when(waitsForTurn, this.turnPause(verb).next(page))
          .otherwise(page),
      ),
    );
  }

  /** Asks the operator which SIMs of each shard it has changed, with growing pauses that the task determines. */
  private confirmedShards(lambda: ServiceFunction): MapState {
    const confirm = this.task('Confirm', lambda, {
      payload: {
        ...shard,
        round: JsonPath.numberAt('$.page.round'),
        from: JsonPath.numberAt('$.page.from'),
        waiting: JsonPath.numberAt('$.page.waiting'),
        page: JsonPath.objectAt('$.page'),
        execution: JsonPath.executionName,
      },
      resultPath: '$.page',
    });
    const pause = new Wait(this.scope, 'ConfirmPause', { time: WaitTime.secondsPath('$.page.waitSeconds') });
    return this.shards('ConfirmChanges', { round: 0, from: 0, waiting: 0 }).itemProcessor(
      confirm.next(
        new Choice(this.scope, 'ConfirmMore')
          .when(Condition.booleanEquals('$.page.done', true), new Succeed(this.scope, 'ConfirmDone'))
          .when(waitsForTurn, this.turnPause('Confirm').next(confirm))
          .otherwise(pause.next(confirm)),
      ),
    );
  }

  /** Waits until an operator that serves others first takes calls again. */
  private turnPause(verb: string): Wait {
    return new Wait(this.scope, `${verb}TurnPause`, {
      // The local cloud does not scale this pause: operators count their limits in real time.
      comment: 'real time',
      time: WaitTime.secondsPath('$.page.turnSeconds'),
    });
  }

  private shards(id: string, firstPage: Readonly<Record<string, number>>): MapState {
    return new MapState(this.scope, id, {
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
    const state = new LambdaInvoke(this.scope, id, {
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
