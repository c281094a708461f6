/** What the engine tells of an execution, as far as it matters here. */
export type EngineEvent = { type: string; state?: { type: string; output?: unknown } };

/**
 * How many events Step Functions writes into an execution's history for what the engine tells as one: a task is also
 * scheduled and started and has succeeded, a Map also begins and ends.
 */
export function eventsOf({ type, state }: EngineEvent): number {
  switch (type) {
    case 'StateEntered':
      return state?.type === 'Task' ? 3 : state?.type === 'Map' || state?.type === 'Parallel' ? 2 : 1;
    case 'StateExited':
      return state?.type === 'Task' || state?.type === 'Map' || state?.type === 'Parallel' ? 2 : 1;
    case 'StateRetried':
      return 2;
    case 'StateCaught':
      return 0;
    default:
      return 1;
  }
}
