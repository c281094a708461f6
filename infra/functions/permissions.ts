import type { table as names } from '../../adapters/dynamodb/table.ts';

/** The permissions of one function. Everything that is not listed is denied. */
export type FunctionPermissions = {
  /** Actions on items of the table. A transaction requires the actions of its parts, and none of its own. */
  table: readonly TableAction[];
  /** Whether it may add entries to journals. No function may change or remove one. */
  journal?: true;
  /** The indexes that it queries. `due` spans all partners, so functions of the API never use it. */
  indexes?: readonly (keyof typeof names.indexes)[];
  /** Whether it reads the table's stream. */
  changes?: true;
  /** Whether it calls operators, which requires reading their secret. */
  operators?: true;
  /** Permissions in the deployment's own user pool, if it has one. `infra/functions/statements.ts` lists their actions. */
  userPool?: 'users' | 'disableUsers' | 'syncUsers' | 'machineTokens' | 'exists';
  /** Permissions on executions of the state machine: start or describe them, or answer a waiting task. */
  executions?: readonly ExecutionPermission[];
};

/** The actions of DynamoDB on items, without the prefix. */
export type TableAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'Query'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'ConditionCheckItem';

export type ExecutionPermission = 'start' | 'describe' | 'answer';

/** The permissions of a task whose changes operators make, or the platform's staff in a manual task. */
const operatorStage: FunctionPermissions = {
  table: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'],
  operators: true,
};

/** The permissions of each function, by entry file. Synthesis fails for functions that are not listed. */
export const permissions: Readonly<Record<string, FunctionPermissions>> = {
  'functions/api/catalogue.ts': { table: ['GetItem', 'BatchGetItem', 'Query'] },
  'functions/api/platform.ts': {
    table: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
    indexes: ['byCustomerState'],
    journal: true,
  },
  'functions/api/users.ts': {
    table: ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
    journal: true,
    userPool: 'users',
  },
  'functions/api/machine-clients.ts': {
    table: ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
    journal: true,
    userPool: 'exists',
  },
  'functions/api/tokens.ts': { table: ['GetItem', 'Query', 'PutItem', 'UpdateItem'], userPool: 'machineTokens' },
  'functions/api/operator-reports.ts': {
    table: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
    journal: true,
    operators: true,
    executions: ['start'],
  },
  'functions/api/manual-orders.ts': {
    table: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
    journal: true,
    executions: ['start', 'answer'],
  },
  'functions/api/customers.ts': {
    table: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
    indexes: ['byCustomerState'],
    journal: true,
    userPool: 'disableUsers',
  },
  'functions/api/partner-services.ts': {
    table: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
    journal: true,
  },
  'functions/api/customer-services.ts': {
    table: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
    indexes: ['byCustomer'],
    journal: true,
  },
  'functions/api/orders.ts': {
    table: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
    indexes: ['byState', 'byCustomer', 'byCustomerState'],
    journal: true,
    operators: true,
    executions: ['start', 'answer'],
  },
  'functions/api/sims.ts': {
    table: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
    indexes: ['byState', 'byCustomer', 'byCustomerState'],
    journal: true,
    executions: ['start'],
  },
  'functions/api/operations.ts': {
    table: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
    journal: true,
    executions: ['start'],
  },
  'functions/api/alarms.ts': {
    table: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
    journal: true,
  },
  'functions/api/webhooks.ts': { table: ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'], journal: true },
  'functions/api/docs.ts': { table: [] },

  'functions/workflow/submit-to-operator.ts': {
    table: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'],
    operators: true,
  },
  'functions/workflow/await-delivery.ts': { table: ['GetItem', 'PutItem', 'DeleteItem'], executions: ['answer'] },
  'functions/workflow/receive-sims.ts': {
    table: ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
    operators: true,
  },
  'functions/workflow/select-sims.ts': {
    table: ['GetItem', 'BatchGetItem', 'Query', 'PutItem'],
    indexes: ['byState', 'byCustomer', 'byCustomerState'],
  },
  'functions/workflow/next-stage.ts': {
    table: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
    executions: ['start'],
  },
  'functions/workflow/migrate.ts': {
    table: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
  },
  'functions/workflow/assign.ts': {
    table: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
  },
  'functions/workflow/activate.ts': operatorStage,
  'functions/workflow/change.ts': operatorStage,
  'functions/workflow/confirm-activation.ts': operatorStage,
  'functions/workflow/record-failure.ts': {
    table: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
  },

  'functions/schedules/poll-orders.ts': {
    table: ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
    indexes: ['due'],
    operators: true,
    executions: ['answer'],
  },
  'functions/schedules/late-changes.ts': {
    table: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'],
    indexes: ['due'],
    operators: true,
  },
  'functions/schedules/watch-holding.ts': {
    table: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
    indexes: ['byState', 'byCustomer', 'byCustomerState', 'due'],
  },
  'functions/schedules/collect-usage.ts': {
    table: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
    operators: true,
    executions: ['start'],
  },
  'functions/schedules/walk-sims.ts': {
    table: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'],
    indexes: ['byCustomerState'],
    operators: true,
    executions: ['start'],
  },
  'functions/schedules/sweep.ts': {
    table: ['GetItem', 'Query', 'PutItem', 'UpdateItem'],
    indexes: ['due'],
    executions: ['start', 'describe'],
  },
  'functions/schedules/deliver-webhooks.ts': {
    table: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
    indexes: ['due'],
  },
  'functions/schedules/sync-users.ts': {
    table: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
    indexes: ['byCustomerState'],
    userPool: 'syncUsers',
  },

  'functions/streams/publish-events.ts': { table: ['GetItem', 'Query', 'PutItem', 'UpdateItem'], changes: true },
};

/** @throws Error when the function has no entry in {@link permissions}. */
export function permissionsOf(entry: string): FunctionPermissions {
  const found = permissions[entry];
  if (!found) throw new Error(`${entry} has no permissions: declare them in infra/functions/permissions.ts`);
  return found;
}
