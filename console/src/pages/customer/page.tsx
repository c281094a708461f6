import Button from '@cloudscape-design/components/button';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { Loaded } from '../../app/loaded.tsx';
import { ResourcePage } from '../../app/resource-page.tsx';
import { useEditing } from '../../app/use-editing.ts';
import { NewCustomerService } from '../../services/new-service.tsx';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { CustomerDetails } from '../customers/customer-details.tsx';
import { EditCustomerForm } from '../customers/customer-form.tsx';
import { customerQuery } from '../customers/queries.ts';
import { DeleteCustomer } from './delete-customer.tsx';
import { ServicesOfCustomer } from './services-of-customer.tsx';

const words = text.customers;

/** A customer with its services. */
export default function CustomerPage() {
  const { id = '' } = useParams();
  const { can } = useSession();
  const navigate = useNavigate();
  const query = useQuery(customerQuery(id));
  const editing = useEditing(query);
  const deleting = useEditing(query);
  const [isCreating, setCreating] = useState(false);
  return (
    <Loaded query={query}>
      {({ data: customer }) => (
        <ResourcePage
          title={customer.name}
          actions={
            <>
              {can('listSims') && <Button onClick={() => navigate(`/sims?customerId=${id}`)}>{words.showSims}</Button>}
              {can('listPartnerUsers') && (
                <Button onClick={() => navigate(`/users?customerId=${id}`)}>{words.showUsers}</Button>
              )}
              {can('deleteCustomer') && <Button onClick={deleting.open}>{text.forms.delete}</Button>}
              {can('updateCustomer') && (
                <Button variant="primary" onClick={editing.open}>
                  {text.forms.edit}
                </Button>
              )}
            </>
          }
        >
          <CustomerDetails customer={customer} />
          <ServicesOfCustomer customerId={id} onCreate={() => setCreating(true)} />
          {editing.opened && <EditCustomerForm key={editing.opened.etag} editing={editing} {...editing.opened} />}
          {deleting.opened && <DeleteCustomer key={deleting.opened.etag} editing={deleting} {...deleting.opened} />}
          {isCreating && (
            <NewCustomerService
              customerId={id}
              onClose={() => setCreating(false)}
              onCreated={(serviceId) => navigate(`/customer-services/${serviceId}`)}
            />
          )}
        </ResourcePage>
      )}
    </Loaded>
  );
}
