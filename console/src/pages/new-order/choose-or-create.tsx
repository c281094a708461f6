import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import { type ReactNode, useState } from 'react';
import type { Operation } from '../../session/caller.ts';
import { useSession } from '../../session/session-context.tsx';
import { CreateModal, type Creation } from './create-modal.tsx';

/** A field for the choice of a resource, which the user can also create without leaving the form, if they may. */
export function ChooseOrCreate({
  label,
  hint,
  error,
  onCreated,
  creation,
  children,
}: {
  label: string;
  hint?: string;
  error?: string | undefined;
  onCreated: (id: string) => void;
  creation: Creation & { operation: Operation };
  /** The choice. */
  children: ReactNode;
}) {
  const { can } = useSession();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <FormField label={label} description={hint} errorText={error} stretch>
        <div className="control-row">
          <div>{children}</div>
          {can(creation.operation) && <Button onClick={() => setOpen(true)}>{creation.title}</Button>}
        </div>
      </FormField>
      {isOpen && (
        <CreateModal
          creation={creation}
          onClose={() => setOpen(false)}
          onCreated={(id) => {
            setOpen(false);
            onCreated(id);
          }}
        />
      )}
    </>
  );
}
