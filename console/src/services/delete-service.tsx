import { useNavigate } from 'react-router';
import { ConfirmModal } from '../app/confirm-modal.tsx';
import { useChange } from '../app/use-change.ts';
import type { EditFormProps } from '../app/use-editing.ts';
import * as text from '../text/index.ts';
import type { Service, ServiceKind } from './service-kind.ts';

const words = text.services.delete;

/** Deletes a service. The API refuses it while SIMs are left, and names their number. */
export function DeleteService({ kind, editing, data: service, etag }: { kind: ServiceKind } & EditFormProps<Service>) {
  const navigate = useNavigate();
  const run = useChange({
    run: () => kind.remove(service.id, etag),
    done: words.done(service.name),
    invalidates: [kind.key],
    isRemoval: true,
    onDone: () => navigate(kind.path),
  });
  return (
    <ConfirmModal
      title={words.title(service.name)}
      action={text.forms.delete}
      run={run}
      conflict={{ resource: `/v1${kind.path}/${service.id}`, onReload: editing.reload }}
      onClose={editing.close}
    >
      {words.text}
    </ConfirmModal>
  );
}
