import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';
import { Loaded } from '../../app/loaded.tsx';
import { useNotify } from '../../app/notifications.tsx';
import { PageHeader } from '../../app/page-title.tsx';
import { RouterLink } from '../../app/router-link.tsx';
import { isOrderUnderWay, statusOf } from '../../app/state-status.ts';
import { Timeline } from '../../app/timeline.tsx';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { eventText } from '../../text/state-text.ts';
import type { Order } from '../orders/queries.ts';
import { CancelOrder } from './cancel-order.tsx';
import { OrderDetails } from './details.tsx';
import { OrderProgress } from './progress.tsx';
import { orderEventsQuery, orderQuery, resumeOrder } from './queries.ts';

/** An order, which the page follows until it ends. */
export default function OrderPage() {
  const { id = '' } = useParams();
  const query = useQuery(orderQuery(id));
  return <Loaded query={query}>{(order) => <OrderOf order={order} />}</Loaded>;
}

function OrderOf({ order }: { order: Order }) {
  const { can } = useSession();
  const events = useQuery(orderEventsQuery(order));
  const [isCancelling, setCancelling] = useState(false);
  const mayBeCancelled = ['submitted', 'accepted', 'processing'].includes(order.state) && !order.cancelRequestedBy;
  return (
    <ContentLayout
      header={
        <PageHeader
          description={isOrderUnderWay(order) ? text.orders.timelineHint : undefined}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {can('resumeOrder') && order.state === 'failed' && <ResumeOrder order={order} />}
              {can('cancelOrder') && mayBeCancelled && (
                <Button onClick={() => setCancelling(true)}>{text.orders.cancel}</Button>
              )}
            </SpaceBetween>
          }
        >
          {text.orders.order(order.reference ?? order.id)}
        </PageHeader>
      }
    >
      <SpaceBetween size="l">
        <OrderProgress order={order} />
        <OrderDetails order={order} />
        <Container header={<Header variant="h2">{text.orders.timeline}</Header>}>
          <Loaded query={events}>
            {(lines) => (
              <Timeline
                label={text.orders.timeline}
                lines={lines.map(({ at, type, to, detail }) => ({
                  at,
                  detail,
                  title: eventText(text.orders.events, type),
                  status: to === undefined ? 'info' : pastStatus(to, order.state),
                }))}
              />
            )}
          </Loaded>
        </Container>
        {order.receivedQuantity > 0 && <RouterLink to={`/sims?orderId=${order.id}`}>{text.orders.showSims}</RouterLink>}
      </SpaceBetween>
      <CancelOrder order={order} isOpen={isCancelling} onClose={() => setCancelling(false)} />
    </ContentLayout>
  );
}

/** A state that the order has left is done; the current one is as serious as it is. */
function pastStatus(state: string, current: string) {
  const status = statusOf('order', state);
  return state === current || status === 'error' ? status : 'success';
}

function ResumeOrder({ order }: { order: Order }) {
  const notify = useNotify();
  const queries = useQueryClient();
  const resume = useMutation({
    mutationFn: () => resumeOrder(order.id),
    onSuccess: () => {
      notify('success', text.orders.resumed);
      return queries.invalidateQueries({ queryKey: ['orders'] });
    },
    onError: (error) => notify('error', error.message),
  });
  return (
    <Button loading={resume.isPending} onClick={() => resume.mutate()}>
      {text.orders.resume}
    </Button>
  );
}
