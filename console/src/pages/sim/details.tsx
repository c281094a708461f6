import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import { RouterLink } from '../../app/router-link.tsx';
import { State } from '../../app/state.tsx';
import { Time } from '../../app/time.tsx';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { stateText } from '../../text/state-text.ts';
import type { Sim } from '../sims/queries.ts';
import { nameIn, useNames } from '../sims/use-names.ts';

export function SimDetails({ sim }: { sim: Sim }) {
  const { can } = useSession();
  const names = useNames();
  const { columns } = text.sims;
  const { none } = text.shell;
  const order = sim.orderId;
  return (
    <Container
      header={
        <Header variant="h2" info={<State kind="sim" value={sim.state} />}>
          {text.sims.details}
        </Header>
      }
    >
      <KeyValuePairs
        columns={3}
        items={[
          { label: columns.stateChangedAt, value: <Time at={sim.stateChangedAt} /> },
          {
            label: text.sims.bars,
            value: sim.bars.map(({ reason }) => reason.replaceAll('_', ' ')).join(', ') || text.sims.noBars,
          },
          {
            label: text.sims.pendingChange,
            value: sim.pendingChange ? text.sims.pending(stateText('action', sim.pendingChange.action)) : none,
          },
          { label: columns.operator, value: nameIn(names.operators, sim.operatorId) },
          { label: columns.partnerService, value: nameIn(names.partnerServices, sim.partnerServiceId) },
          { label: columns.customer, value: nameIn(names.customers, sim.customerId) ?? none },
          { label: columns.customerService, value: nameIn(names.customerServices, sim.customerServiceId) ?? none },
          { label: columns.msisdn, value: sim.msisdn ?? none },
          { label: columns.imsi, value: sim.imsi ?? none },
          { label: columns.tags, value: sim.tags.join(', ') || none },
          {
            label: columns.order,
            value:
              order && can('getOrder') ? <RouterLink to={`/orders/${order}`}>{order}</RouterLink> : (order ?? none),
          },
        ]}
      />
    </Container>
  );
}
