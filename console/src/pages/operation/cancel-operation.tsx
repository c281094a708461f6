import { ConfirmModal } from '../../app/confirm-modal.tsx';
import { useChange } from '../../app/use-change.ts';
import * as text from '../../text/index.ts';
import type { Operation } from '../operations/queries.ts';
import { isCancelledBeforeStart } from './progress.ts';
import { cancelOperation } from './queries.ts';

const words = text.operations.cancelling;

/** Asks before an operation is cancelled: what it has changed so far stays. */
export function CancelOperation({ operation, onClose }: { operation: Operation; onClose: () => void }) {
  const run = useChange({
    run: () => cancelOperation(operation.id),
    done: (cancelled) => {
      if (isCancelledBeforeStart(cancelled)) {
        return text.operations.cancelledBeforeStart;
      }
      return cancelled.state === 'cancelled' ? text.operations.cancelled : text.operations.cancelRequested;
    },
    invalidates: ['operations'],
    onDone: onClose,
  });
  return (
    <ConfirmModal title={words.title} action={text.operations.cancel} run={run} onClose={onClose}>
      {operation.state === 'scheduled' ? words.scheduled : words.running}
    </ConfirmModal>
  );
}
