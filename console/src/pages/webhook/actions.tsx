import Button from '@cloudscape-design/components/button';
import { useNavigate } from 'react-router';
import { ChangeButton } from '../../app/change-button.tsx';
import { ConfirmModal } from '../../app/confirm-modal.tsx';
import { useChange } from '../../app/use-change.ts';
import type { EditFormProps } from '../../app/use-editing.ts';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { changeWebhook, removeWebhook, rotateSecretOf, sendTest, type Webhook } from '../webhooks/queries.ts';

const words = text.webhooks;

export function WebhookActions({
  webhook: { id, enabled },
  etag,
  onEdit,
  onDelete,
  onRotate,
}: {
  webhook: Webhook;
  etag: string | undefined;
  onEdit: () => void;
  onDelete: () => void;
  onRotate: () => void;
}) {
  const { can } = useSession();
  const test = useChange({
    run: () => sendTest(id),
    done: words.testSent,
    invalidates: ['webhooks'],
    reportsProblem: true,
  });
  return (
    <>
      {can('testWebhook') && enabled && (
        <Button loading={test.isPending} onClick={test.mutate}>
          {words.test}
        </Button>
      )}
      {can('updateWebhook') && (
        <ChangeButton
          label={enabled ? words.disable : words.enable}
          resource={`/v1/webhooks/${id}`}
          change={{
            run: () => changeWebhook(id, { enabled: !enabled }, etag),
            done: enabled ? words.nowDisabled : words.nowEnabled,
            invalidates: ['webhooks'],
          }}
        />
      )}
      {can('rotateWebhookSecret') && <Button onClick={onRotate}>{words.rotate.action}</Button>}
      {can('deleteWebhook') && <Button onClick={onDelete}>{text.forms.delete}</Button>}
      {can('updateWebhook') && (
        <Button variant="primary" onClick={onEdit}>
          {text.forms.edit}
        </Button>
      )}
    </>
  );
}

export function RotateWebhookSecret({
  id,
  onClose,
  onRotated,
}: {
  id: string;
  onClose: () => void;
  onRotated: (secret: string) => void;
}) {
  const run = useChange({
    run: () => rotateSecretOf(id),
    invalidates: ['webhooks'],
    onDone: ({ secret }) => onRotated(secret),
  });
  return (
    <ConfirmModal title={words.rotate.title} action={words.rotate.action} {...{ run, onClose }}>
      {words.rotate.text}
    </ConfirmModal>
  );
}

export function DeleteWebhook({ editing, data: { id }, etag }: EditFormProps<Webhook>) {
  const navigate = useNavigate();
  const run = useChange({
    run: () => removeWebhook(id, etag),
    done: words.delete.done,
    invalidates: ['webhooks'],
    isRemoval: true,
    onDone: () => navigate('/webhooks'),
  });
  return (
    <ConfirmModal
      title={words.delete.title}
      action={text.forms.delete}
      run={run}
      conflict={{ resource: `/v1/webhooks/${id}`, onReload: editing.reload }}
      onClose={editing.close}
    >
      {words.delete.text}
    </ConfirmModal>
  );
}
