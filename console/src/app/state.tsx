import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { stateText } from '../text/state-text.ts';
import { statusOf } from './state-status.ts';

/** The state of a SIM, an order or an operation, with its colour and icon. */
export function State({ kind, value }: { kind: 'sim' | 'order' | 'operation'; value: string }) {
  const type: StatusIndicatorProps.Type = statusOf(kind, value);
  return <StatusIndicator type={type}>{stateText(kind, value)}</StatusIndicator>;
}
