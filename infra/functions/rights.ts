/** What one function may do. What is not named it may not. */
export type Rights = {
  table: 'none' | 'read' | 'write';
  /** Whether it may add entries to journals; no function may change or remove one. */
  journal?: true;
  /** Whether it may read the index that holds what is due across all partners; a request of a partner never may. */
  due?: true;
  /** Whether it is handed the changes of the table. */
  changes?: true;
  /** Whether it calls operators, and so reads the secret that says how. */
  operators?: true;
  /** What it does in the deployment's own user pool, where there is one: makes users, makes clients, looks which clients there are. */
  userPool?: 'users' | 'clients' | 'look';
  /** Whether it says for whom tokens have to be meant that the API takes. */
  audiences?: true;
  /** What it does to executions of the state machine: start them, look at them, answer a task that waits. */
  executions?: readonly ExecutionRight[];
};

export type ExecutionRight = 'start' | 'describe' | 'answer';

/** By entry file. A function that is not listed here is not deployed: synthesis stops and says so. */
export const rights: Readonly<Record<string, Rights>> = {
  'functions/api/catalogue.ts': { table: 'read' },
  'functions/api/platform.ts': { table: 'write', journal: true },
  'functions/api/users.ts': { table: 'write', journal: true, userPool: 'users' },
  'functions/api/machine-clients.ts': { table: 'write', journal: true, userPool: 'clients', audiences: true },
  'functions/api/usage-files.ts': { table: 'write', journal: true, executions: ['start'] },
  'functions/api/customers.ts': { table: 'write', journal: true },
  'functions/api/partner-services.ts': { table: 'write', journal: true },
  'functions/api/customer-services.ts': { table: 'write', journal: true },
  'functions/api/orders.ts': { table: 'write', journal: true, operators: true, executions: ['start', 'answer'] },
  'functions/api/sims.ts': { table: 'write', journal: true, executions: ['start'] },
  'functions/api/operations.ts': { table: 'write', journal: true, executions: ['start'] },
  'functions/api/alarms.ts': { table: 'write', journal: true },
  'functions/api/webhooks.ts': { table: 'write', journal: true },
  'functions/api/journal.ts': { table: 'read' },
  'functions/api/docs.ts': { table: 'none' },

  'functions/workflow/submit-to-operator.ts': { table: 'write', operators: true },
  'functions/workflow/await-delivery.ts': { table: 'write', executions: ['answer'] },
  'functions/workflow/receive-sims.ts': { table: 'write', operators: true },
  'functions/workflow/select-sims.ts': { table: 'write' },
  'functions/workflow/next-stage.ts': { table: 'write', executions: ['start'] },
  'functions/workflow/migrate.ts': { table: 'write' },
  'functions/workflow/assign.ts': { table: 'write' },
  'functions/workflow/activate.ts': { table: 'write', operators: true },
  'functions/workflow/change.ts': { table: 'write', operators: true },
  'functions/workflow/confirm-activation.ts': { table: 'write', operators: true },
  'functions/workflow/record-failure.ts': { table: 'write' },

  'functions/schedules/poll-orders.ts': { table: 'write', due: true, operators: true, executions: ['answer'] },
  'functions/schedules/late-activations.ts': { table: 'write', due: true, operators: true },
  'functions/schedules/watch-holding.ts': { table: 'write', due: true },
  'functions/schedules/collect-usage.ts': { table: 'write', operators: true, executions: ['start'] },
  'functions/schedules/sweep.ts': { table: 'write', due: true, executions: ['start', 'describe'] },
  'functions/schedules/deliver-webhooks.ts': { table: 'write', due: true },
  'functions/schedules/keep-audiences.ts': { table: 'none', userPool: 'look', audiences: true },

  'functions/streams/publish-events.ts': { table: 'write', changes: true },
};

/** @throws when the function has no entry in {@link rights} */
export function rightsOf(entry: string): Rights {
  const found = rights[entry];
  if (!found) throw new Error(`${entry} has no rights: say in infra/functions/rights.ts what it may do`);
  return found;
}
