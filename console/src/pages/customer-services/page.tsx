import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { ListTable } from '../../app/list-table.tsx';
import { useFilters } from '../../app/use-filters.ts';
import { usePages } from '../../app/use-pages.ts';
import { CustomerChoice } from '../../services/customer-choice.tsx';
import { customerServiceColumns, readCustomerServices } from '../../services/customer-services.tsx';
import { NewCustomerService } from '../../services/new-service.tsx';
import { useTariffNames } from '../../services/use-tariff-names.ts';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';

const words = text.services;

/** The services of all customers, or of one; for users of a customer, their own. */
export default function CustomerServicesPage() {
  const { can, caller } = useSession();
  const isOwn = caller.kind === 'customer';
  const navigate = useNavigate();
  const { parameters, change } = useFilters();
  const [isCreating, setCreating] = useState(false);
  const tariffName = useTariffNames();
  const customerId = parameters.get('customerId') ?? undefined;
  const pages = usePages(['customer services', { customerId }], (cursor) =>
    readCustomerServices({ customerId }, cursor),
  );
  return (
    <>
      <ListTable
        title={isOwn ? words.ownTitle : words.customerTitle}
        pages={pages}
        columns={customerServiceColumns({
          showsCustomer: can('listCustomers'),
          tariffName: can('listTariffs') ? tariffName : undefined,
        })}
        idOf={({ id }) => id}
        empty={{ title: words.empty, hint: isOwn ? words.ownHint : words.customerHint }}
        csv={{ path: `/v1/customer-services?limit=200&${parameters}`, fileName: 'customer-services.csv' }}
        actions={
          can('createCustomerService') && (
            <Button variant="primary" onClick={() => setCreating(true)}>
              {words.create}
            </Button>
          )
        }
        filter={
          can('listCustomers') && (
            <CustomerChoice
              label={words.filterCustomer}
              all={words.allCustomers}
              value={customerId ?? ''}
              onChange={(id) => change('customerId', id)}
            />
          )
        }
      />
      {isCreating && (
        <NewCustomerService
          {...(customerId !== undefined && { customerId })}
          onClose={() => setCreating(false)}
          onCreated={(id) => navigate(`/customer-services/${id}`)}
        />
      )}
    </>
  );
}
