import type { HttpApiRoute } from '../http-api.ts';

/** The route table: for each resource of the API, the entry file of its function, its routes, and whether it needs a whole core. */
export type Resources = Readonly<Record<string, { entry: string; routes: readonly HttpApiRoute[]; wholeCore?: true }>>;

/** The tasks of the state machine. Each is a function: `functions/workflow/<task>.ts`. */
export const workflowTasks = [
  'submit-to-operator',
  'await-delivery',
  'receive-sims',
  'select-sims',
  'next-stage',
  'migrate',
  'assign',
  'activate',
  'change',
  'confirm-activation',
  'record-failure',
] as const;
export type WorkflowTask = (typeof workflowTasks)[number];

/** The entry file of a task of the state machine. */
export function taskEntry(task: WorkflowTask): string {
  return `functions/workflow/${task}.ts`;
}

export const scheduleEntries = {
  pollOrders: 'functions/schedules/poll-orders.ts',
  sweep: 'functions/schedules/sweep.ts',
  lateChanges: 'functions/schedules/late-changes.ts',
  collectUsage: 'functions/schedules/collect-usage.ts',
  walkSims: 'functions/schedules/walk-sims.ts',
  watchHolding: 'functions/schedules/watch-holding.ts',
  deliverWebhooks: 'functions/schedules/deliver-webhooks.ts',
  syncUsers: 'functions/schedules/sync-users.ts',
} as const;

/** Turns changes of the table into events. */
export const publishEntry = 'functions/streams/publish-events.ts';

/** Serves the public routes and all unknown paths. */
export const docsEntry = 'functions/api/docs.ts';

/** Adds the claims that the API reads to the tokens of the user pool. */
export const claimsEntry = 'functions/identity/add-claims.ts';

/** Writes the invitations that the user pool sends. */
export const invitationEntry = 'functions/identity/write-invitation.ts';

/** The stand-in for the operators, as a function behind its own URL. */
export const sandboxEntry = 'sandbox/on-lambda.ts';

/** The entry files of the API, the state machine, the schedules and the table's stream. */
export function functionEntries(resources: Resources): string[] {
  const api = Object.values(resources).map(({ entry }) => entry);
  return [
    ...new Set([...api, docsEntry, ...workflowTasks.map(taskEntry), ...Object.values(scheduleEntries), publishEntry]),
  ];
}
