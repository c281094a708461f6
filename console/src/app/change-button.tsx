import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import { isStale } from '../api/api-problem.ts';
import { ConflictAlert } from './conflict-alert.tsx';
import { useChange } from './use-change.ts';

/**
 * A button that changes a resource without a form, but never over a change by somebody else: that one is shown. The page then has the
 * current values, and the user decides again.
 */
export function ChangeButton<Result>({
  label,
  isOffered = true,
  resource,
  change,
}: {
  label: string;
  /** Whether the current values permit the change. A conflict is shown even if the other change was the same. */
  isOffered?: boolean;
  /** The resource as the journal names it. */
  resource: string;
  change: Pick<Parameters<typeof useChange<Result>>[0], 'run' | 'done' | 'invalidates'>;
}) {
  const { mutate, reset, isPending, error } = useChange({ ...change, reportsProblem: 'without conflicts' });
  return (
    <>
      {isOffered && (
        <Button loading={isPending} onClick={mutate}>
          {label}
        </Button>
      )}
      {isStale(error) && (
        <Modal visible header={label} onDismiss={reset}>
          <ConflictAlert resource={resource} onReload={reset} />
        </Modal>
      )}
    </>
  );
}
