import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { Canaries } from './canaries.ts';
import { Alarms, type AlarmsProps } from './cloudwatch-alarms.ts';
import { FunctionMetrics } from './cloudwatch-metrics.ts';
import { CostAnomalies } from './cost-anomalies.ts';
import { CostBudget } from './cost-budget.ts';
import { Dashboards } from './dashboards.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { EventsOfTable } from './events-of-table.ts';
import { FulfilmentMachine } from './fulfilment-machine.ts';
import {
  docsEntry,
  publishEntry,
  type Resources,
  taskEntry,
  type WorkflowTask,
  workflowTasks,
} from './functions/entries.ts';
import { FunctionSet, type FunctionSetProps } from './functions/function-set.ts';
import { metricsNamespace, SERVICE, type ServiceFunction } from './functions/service-function.ts';
import { HttpApi } from './http-api.ts';
import { type ScheduleRow, Schedules, scheduleRows } from './schedules.ts';
import type { Stage } from './stages.ts';

export type ServiceStackProps = StackProps & FunctionSetProps & { resources: Resources };

/** Below API Gateway's time-out of 30 seconds. */
const apiTimeout = Duration.seconds(28);
/** A task stops shortly before its time-out and returns where to continue. */
const taskTimeout = Duration.minutes(2);
/**
 * A whole core: a task with 32 writes in flight is busy signing them. A third of a core would cost the same and take three
 * times as long. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
const wholeCoreMb = 1769;
const scheduleTimeout = Duration.minutes(5);
const publishTimeout = Duration.minutes(1);

/** The stateless stack, which any release can recreate: functions, HTTP API, state machine, schedules. */
export class ServiceStack extends Stack {
  readonly apiUrl: CfnOutput;
  readonly apiId: string;

  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, props);
    const { stage, users, table } = props;
    const deadLetters = new DeadLetterQueue(this, 'DeadLetters');
    const functions = new FunctionSet(this, props);
    const fulfilment = new FulfilmentMachine(this, 'Fulfilment', { stage, tasks: createTasks(functions) });
    const api = this.createApi(props, functions);
    new Schedules(this, 'Schedules', {
      deadLetters,
      scheduled: scheduleRows(stage, users !== undefined).map((row) => createScheduled(row, functions, deadLetters)),
    });
    const publisher = functions.getOrCreate(publishEntry, {
      description: 'Publishes changes of the table as events',
      timeout: publishTimeout,
      failedBatches: deadLetters,
    });
    new EventsOfTable(this, 'EventsOfTable', { stage, table, deadLetters, lambda: publisher.invoked });
    const alarms = this.monitor(props, functions, {
      api: api.deployed,
      deadLetters,
      machine: fulfilment.machine,
      publisher: publisher.lambda,
    });
    functions.grantExecutions(fulfilment.machine, fulfilment.publish(alarms.getAlarm('ExecutionsFail')));
    this.monitorCosts(stage, alarms.topic);
    this.apiUrl = new CfnOutput(this, 'ApiUrl', { value: api.url });
    this.apiId = api.apiId;
    // Exported even when the stage has no console: CloudFormation cannot remove an export that the stack of an earlier console imports.
    this.exportValue(api.apiId);
  }

  private createApi({ stage, tokens, resources }: ServiceStackProps, functions: FunctionSet): HttpApi {
    return new HttpApi(this, 'HttpApi', {
      stage,
      tokens,
      resources: Object.entries(resources).map(([name, { entry, routes, wholeCore }]) => ({
        name,
        lambda: functions.getOrCreate(entry, {
          description: `Routes of the API: ${name}`,
          timeout: apiTimeout,
          ...(wholeCore && { memoryMb: wholeCoreMb }),
        }).invoked,
        routes,
      })),
      unknownPath: functions.getOrCreate(docsEntry, { description: 'Routes of the API: docs', timeout: apiTimeout })
        .invoked,
    });
  }

  /** Creates the alarms, the dashboards and, on stages with canary deployments, the canaries. */
  private monitor(
    { stage, table, resources }: ServiceStackProps,
    functions: FunctionSet,
    parts: Pick<AlarmsProps, 'api' | 'deadLetters' | 'machine' | 'publisher'>,
  ): Alarms {
    const monitored = {
      ...parts,
      stage,
      table,
      functionMetrics: new FunctionMetrics({ namespace: metricsNamespace(stage), service: SERVICE }),
    };
    const canaries = stage.rollout === 'canary' ? functions.aliasesOfApi(resources) : [];
    const alarms = new Alarms(this, 'Alarms', { ...monitored, canaries });
    new Dashboards(this, 'Dashboards', {
      ...monitored,
      alarms: alarms.all,
      functions: functions.all.map(({ lambda }) => lambda),
    });
    if (canaries.length > 0) {
      new Canaries(this, 'Canaries', {
        functions: canaries,
        // Tasks and schedules use the new version at once: their failures roll back the release as well.
        alarms: [alarms.getAlarm('ApiFails'), alarms.getAlarm('ExecutionsFail')],
        ownAlarm: (name) => alarms.getAlarm(`NewVersionFails-${name}`),
      });
    }
    return alarms;
  }

  private monitorCosts(stage: Stage, topic: Topic): void {
    switch (stage.costs?.kind) {
      case 'budget':
        new CostBudget(this, 'CostBudget', { stage, topic, monthlyDollars: stage.costs.monthlyDollars });
        break;
      case 'anomalies':
        new CostAnomalies(this, 'CostAnomalies', { stage, topic, tag: { key: 'service', value: SERVICE } });
        break;
    }
  }
}

function createTasks(functions: FunctionSet): Record<WorkflowTask, ServiceFunction> {
  return Object.fromEntries(
    workflowTasks.map((task) => [
      task,
      functions.getOrCreate(taskEntry(task), {
        description: `Task of the state machine: ${task}`,
        timeout: taskTimeout,
        memoryMb: wholeCoreMb,
      }),
    ]),
    // Object.fromEntries loses the type of the keys, which are exactly the tasks.
  ) as Record<WorkflowTask, ServiceFunction>;
}

function createScheduled(
  { entry, wholeCore, ...row }: ScheduleRow,
  functions: FunctionSet,
  deadLetters: DeadLetterQueue,
) {
  const created = functions.getOrCreate(entry, {
    description: row.description,
    timeout: scheduleTimeout,
    deadLetters,
    ...(wholeCore && { memoryMb: wholeCoreMb }),
  });
  return { ...row, lambda: created.invoked };
}
