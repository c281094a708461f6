import { type Duration, Validations } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { Users } from '../identity-stack.ts';
import type { Stage, Tokens } from '../stages.ts';
import { type Bundles, bundleName } from './bundles.ts';
import { docsEntry, type Resources, taskEntry, workflowTasks } from './entries.ts';
import { type FunctionPermissions, permissionsOf } from './permissions.ts';
import { ServiceFunction } from './service-function.ts';
import {
  changesStatement,
  executionStatement,
  executionsNagName,
  tableStatements,
  userPoolStatement,
} from './statements.ts';

export type FunctionSetProps = {
  stage: Stage;
  /** The issuer and audiences of the tokens that the API accepts. */
  tokens: Tokens;
  /** The deployment's own user pool; `undefined` if another issuer signs the tokens. */
  users: Users | undefined;
  bundles: Bundles;
  table: Table;
  operatorsSecret: Secret;
};

export type FunctionOptions = {
  description: string;
  timeout: Duration;
  memoryMb?: number;
  /** For functions that are invoked asynchronously: the queue for events that they fail to handle. */
  deadLetters?: IQueue;
  /** The queue to which an event source mapping sends batches that the function fails to process. */
  failedBatches?: IQueue;
};

/** The functions of the service stack. Each is created when it is first requested, with the permissions of its entry file. */
export class FunctionSet {
  private readonly functions = new Map<string, ServiceFunction>();
  private readonly scope: Construct;
  private readonly props: FunctionSetProps;

  constructor(scope: Construct, props: FunctionSetProps) {
    this.scope = scope;
    this.props = props;
  }

  /** All functions that have been created. */
  get all(): readonly ServiceFunction[] {
    return [...this.functions.values()];
  }

  getOrCreate(entry: string, options: FunctionOptions): ServiceFunction {
    const created = this.functions.get(entry) ?? this.create(entry, options);
    this.functions.set(entry, created);
    return created;
  }

  /** The functions of the API by name, with their aliases. */
  aliasesOfApi(resources: Resources): { name: string; live: Alias }[] {
    const entries = new Set([...Object.values(resources).map(({ entry }) => entry), docsEntry]);
    return [...this.functions].flatMap(([entry, { live }]) =>
      entries.has(entry) && live ? [{ name: bundleName(entry), live }] : [],
    );
  }

  /** Grants the permissions on executions of the state machine, which `startArn` starts. */
  grantExecutions(machine: StateMachine, startArn: string): void {
    const taskEntries = new Set(workflowTasks.map(taskEntry));
    for (const [entry, created] of this.functions) {
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
  }

  private create(entry: string, { failedBatches, ...options }: FunctionOptions): ServiceFunction {
    const { stage, bundles } = this.props;
    const bundle = bundles.get(entry);
    if (!bundle) throw new Error(`${entry} was not bundled`);
    const permissions = permissionsOf(entry);
    return new ServiceFunction(this.scope, constructId(entry), {
      stage,
      bundle,
      versioned: stage.rollout !== 'in place',
      ...options,
      environment: environmentOf(entry, permissions, this.props),
      statements: statementsOf(permissions, this.props, failedBatches),
    });
  }
}

function environmentOf(
  entry: string,
  permissions: FunctionPermissions,
  { stage, table, operatorsSecret, tokens, users }: FunctionSetProps,
): Record<string, string> {
  const isToldOfPool = permissions.userPool !== undefined || entry === docsEntry;
  return {
    TABLE_NAME: table.tableName,
    JOURNAL_DAYS: String(stage.journalDays),
    PARTNER_REQUESTS_PER_SECOND: String(stage.partnerRequestsPerSecond),
    ...(permissions.operators && { OPERATORS_SECRET: operatorsSecret.secretArn }),
    ...(isToldOfPool && { TOKEN_ISSUER: tokens.issuer }),
    ...(isToldOfPool && users && { USER_POOL_ID: users.pool.userPoolId }),
    ...(permissions.userPool === 'machineTokens' &&
      users && { TOKEN_URL: users.tokenUrl, MACHINE_CLIENT_ID: users.machineClientId }),
  };
}

function statementsOf(
  permissions: FunctionPermissions,
  { table, users, operatorsSecret }: FunctionSetProps,
  failedBatches: IQueue | undefined,
): PolicyStatement[] {
  return [
    ...tableStatements(table, permissions),
    ...(permissions.changes ? [changesStatement(table)] : []),
    ...(permissions.userPool && permissions.userPool !== 'exists' && users
      ? [userPoolStatement(users.pool, permissions.userPool)]
      : []),
    ...(failedBatches
      ? [new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [failedBatches.queueArn] })]
      : []),
    ...(permissions.operators
      ? [
          new PolicyStatement({
            actions: ['secretsmanager:GetSecretValue'],
            resources: [operatorsSecret.secretArn],
          }),
        ]
      : []),
  ];
}

/** `functions/api/customer-services.ts` becomes `ApiCustomerServices`. */
function constructId(entry: string): string {
  return bundleName(entry)
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
