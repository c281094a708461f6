import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import { formatDay } from '../../app/format.ts';
import { RouterLink } from '../../app/router-link.tsx';
import { State } from '../../app/state.tsx';
import { Time } from '../../app/time.tsx';
import { CustomerName } from '../../services/customer-name.tsx';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { reasonText, stateText } from '../../text/state-text.ts';
import { nameIn } from '../sims/names.ts';
import type { Sim } from '../sims/queries.ts';
import { isPropertyShown } from '../sims/shown-properties.ts';
import { useNames } from '../sims/use-names.ts';

/** Room for an ICCID or the id of an order, so that it stays in one line. */
const NUMBER_WIDTH = 250;

export function SimDetails({ sim }: { sim: Sim }) {
  const { can } = useSession();
  const names = useNames([sim], sim.orderId);
  const { columns } = text.sims;
  const { none } = text.shell;
  const order = sim.orderId;
  const ifNamed = <Item,>(property: string, item: Item): Item[] => (isPropertyShown(property, can) ? [item] : []);
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
        minColumnWidth={NUMBER_WIDTH}
        items={[
          { label: columns.stateChangedAt, value: <Time at={sim.stateChangedAt} /> },
          {
            label: text.sims.bars,
            value:
              sim.bars.length === 0
                ? text.sims.noBars
                : sim.bars.map(({ reason, since }) => (
                    <div key={`${reason} ${since}`}>
                      {reasonText(reason)} <Time at={since} />
                    </div>
                  )),
          },
          {
            label: text.sims.pendingChange,
            value: sim.pendingChange ? (
              <LinkIf may={can('getOperation')} to={`/operations/${sim.pendingChange.operationId}`}>
                {text.sims.pending(stateText('action', sim.pendingChange.action))}
              </LinkIf>
            ) : (
              none
            ),
          },
          ...ifNamed('operatorId', { label: columns.operator, value: nameIn(names.operators, sim.operatorId) }),
          ...ifNamed('partnerServiceId', {
            label: columns.partnerService,
            value: (
              <LinkIf may={can('getPartnerService')} to={`/partner-services/${sim.partnerServiceId}`}>
                {nameIn(names.partnerServices, sim.partnerServiceId)}
              </LinkIf>
            ),
          }),
          ...ifNamed('customerId', {
            label: columns.customer,
            value: sim.customerId === undefined ? none : <CustomerName id={sim.customerId} />,
          }),
          {
            label: columns.customerService,
            value:
              sim.customerServiceId === undefined ? (
                none
              ) : (
                <LinkIf may={can('getCustomerService')} to={`/customer-services/${sim.customerServiceId}`}>
                  {nameIn(names.customerServices, sim.customerServiceId)}
                </LinkIf>
              ),
          },
          { label: columns.msisdn, value: sim.msisdn ?? none },
          { label: columns.imsi, value: sim.imsi ?? none },
          { label: columns.tags, value: sim.tags.join(', ') || none },
          ...ifNamed('orderId', {
            label: columns.order,
            value: order ? <RouterLink to={`/orders/${order}`}>{nameIn(names.orders, order)}</RouterLink> : none,
          }),
          { label: text.sims.termEndsOn, value: sim.termEndsOn === undefined ? none : formatDay(sim.termEndsOn) },
          ...(sim.imei === undefined ? [] : [{ label: text.sims.properties.imei, value: sim.imei }]),
          ...(sim.eid === undefined ? [] : [{ label: text.sims.eid, value: sim.eid }]),
          ...[
            { label: text.sims.replacedBy, iccid: sim.replacedBy },
            { label: text.sims.replaces, iccid: sim.replaces },
          ].flatMap(({ label, iccid }) =>
            iccid === undefined ? [] : [{ label, value: <RouterLink to={`/sims/${iccid}`}>{iccid}</RouterLink> }],
          ),
          ...Object.entries(sim.fields).map(([label, value]) => ({ label, value })),
        ]}
      />
    </Container>
  );
}

function LinkIf({ may, to, children }: { may: boolean; to: string; children: string | undefined }) {
  return may ? <RouterLink to={to}>{children}</RouterLink> : children;
}
