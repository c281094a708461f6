/** The used fields of the engine's execution events. */
export type EngineEvent = { type: string; state?: { type: string; output?: unknown } };

/**
 * Converts an engine event to its number of Step Functions history events: a task is also scheduled, started and succeeded; a Map
 * also starts and ends.
 */
export function historyEventCount({ type, state }: EngineEvent): number {
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
