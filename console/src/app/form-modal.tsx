import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal, { type ModalProps } from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type ReactNode, useId } from 'react';
import { isStale, messagesFor } from '../api/api-problem.ts';
import * as text from '../text/index.ts';
import { ConflictAlert } from './conflict-alert.tsx';

/** The messages of a problem by the pointers of a form's fields. */
export type FieldMessages<Pointer extends string> = Partial<Record<Pointer, string>>;

type DialogProps = {
  title: string;
  /** The label of the button that sends the form. */
  submit: string;
  save: { mutate(): void; isPending: boolean; error: unknown };
  /** The resource that the form changes, with a way to start again from its current values. */
  conflict?: { resource: string; onReload: () => void };
  onClose: () => void;
};

/** The properties of a form that creates a resource as well as changes one. */
export type DraftFormProps<Draft> = DialogProps & { draft: Draft; onChange: (draft: Draft) => void; isNew?: boolean };

/**
 * A form in a dialog. Messages of the API appear at the fields, others above them. A change that would overwrite another one shows
 * the other one.
 */
export function FormModal<Pointer extends string>({
  title,
  submit,
  save,
  pointers = [],
  conflict,
  isComplete = true,
  size = 'medium',
  onClose,
  children,
}: DialogProps & {
  /** The JSON pointers of the form's fields. */
  pointers?: readonly Pointer[];
  isComplete?: boolean;
  size?: ModalProps.Size;
  children: ReactNode | ((messages: FieldMessages<Pointer>) => ReactNode);
}) {
  const form = useId();
  const hasConflict = conflict !== undefined && isStale(save.error);
  const { fields, other } = messagesFor(save.error, pointers);
  return (
    <Modal
      visible
      size={size}
      header={title}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              {text.shell.cancel}
            </Button>
            <Button
              variant="primary"
              formAction="submit"
              form={form}
              disabled={!isComplete || hasConflict}
              loading={save.isPending}
            >
              {submit}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <form
        id={form}
        onSubmit={(event) => {
          event.preventDefault();
          if (isComplete && !save.isPending && !hasConflict) {
            save.mutate();
          }
        }}
      >
        <div className="stack">
          {hasConflict && <ConflictAlert {...conflict} />}
          {!hasConflict && other !== undefined && <Alert type="error">{other}</Alert>}
          {typeof children === 'function' ? children(fields) : children}
        </div>
      </form>
    </Modal>
  );
}
