import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { Loaded } from '../../app/loaded.tsx';
import { useNotify } from '../../app/notifications.tsx';
import { PageHeader } from '../../app/page-title.tsx';
import { isOrderUnderWay, statusOf } from '../../app/state-status.ts';
import { Timeline } from '../../app/timeline.tsx';
import { useEditing } from '../../app/use-editing.ts';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { eventText } from '../../text/state-text.ts';
import type { Order } from '../orders/queries.ts';
import { CancelOrder } from './cancel-order.tsx';
import { ChangePlan } from './change-plan.tsx';
import { OrderDetails } from './details.tsx';
import { mayBeCancelled, mayChangePlan } from './order-actions.ts';
import { OrderProgress } from './progress.tsx';
import { orderEventsQuery, orderQuery, resumeOrder } from './queries.ts';

/** An order, which the page follows until it ends. */
export default function OrderPage() {
  const { id = '' } = useParams();
  const query = useQuery(orderQuery(id));
  const planning = useEditing(query);
  return (
    <Loaded query={query}>
      {({ data: order }) => (
        <>
          <OrderOf order={order} onChangePlan={planning.open} />
          {planning.opened && <ChangePlan key={planning.opened.etag} editing={planning} {...planning.opened} />}
        </>
      )}
    </Loaded>
  );
}

function OrderOf({ order, onChangePlan }: { order: Order; onChangePlan: () => void }) {
  const { can } = useSession();
  const navigate = useNavigate();
  const events = useQuery(orderEventsQuery(order));
  const [isCancelling, setCancelling] = useState(false);
  return (
    <ContentLayout
      header={
        <PageHeader
          description={isOrderUnderWay(order) ? text.orders.timelineHint : undefined}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {can('resumeOrder') && order.state === 'failed' && <ResumeOrder order={order} />}
              {can('cancelOrder') && mayBeCancelled(order) && (
                <Button onClick={() => setCancelling(true)}>{text.orders.cancel}</Button>
              )}
              {can('setOrderPlan') && mayChangePlan(order) && (
                <Button onClick={onChangePlan}>{order.plan ? text.orders.changePlan : text.orders.addPlan}</Button>
              )}
              {order.receivedQuantity > 0 && (
                <Button onClick={() => navigate(`/sims?orderId=${order.id}`)}>{text.orders.showSims}</Button>
              )}
            </SpaceBetween>
          }
        >
          {text.orders.order(order.reference ?? order.id)}
        </PageHeader>
      }
    >
      <SpaceBetween size="l">
        {order.cancelRequestedBy !== undefined && <Alert type="info">{text.orders.cancelRequested}</Alert>}
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
      </SpaceBetween>
      {isCancelling && <CancelOrder order={order} onClose={() => setCancelling(false)} />}
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
