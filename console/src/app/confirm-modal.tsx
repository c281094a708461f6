import Box from '@cloudscape-design/components/box';
import type { ReactNode } from 'react';
import { FormModal } from './form-modal.tsx';

/** Asks before a change that is hard to undo. If the API refuses it, the dialog shows the reason. */
export function ConfirmModal({
  title,
  action,
  run,
  conflict,
  onClose,
  children,
}: {
  title: string;
  action: string;
  run: { mutate(): void; isPending: boolean; error: unknown };
  conflict?: { resource: string; onReload: () => void };
  onClose: () => void;
  children: ReactNode;
}) {
  return (
    <FormModal title={title} submit={action} save={run} onClose={onClose} {...(conflict && { conflict })}>
      {typeof children === 'string' ? <Box variant="p">{children}</Box> : children}
    </FormModal>
  );
}
