import Button from '@cloudscape-design/components/button';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { EditChosenIdForm } from '../../app/chosen-id-form.tsx';
import { Details } from '../../app/details.tsx';
import { Loaded } from '../../app/loaded.tsx';
import { ResourcePage } from '../../app/resource-page.tsx';
import { useEditing } from '../../app/use-editing.ts';
import { describeAllowance, formatPrice } from '../../services/tariff-text.ts';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { useOperatorNames } from '../operators/use-operator-names.ts';
import { platformTariffQuery } from '../platform-tariffs/queries.ts';
import { tariffKind } from '../platform-tariffs/tariff-form.tsx';

/** A tariff of the wholesaler. */
export default function PlatformTariffPage() {
  const { tariffId = '' } = useParams();
  const { can } = useSession();
  const operatorName = useOperatorNames();
  const query = useQuery(platformTariffQuery(tariffId));
  const editing = useEditing(query);
  const { columns, audience, months } = text.tariffs;
  return (
    <Loaded query={query}>
      {({ data: tariff }) => (
        <ResourcePage
          title={tariff.name}
          actions={
            can('saveTariff') && (
              <Button variant="primary" onClick={editing.open}>
                {text.forms.edit}
              </Button>
            )
          }
        >
          <Details
            items={[
              { label: text.platform.id, value: tariff.id },
              { label: columns.audience, value: audience[tariff.audience] },
              { label: columns.operators, value: tariff.operatorIds.map(operatorName).join(', ') },
              { label: columns.networks, value: tariff.networks.join(', ') },
              { label: columns.allowance, value: describeAllowance(tariff) },
              { label: columns.price, value: formatPrice(tariff.monthlyPrice) },
              { label: columns.term, value: months(tariff.minimumTermMonths) },
            ]}
          />
          {editing.opened && (
            <EditChosenIdForm kind={tariffKind} key={editing.opened.etag} editing={editing} {...editing.opened} />
          )}
        </ResourcePage>
      )}
    </Loaded>
  );
}
