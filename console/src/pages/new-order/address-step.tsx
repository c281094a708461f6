import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useQuery } from '@tanstack/react-query';
import type { Resource } from '../../api/client.ts';
import * as text from '../../text/index.ts';
import { formatAddress } from './format-address.ts';
import type { StepProps } from './page.tsx';
import { partnerQuery } from './queries.ts';

const { wizard } = text.orders;

const emptyAddress: Resource<'Order'>['deliveryAddress'] = {
  name: '',
  lines: [''],
  city: '',
  postalCode: '',
  country: '',
};

/** The delivery address: the partner's own, or another one. */
export function AddressStep({ draft, onChange, missing }: StepProps) {
  const partner = useQuery(partnerQuery).data;
  const { address } = draft;
  const change = (part: Partial<typeof emptyAddress>) =>
    onChange((before) => ({ ...before, address: { ...emptyAddress, ...before.address, ...part } }));
  return (
    <Container>
      <SpaceBetween size="l">
        <FormField
          label={wizard.address}
          errorText={missing.includes('address') ? wizard.addressIncomplete : undefined}
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
          <Box>
            <SpaceBetween size="m">
              <Text label={wizard.addressName} value={address.name} onChange={(name) => change({ name })} />
              <FormField label={wizard.addressLines} constraintText={wizard.addressLinesHint}>
                <Textarea
                  value={address.lines.join('\n')}
                  rows={3}
                  onChange={({ detail }) => change({ lines: detail.value.split('\n') })}
                />
              </FormField>
              <Text label={wizard.city} value={address.city} onChange={(city) => change({ city })} />
              <Text
                label={wizard.postalCode}
                value={address.postalCode}
                onChange={(postalCode) => change({ postalCode })}
              />
              <Text
                label={wizard.country}
                hint={wizard.countryHint}
                value={address.country}
                onChange={(country) => change({ country: country.toUpperCase() })}
              />
            </SpaceBetween>
          </Box>
        )}
      </SpaceBetween>
    </Container>
  );
}

function Text({
  label,
  hint,
  value,
  onChange,
}: {
  label: string;
  hint?: string;
  value: string;
  onChange: (value: string) => void;
}) {
  return (
    <FormField label={label} constraintText={hint}>
      <Input value={value} onChange={({ detail }) => onChange(detail.value)} />
    </FormField>
  );
}
