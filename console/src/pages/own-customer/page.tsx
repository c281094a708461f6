import { useQuery } from '@tanstack/react-query';
import { api, read } from '../../api/client.ts';
import { Loaded } from '../../app/loaded.tsx';
import { ResourcePage } from '../../app/resource-page.tsx';
import { CustomerDetails } from '../customers/customer-details.tsx';

/** A customer as its own users see it. */
export default function OwnCustomerPage() {
  const query = useQuery({ queryKey: ['own customer'], queryFn: () => read(api.GET('/v1/customer')) });
  return (
    <Loaded query={query}>
      {(customer) => (
        <ResourcePage title={customer.name}>
          <CustomerDetails customer={customer} />
        </ResourcePage>
      )}
    </Loaded>
  );
}
