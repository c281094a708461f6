import { CfnOutput, Duration, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { Alarms } from './alarms.ts';
import { Canaries } from './canaries.ts';
import { CostAnomalies } from './cost-anomalies.ts';
import { CostBudget } from './cost-budget.ts';
import { Dashboards } from './dashboards.ts';
import { DeadLetters } from './dead-letters.ts';
import { EventsOfTable } from './events-of-table.ts';
import { FulfilmentMachine } from './fulfilment-machine.ts';
import { FunctionMetrics } from './function-metrics.ts';
import { type Bundles, bundleName } from './functions/bundles.ts';
import {
  docsEntry,
  publishEntry,
  type Resources,
  scheduleEntries,
  taskEntry,
  type WorkflowTask,
  workflowTasks,
} from './functions/entries.ts';
import { permissionsOf } from './functions/permissions.ts';
import { metricsNamespace, SERVICE, ServiceFunction } from './functions/service-function.ts';
import {
  authorizerStatement,
  changesStatement,
  executionStatement,
  executionsNagName,
  tableStatements,
  userPoolStatement,
} from './functions/statements.ts';
import { HttpApi } from './http-api.ts';
import type { Users } from './identity-stack.ts';
import { Schedules } from './schedules.ts';
import type { Stage, Tokens } from './stages.ts';

export type ServiceStackProps = StackProps & {
  stage: Stage;
  /** The issuer and audience of the tokens that the API accepts. */
  tokens: Tokens;
  /** The deployment's own user pool; `undefined` if another issuer signs the tokens. */
  users: Users | undefined;
  resources: Resources;
  bundles: Bundles;
  table: Table;
  operatorsSecret: Secret;
};

/** Below API Gateway's time-out of 30 seconds. */
const apiTimeout = Duration.seconds(28);
/** A task stops shortly before its time-out and returns where to continue. */
const taskTimeout = Duration.minutes(2);
/**
 * A whole core: a task with 32 writes in flight is busy signing them. A third of a core would cost the same and take three
 * times as long. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
const taskMemoryMb = 1769;
const scheduleTimeout = Duration.minutes(5);
/** Scheduled operations start within a minute of their time. */
const sweepRate = Duration.minutes(1);
/** Operators report usage by hour: two hours of a SIM's usage are one write. Cost: docs/data-model.md. */
const usageRate = Duration.hours(2);
/** Events are sent within a minute. */
const deliverRate = Duration.minutes(1);
/** How long the API may reject clients of the pool after a deployment has reset the audiences to those of the template. */
const audiencesRate = Duration.minutes(15);
const publishTimeout = Duration.minutes(1);

/** The stateless stack, which any release can recreate: functions, HTTP API, state machine, schedules. */
export class ServiceStack extends Stack {
  readonly apiUrl: CfnOutput;

  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, props);
    const { stage, tokens, users, resources } = props;
    const deadLetters = new DeadLetters(this, 'DeadLetters');
    const functions = new Map<string, ServiceFunction>();

    const getOrCreateFunction = (
      entry: string,
      options: {
        description: string;
        timeout: Duration;
        memoryMb?: number;
        asynchronous?: true;
        failuresTo?: DeadLetters;
      },
    ) => {
      const existing = functions.get(entry);
      if (existing) return existing;
      const created = this.createFunction(entry, props, {
        description: options.description,
        timeout: options.timeout,
        ...(options.memoryMb === undefined ? {} : { memoryMb: options.memoryMb }),
        ...(options.asynchronous && { deadLetters }),
        ...(options.failuresTo && { failuresTo: options.failuresTo }),
      });
      functions.set(entry, created);
      return created;
    };

    const tasks = Object.fromEntries(
      workflowTasks.map((task) => [
        task,
        getOrCreateFunction(taskEntry(task), {
          description: `Task of the state machine: ${task}`,
          timeout: taskTimeout,
          memoryMb: taskMemoryMb,
        }),
      ]),
      // Object.fromEntries loses the type of the keys, which are exactly the tasks.
    ) as Record<WorkflowTask, ServiceFunction>;
    const fulfilment = new FulfilmentMachine(this, 'Fulfilment', { stage, tasks });
    const { machine } = fulfilment;

    const api = new HttpApi(this, 'HttpApi', {
      stage,
      tokens,
      resources: Object.entries(resources).map(([name, { entry, routes, wholeCore }]) => ({
        name,
        lambda: getOrCreateFunction(entry, {
          description: `Routes of the API: ${name}`,
          timeout: apiTimeout,
          ...(wholeCore && { memoryMb: taskMemoryMb }),
        }).invoked,
        routes,
      })),
      unknownPath: getOrCreateFunction(docsEntry, { description: 'Routes of the API: docs', timeout: apiTimeout })
        .invoked,
    });

    const asynchronous = { timeout: scheduleTimeout, asynchronous: true } as const;
    const pollOrders = 'Polls operators for the state of due orders';
    const sweep = 'Starts due operations and executions that did not start, and resumes those that stopped';
    const lateActivations = 'Polls operators for activations that were not confirmed in time';
    const collectUsage = 'Collects usage from operators';
    const watchHolding = 'Notifies partners of SIMs that stay in holding for too long';
    const deliverWebhooks = 'Delivers queued events to webhooks';
    const keepAudiences = 'Synchronises the audiences that the API accepts with the clients of the user pool';
    new Schedules(this, 'Schedules', {
      deadLetters,
      scheduled: [
        {
          name: 'PollOrders',
          description: pollOrders,
          every: Duration.minutes(stage.pollEveryMinutes),
          lambda: getOrCreateFunction(scheduleEntries.pollOrders, { description: pollOrders, ...asynchronous }).invoked,
        },
        {
          name: 'Sweep',
          description: sweep,
          every: sweepRate,
          lambda: getOrCreateFunction(scheduleEntries.sweep, { description: sweep, ...asynchronous }).invoked,
        },
        {
          name: 'LateActivations',
          description: lateActivations,
          every: Duration.hours(1),
          lambda: getOrCreateFunction(scheduleEntries.lateActivations, {
            description: lateActivations,
            ...asynchronous,
          }).invoked,
        },
        {
          name: 'WatchHolding',
          description: watchHolding,
          every: Duration.hours(1),
          lambda: getOrCreateFunction(scheduleEntries.watchHolding, { description: watchHolding, ...asynchronous })
            .invoked,
        },
        {
          name: 'CollectUsage',
          description: collectUsage,
          every: usageRate,
          lambda: getOrCreateFunction(scheduleEntries.collectUsage, {
            description: collectUsage,
            memoryMb: taskMemoryMb,
            ...asynchronous,
          }).invoked,
        },
        {
          name: 'DeliverWebhooks',
          description: deliverWebhooks,
          every: deliverRate,
          lambda: getOrCreateFunction(scheduleEntries.deliverWebhooks, {
            description: deliverWebhooks,
            // Signs and encrypts hundreds of requests per second when events of a whole fleet are pending.
            memoryMb: taskMemoryMb,
            ...asynchronous,
          }).invoked,
        },
        ...(users
          ? [
              {
                name: 'KeepAudiences',
                description: keepAudiences,
                every: audiencesRate,
                lambda: getOrCreateFunction(scheduleEntries.keepAudiences, {
                  description: keepAudiences,
                  ...asynchronous,
                }).invoked,
              },
            ]
          : []),
      ],
    });
    const publisher = getOrCreateFunction(publishEntry, {
      description: 'Publishes changes of the table as events',
      timeout: publishTimeout,
      failuresTo: deadLetters,
    });
    new EventsOfTable(this, 'EventsOfTable', { stage, table: props.table, deadLetters, lambda: publisher.invoked });

    const monitored = {
      stage,
      api: api.deployed,
      table: props.table,
      deadLetters,
      machine,
      publisher: publisher.lambda,
      functionMetrics: new FunctionMetrics({ namespace: metricsNamespace(stage), service: SERVICE }),
    };
    const canaries = stage.rollout === 'canary' ? apiFunctions(resources, functions) : [];
    const alarms = new Alarms(this, 'Alarms', { ...monitored, canaries });
    new Dashboards(this, 'Dashboards', {
      ...monitored,
      alarms: alarms.all,
      functions: [...functions.values()].map((created) => created.lambda),
    });
    if (canaries.length > 0) {
      new Canaries(this, 'Canaries', {
        functions: canaries,
        // Tasks and schedules use the new version at once: their failures roll back the release as well.
        alarms: [alarms.getAlarm('ApiFails'), alarms.getAlarm('ExecutionsFail')],
        ownAlarm: (name) => alarms.getAlarm(`NewVersionFails-${name}`),
      });
    }

    const startArn = fulfilment.publish(alarms.getAlarm('ExecutionsFail'));
    const taskEntries = new Set(workflowTasks.map(taskEntry));
    for (const [entry, created] of functions) {
      const { executions = [] } = permissionsOf(entry);
      if (executions.length === 0) continue;
      // A separate policy, to avoid a circular dependency: the machine depends on its tasks' functions and their roles.
      const policy = new Policy(created, 'Executions', {
        roles: [created.role],
        statements: executions.map((permission) => executionStatement(machine, permission)),
      });
      if (executions.includes('describe')) {
        Validations.of(policy).acknowledge({
          id: `AwsSolutions-IAM5[Resource::${executionsNagName(machine)}]`,
          reason: 'The executions of this state machine, whose names are not known in advance.',
        });
      }
      // Tasks of the machine get its ARN with their input, because the machine depends on them.
      if (executions.includes('start') && !taskEntries.has(entry)) {
        created.lambda.addEnvironment('STATE_MACHINE_ARN', startArn);
      }
    }

    for (const [entry, { role, lambda }] of functions) {
      if (!users || !permissionsOf(entry).audiences) continue;
      // Added here, because the API depends on its functions.
      role.addToPrincipalPolicy(authorizerStatement(api.authorizer.arn));
      lambda.addEnvironment('API_ID', api.authorizer.apiId).addEnvironment('AUTHORIZER_ID', api.authorizer.id);
    }

    this.watchCosts(stage, alarms.topic);
    this.apiUrl = new CfnOutput(this, 'ApiUrl', { value: api.url });
  }

  private watchCosts(stage: Stage, topic: Topic): void {
    switch (stage.costs?.kind) {
      case 'budget':
        new CostBudget(this, 'CostBudget', { stage, topic, monthlyDollars: stage.costs.monthlyDollars });
        break;
      case 'anomalies':
        new CostAnomalies(this, 'CostAnomalies', { stage, topic, tag: { key: 'service', value: SERVICE } });
        break;
    }
  }

  private createFunction(
    entry: string,
    { stage, bundles, table, operatorsSecret, tokens, users }: ServiceStackProps,
    {
      failuresTo,
      ...rest
    }: Pick<
      ConstructorParameters<typeof ServiceFunction>[2],
      'description' | 'timeout' | 'memoryMb' | 'deadLetters'
    > & { failuresTo?: DeadLetters },
  ): ServiceFunction {
    const bundle = bundles.get(entry);
    if (!bundle) throw new Error(`${entry} was not bundled`);
    const permissions = permissionsOf(entry);
    return new ServiceFunction(this, constructId(entry), {
      stage,
      bundle,
      versioned: stage.rollout !== 'in place',
      ...rest,
      environment: {
        TABLE_NAME: table.tableName,
        JOURNAL_DAYS: String(stage.journalDays),
        PARTNER_REQUESTS_PER_SECOND: String(stage.partnerRequestsPerSecond),
        ...(permissions.operators && { OPERATORS_SECRET: operatorsSecret.secretArn }),
        ...(permissions.userPool && users && { USER_POOL_ID: users.pool.userPoolId }),
        ...(((permissions.userPool && permissions.userPool !== 'listClients') || entry === docsEntry) && {
          TOKEN_ISSUER: tokens.issuer,
        }),
        ...((permissions.userPool === 'clients' || entry === docsEntry) && users && { TOKEN_URL: users.tokenUrl }),
      },
      statements: [
        ...tableStatements(table, permissions),
        ...(permissions.changes ? [changesStatement(table)] : []),
        ...(permissions.userPool && users ? [userPoolStatement(users.pool, permissions.userPool)] : []),
        ...(failuresTo
          ? [new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [failuresTo.queueArn] })]
          : []),
        ...(permissions.operators
          ? [
              new PolicyStatement({
                actions: ['secretsmanager:GetSecretValue'],
                resources: [operatorsSecret.secretArn],
              }),
            ]
          : []),
      ],
    });
  }
}

/** The functions of the API by name, with their aliases. */
function apiFunctions(
  resources: Resources,
  functions: ReadonlyMap<string, ServiceFunction>,
): { name: string; live: Alias }[] {
  const entries = new Set([...Object.values(resources).map(({ entry }) => entry), docsEntry]);
  return [...functions].flatMap(([entry, { live }]) =>
    entries.has(entry) && live ? [{ name: bundleName(entry), live }] : [],
  );
}

/** `functions/api/customer-services.ts` becomes `ApiCustomerServices`. */
function constructId(entry: string): string {
  return bundleName(entry)
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
