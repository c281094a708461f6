import Button from '@cloudscape-design/components/button';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from 'react-router';
import { EditChosenIdForm } from '../../app/chosen-id-form.tsx';
import { Details } from '../../app/details.tsx';
import { formatNumber } from '../../app/format.ts';
import { formatAddress } from '../../app/format-address.ts';
import { Loaded } from '../../app/loaded.tsx';
import { ResourcePage } from '../../app/resource-page.tsx';
import { Time } from '../../app/time.tsx';
import { useEditing } from '../../app/use-editing.ts';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { partnerKind } from '../partners/partner-form.tsx';
import { type Partner, partnerQuery } from '../partners/queries.ts';
import { GrantedTariffs } from './grants.tsx';

const t = text.platform.partners;

/** A partner, with the tariffs that it may use. */
export default function PartnerPage() {
  const { partnerId = '' } = useParams();
  const { can } = useSession();
  const navigate = useNavigate();
  const query = useQuery(partnerQuery(partnerId));
  const editing = useEditing(query);
  return (
    <Loaded query={query}>
      {({ data: partner }) => (
        <ResourcePage
          title={partner.name}
          actions={
            <>
              {can('listManualOrders') && (
                <Button onClick={() => navigate(`/desk/orders?partnerId=${partnerId}`)}>{t.orders}</Button>
              )}
              {can('importSims') && (
                <Button onClick={() => navigate(`/platform/imports?partnerId=${partnerId}`)}>{t.import}</Button>
              )}
              {can('savePartner') && (
                <Button variant="primary" onClick={editing.open}>
                  {text.forms.edit}
                </Button>
              )}
            </>
          }
        >
          <PartnerFacts partner={partner} />
          <GrantedTariffs partnerId={partnerId} />
          {editing.opened && (
            <EditChosenIdForm kind={partnerKind} key={editing.opened.etag} editing={editing} {...editing.opened} />
          )}
        </ResourcePage>
      )}
    </Loaded>
  );
}

function PartnerFacts({ partner }: { partner: Partner }) {
  const { contact, deliveryAddress, holdingDays, requestsPerSecond } = partner;
  const orDefault = (value: number | undefined) => (value === undefined ? t.byDefault : formatNumber(value));
  return (
    <Details
      items={[
        { label: text.platform.id, value: partner.id },
        { label: t.columns.shortName, value: partner.shortName },
        { label: t.contact, value: [contact.name, contact.email, contact.phone].filter(Boolean).join(', ') },
        {
          label: t.address,
          value: formatAddress(deliveryAddress),
        },
        { label: t.holdingDays, value: orDefault(holdingDays) },
        { label: t.requestsPerSecond, value: orDefault(requestsPerSecond) },
        { label: text.forms.createdAt, value: <Time at={partner.createdAt} /> },
        { label: text.forms.updatedAt, value: <Time at={partner.updatedAt} /> },
      ]}
    />
  );
}
