import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { IUserPool } from 'aws-cdk-lib/aws-cognito';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { itemKinds, JOURNAL } from '../../adapters/dynamodb/item-kinds.ts';
import { table as names } from '../../adapters/dynamodb/table.ts';
import { nagName } from '../nag-names.ts';
import type { ExecutionPermission, FunctionPermissions } from './permissions.ts';

/** The statements for a function's access to the table: by key only, never a scan. */
export function tableStatements(
  table: Table,
  { table: actions, indexes = [], journal }: FunctionPermissions,
): PolicyStatement[] {
  if (actions.length === 0) return [];
  const leadingKeys = [itemKinds.cursorSecret.range({}).partition, itemKinds.requestCount.range({}).partition];
  // Every function may create the cursor secret and count requests, even if it writes nothing else.
  const ownWrites = new PolicyStatement({
    actions: ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
    resources: [table.tableArn],
    conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': leadingKeys } },
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
 * Prevents functions from updating or deleting journal entries, and all but those of the API from adding them. IAM cannot distinguish a
 * put that adds from one that replaces: `put` in adapters/dynamodb/write-requests.ts rejects the latter.
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

/** @throws Error when the table has no stream. */
export function streamArnOf({ tableStreamArn }: Table): string {
  if (tableStreamArn === undefined) throw new Error('The table has no stream: enable it in infra/data-stack.ts');
  return tableStreamArn;
}

/** A permission that has actions. */
export type UserPoolPermission = Exclude<NonNullable<FunctionPermissions['userPool']>, 'exists'>;

/** The actions of Cognito for each permission in the user pool. */
const userPoolActions: Readonly<Record<UserPoolPermission, readonly string[]>> = {
  users: [
    'AdminAddUserToGroup',
    'AdminCreateUser',
    'AdminDeleteUser',
    'AdminDisableUser',
    'AdminEnableUser',
    'AdminGetUser',
    'AdminListGroupsForUser',
    'AdminRemoveUserFromGroup',
    'AdminUpdateUserAttributes',
    'AdminUserGlobalSignOut',
    'ListUsers',
  ],
  disableUsers: ['AdminDisableUser', 'AdminUserGlobalSignOut'],
  syncUsers: [
    'AdminDisableUser',
    'AdminGetUser',
    'AdminListGroupsForUser',
    'AdminUserGlobalSignOut',
    'ListUsers',
    'ListUsersInGroup',
  ],
  machineTokens: ['DescribeUserPoolClient'],
};

/** The statement for a permission in this user pool. */
export function userPoolStatement({ userPoolArn }: IUserPool, permission: UserPoolPermission): PolicyStatement {
  return new PolicyStatement({
    actions: userPoolActions[permission].map((action) => `cognito-idp:${action}`),
    resources: [userPoolArn],
  });
}

/** The statement for a permission on executions of this state machine. */
export function executionStatement(machine: StateMachine, permission: ExecutionPermission): PolicyStatement {
  switch (permission) {
    case 'start':
      return new PolicyStatement({ actions: ['states:StartExecution'], resources: [machine.stateMachineArn] });
    case 'describe':
      return new PolicyStatement({ actions: ['states:DescribeExecution'], resources: [executionsArn(machine)] });
    case 'answer':
      // IAM checks the answer to a task token against the waiting state machine.
      return new PolicyStatement({ actions: ['states:SendTaskSuccess'], resources: [machine.stateMachineArn] });
  }
}

/** The ARN of all executions of the machine: names are known only when executions start. */
function executionsArn(machine: StateMachine): string {
  return Stack.of(machine).formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: `${machine.stateMachineName}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** The same ARN as in a finding of cdk-nag. */
export function executionsNagName(machine: StateMachine): string {
  return nagName(Stack.of(machine).resolve(executionsArn(machine)));
}
