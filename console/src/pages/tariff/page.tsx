import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { api, read } from '../../api/client.ts';
import { Details } from '../../app/details.tsx';
import { Loaded } from '../../app/loaded.tsx';
import { ResourcePage } from '../../app/resource-page.tsx';
import { describeAllowance, formatPrice } from '../../services/tariff-text.ts';
import * as text from '../../text/index.ts';
import { operatorsQuery } from '../orders/queries.ts';

const words = text.tariffs;

export default function TariffPage() {
  const { id = '' } = useParams();
  const operators = useQuery(operatorsQuery).data ?? [];
  const query = useQuery({
    queryKey: ['tariffs', id],
    queryFn: () => read(api.GET('/v1/tariffs/{id}', { params: { path: { id } } })),
  });
  const operatorName = (operatorId: string) => operators.find((operator) => operator.id === operatorId)?.name;
  return (
    <Loaded query={query}>
      {(tariff) => (
        <ResourcePage title={tariff.name}>
          <Details
            items={[
              { label: words.columns.audience, value: words.audience[tariff.audience] },
              { label: words.columns.allowance, value: describeAllowance(tariff) },
              { label: words.columns.price, value: formatPrice(tariff.monthlyPrice) },
              { label: words.columns.term, value: words.months(tariff.minimumTermMonths) },
              {
                label: words.columns.operators,
                value: tariff.operatorIds.map((operatorId) => operatorName(operatorId) ?? operatorId).join(', '),
              },
              { label: words.columns.networks, value: tariff.networks.join(', ') },
            ]}
          />
        </ResourcePage>
      )}
    </Loaded>
  );
}
