import StatusIndicator from '@cloudscape-design/components/status-indicator';
import * as text from '../../text/index.ts';
import type { User } from './queries.ts';

const types = { invited: 'pending', active: 'success', disabled: 'stopped' } as const;

export function UserState({ state }: Pick<User, 'state'>) {
  return <StatusIndicator type={types[state]}>{text.users.state[state]}</StatusIndicator>;
}
