import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { formatAddress } from '../../app/format-address.ts';
import * as text from '../../text/index.ts';
import { AddressFields } from '../customers/address-fields.tsx';
import { emptyAddress } from '../customers/customer-draft.ts';
import type { StepProps } from './page.tsx';
import { partnerQuery } from './queries.ts';

const { wizard } = text.orders;

/** The delivery address: the partner's own, or another one. */
export function AddressStep({ draft, onChange, missing, messages }: StepProps) {
  const partner = useQuery(partnerQuery).data;
  const { address } = draft;
  return (
    <Container>
      <SpaceBetween size="l">
        <FormField
          label={wizard.address}
          errorText={missing.includes('address') ? wizard.addressIncomplete : messages['/deliveryAddress']}
        >
          <RadioGroup
            value={address ? 'other' : 'own'}
            items={[
              {
                value: 'own',
                label: wizard.ownAddress,
                description: partner ? formatAddress(partner.deliveryAddress) : undefined,
              },
              { value: 'other', label: wizard.otherAddress },
            ]}
            onChange={({ detail }) =>
              onChange((before) => ({ ...before, address: detail.value === 'own' ? undefined : emptyAddress }))
            }
          />
        </FormField>
        {address && (
          <AddressFields
            label={text.orders.deliveryAddress}
            value={address}
            pointer="/deliveryAddress"
            messages={messages}
            onChange={(changed) => onChange((before) => ({ ...before, address: changed }))}
          />
        )}
      </SpaceBetween>
    </Container>
  );
}
