import { useQuery } from '@tanstack/react-query';
import { ConfirmModal } from '../../app/confirm-modal.tsx';
import { formatNumber } from '../../app/format.ts';
import { useChange } from '../../app/use-change.ts';
import * as text from '../../text/index.ts';
import { type Order, operatorsQuery } from '../orders/queries.ts';
import { cancelOrder } from './queries.ts';

const words = text.orders.cancelling;

/** Shows what a cancellation brings about before it is requested. The operator may refuse. */
export function CancelOrder({ order, onClose }: { order: Order; onClose: () => void }) {
  const operator = useQuery(operatorsQuery).data?.find(({ id }) => id === order.operatorId)?.name ?? order.operatorId;
  const run = useChange({
    run: () => cancelOrder(order.id),
    done: ({ state }) => (state === 'cancelled' ? text.orders.cancelled : text.orders.cancelRequested),
    invalidates: ['orders'],
    onDone: onClose,
  });
  return (
    <ConfirmModal title={text.orders.cancelTitle} action={text.orders.cancel} run={run} onClose={onClose}>
      <ul>
        <li>{words.sims(formatNumber(order.quantity), operator)}</li>
        {order.plan && <li>{words.plan}</li>}
        <li>{order.state === 'submitted' ? words.notAccepted(operator) : words.accepted(operator)}</li>
        <li>{words.final}</li>
      </ul>
    </ConfirmModal>
  );
}
