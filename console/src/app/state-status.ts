export type Status = 'success' | 'warning' | 'error' | 'in-progress' | 'pending' | 'stopped' | 'info';

const statuses: Readonly<Record<'sim' | 'order' | 'operation', Readonly<Record<string, Status>>>> = {
  sim: {
    in_holding: 'pending',
    in_stock: 'pending',
    assigned: 'info',
    activating: 'in-progress',
    testing: 'info',
    active: 'success',
    suspended: 'warning',
    terminated: 'stopped',
  },
  order: {
    submitted: 'pending',
    accepted: 'in-progress',
    processing: 'in-progress',
    dispatched: 'in-progress',
    delivered: 'success',
    fulfilled: 'success',
    cancelled: 'stopped',
    rejected: 'error',
    failed: 'error',
  },
  operation: {
    scheduled: 'pending',
    queued: 'pending',
    running: 'in-progress',
    succeeded: 'success',
    partially_succeeded: 'warning',
    failed: 'error',
    cancelled: 'stopped',
  },
};

/** How serious a state is. States that are newer than the console are neutral. */
export function statusOf(kind: keyof typeof statuses, value: string): Status {
  return statuses[kind][value] ?? 'info';
}

/** How often a page reads again what still changes, in milliseconds. */
export const POLL_MS = 1000;

/** Whether an operation still changes. Its SIMs may be confirmed by their operators later. */
export function isOperationRunning({ state }: { state: string }): boolean {
  return ['scheduled', 'queued', 'running'].includes(state);
}

/** Whether an order still changes: one with a plan ends when the plan was run, and one without when it is delivered. */
export function isOrderUnderWay({ state, plan }: { state: string; plan?: object | undefined }): boolean {
  return !['fulfilled', 'cancelled', 'rejected', 'failed'].includes(state) && !(state === 'delivered' && !plan);
}
