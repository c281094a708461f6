import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { IUserPool } from 'aws-cdk-lib/aws-cognito';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { cursorSecretKey, JOURNAL, requestCounts } from '../../adapters/dynamodb/keys.ts';
import { table as names } from '../../adapters/dynamodb/table.ts';
import { nagName } from '../nag-names.ts';
import type { ExecutionPermission, FunctionPermissions } from './permissions.ts';

/** The statements that give a function its access to the table: by key only, never a scan. */
export function tableStatements(
  table: Table,
  { table: actions, indexes = [], journal }: FunctionPermissions,
): PolicyStatement[] {
  if (actions.length === 0) return [];
  // The first function that signs a cursor makes the key for it, and all count requests: one that writes nothing else may write there.
  const ownWrites = new PolicyStatement({
    actions: ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
    resources: [table.tableArn],
    conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [cursorSecretKey.pk, requestCounts] } },
  });
  const onItems = actions.filter((action) => action !== 'Query');
  return [
    actions.includes('PutItem') ? protectJournal(table, { adds: journal === true }) : ownWrites,
    new PolicyStatement({ actions: onItems.map((action) => `dynamodb:${action}`), resources: [table.tableArn] }),
    ...(actions.includes('Query')
      ? [
          new PolicyStatement({
            actions: ['dynamodb:Query'],
            resources: [
              table.tableArn,
              ...indexes.map((index) => `${table.tableArn}/index/${names.indexes[index].name}`),
            ],
          }),
        ]
      : []),
  ];
}

/**
 * Functions that serve the API may add to journals, and no function may update or delete what is in one. IAM cannot tell a
 * put that adds from one that replaces: `put` of adapters/dynamodb/items.ts refuses the latter.
 */
function protectJournal(table: Table, { adds }: { adds: boolean }): PolicyStatement {
  return new PolicyStatement({
    effect: Effect.DENY,
    actions: ['dynamodb:UpdateItem', 'dynamodb:DeleteItem', ...(adds ? [] : ['dynamodb:PutItem'])],
    resources: [table.tableArn],
    conditions: { 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': [`*${JOURNAL}`] } },
  });
}

/** The statement with which Lambda reads the table's stream for a function. */
export function changesStatement(table: Table): PolicyStatement {
  return new PolicyStatement({
    actions: ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map((action) => `dynamodb:${action}`),
    resources: [streamArnOf(table)],
  });
}

/** @throws when the table has no stream */
export function streamArnOf({ tableStreamArn }: Table): string {
  if (tableStreamArn === undefined) throw new Error('The table has no stream: infra/data-stack.ts turns it on');
  return tableStreamArn;
}

/** What Cognito is asked for by each right in the user pool. */
const userPoolActions: Readonly<Record<NonNullable<FunctionPermissions['userPool']>, readonly string[]>> = {
  users: [
    'AdminAddUserToGroup',
    'AdminCreateUser',
    'AdminDeleteUser',
    'AdminGetUser',
    'AdminListGroupsForUser',
    'AdminRemoveUserFromGroup',
    'AdminUserGlobalSignOut',
    'ListUsers',
  ],
  clients: [
    'CreateResourceServer',
    'CreateUserPoolClient',
    'DeleteUserPoolClient',
    'DescribeResourceServer',
    'DescribeUserPoolClient',
    'ListUserPoolClients',
  ],
  look: ['ListUserPoolClients'],
};

/** The statement for a right in this user pool, and in no other. */
export function userPoolStatement(
  { userPoolArn }: IUserPool,
  right: NonNullable<FunctionPermissions['userPool']>,
): PolicyStatement {
  return new PolicyStatement({
    actions: userPoolActions[right].map((action) => `cognito-idp:${action}`),
    resources: [userPoolArn],
  });
}

/** The statement for reading and replacing what an authoriser of an HTTP API asks of tokens. */
export function authorizerStatement(authorizerArn: string): PolicyStatement {
  return new PolicyStatement({ actions: ['apigateway:GET', 'apigateway:PATCH'], resources: [authorizerArn] });
}

/** The statement for one right on the executions of this state machine, and of no other. */
export function executionStatement(machine: StateMachine, right: ExecutionPermission): PolicyStatement {
  switch (right) {
    case 'start':
      return new PolicyStatement({ actions: ['states:StartExecution'], resources: [machine.stateMachineArn] });
    case 'describe':
      return new PolicyStatement({ actions: ['states:DescribeExecution'], resources: [executionsArn(machine)] });
    case 'answer':
      // IAM checks the answer to a callback against the state machine that waits.
      return new PolicyStatement({ actions: ['states:SendTaskSuccess'], resources: [machine.stateMachineArn] });
  }
}

/** Every execution of the machine: an execution's name is known only when it is started. */
function executionsArn(machine: StateMachine): string {
  return Stack.of(machine).formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: `${machine.stateMachineName}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** The same ARN as cdk-nag writes it in a finding. */
export function executionsNagName(machine: StateMachine): string {
  return nagName(Stack.of(machine).resolve(executionsArn(machine)));
}
