import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { RouterLink } from '../../app/router-link.tsx';
import { State } from '../../app/state.tsx';
import * as text from '../../text/index.ts';
import { stateText } from '../../text/state-text.ts';
import type { Order } from '../orders/queries.ts';
import { stagesOfOrder } from './stages.ts';

/** How far the SIMs of an order are. */
export function OrderProgress({ order }: { order: Order }) {
  const { failed } = order.progress;
  return (
    <Container
      header={
        <Header variant="h2" info={<State kind="order" value={order.state} />}>
          {text.orders.progress}
        </Header>
      }
    >
      <SpaceBetween size="m">
        {order.failure && <Alert type="error">{order.failure.detail}</Alert>}
        {stagesOfOrder(order).map(({ stage, done, percent }) => (
          <ProgressBar
            key={stage}
            label={text.orders.stages[stage]}
            value={percent}
            additionalInfo={text.orders.stageProgress(done, order.quantity)}
          />
        ))}
        {failed > 0 && <Alert type="warning">{text.orders.failedSims(failed)}</Alert>}
        {order.operations.length > 0 && (
          <div>
            <Box variant="awsui-key-label">{text.orders.planOperations}</Box>
            <SpaceBetween size="xs">
              {order.operations.map(({ stage, operationId }) => (
                <RouterLink key={operationId} to={`/operations/${operationId}`}>
                  {text.operations.operation(stateText('action', stage))}
                </RouterLink>
              ))}
            </SpaceBetween>
          </div>
        )}
      </SpaceBetween>
    </Container>
  );
}
