import StatusIndicator from '@cloudscape-design/components/status-indicator';
import * as text from '../../text/index.ts';
import type { Webhook } from './queries.ts';

export function WebhookState({ webhook: { enabled, disabled } }: { webhook: Webhook }) {
  return (
    <StatusIndicator type={enabled ? 'success' : disabled ? 'error' : 'stopped'}>
      {enabled ? text.webhooks.enabled : text.webhooks.disabled}
    </StatusIndicator>
  );
}
