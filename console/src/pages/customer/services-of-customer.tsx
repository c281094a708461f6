import Button from '@cloudscape-design/components/button';
import { ListTable } from '../../app/list-table.tsx';
import { usePages } from '../../app/use-pages.ts';
import { customerServiceColumns, readCustomerServices } from '../../services/customer-services.tsx';
import { useTariffNames } from '../../services/use-tariff-names.ts';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';

const words = text.customers;

export function ServicesOfCustomer({ customerId, onCreate }: { customerId: string; onCreate: () => void }) {
  const { can } = useSession();
  const tariffName = useTariffNames();
  const pages = usePages(['customer services', { customerId }], (cursor) =>
    readCustomerServices({ customerId }, cursor),
  );
  return (
    <ListTable
      variant="container"
      title={words.services}
      pages={pages}
      columns={customerServiceColumns({ tariffName })}
      idOf={({ id }) => id}
      empty={{ title: words.noServices, hint: words.noServicesHint }}
      csv={{ path: `/v1/customer-services?limit=200&customerId=${customerId}`, fileName: 'customer-services.csv' }}
      actions={can('createCustomerService') && <Button onClick={onCreate}>{words.createService}</Button>}
    />
  );
}
