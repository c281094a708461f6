import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNotify } from '../../app/notifications.tsx';
import { ProblemAlert } from '../../app/problem-alert.tsx';
import * as text from '../../text/index.ts';
import type { Order } from '../orders/queries.ts';
import { cancelOrder } from './queries.ts';

/** Asks before an order is cancelled. The operator may refuse. */
export function CancelOrder({ order, isOpen, onClose }: { order: Order; isOpen: boolean; onClose: () => void }) {
  const notify = useNotify();
  const queries = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => cancelOrder(order.id),
    onSuccess: ({ state }) => {
      notify('success', state === 'cancelled' ? text.orders.cancelled : text.orders.cancelRequested);
      onClose();
      return queries.invalidateQueries({ queryKey: ['orders'] });
    },
  });
  return (
    <Modal
      visible={isOpen}
      onDismiss={onClose}
      header={text.orders.cancelTitle}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              {text.orders.cancelKeep}
            </Button>
            <Button variant="primary" loading={cancel.isPending} onClick={() => cancel.mutate()}>
              {text.orders.cancel}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Box variant="p">{text.orders.cancelText(order.quantity, order.operatorId)}</Box>
        {cancel.isError && <ProblemAlert error={cancel.error} />}
      </SpaceBetween>
    </Modal>
  );
}
