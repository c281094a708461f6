import StatusIndicator from '@cloudscape-design/components/status-indicator';
import * as text from '../../text/index.ts';
import type { ManualTask } from './queries.ts';

/** Whether a task waits for the staff. */
export function TaskState({ task: { state } }: { task: Pick<ManualTask, 'state'> }) {
  return (
    <StatusIndicator type={state === 'done' ? 'success' : 'pending'}>{text.desk.tasks.states[state]}</StatusIndicator>
  );
}
