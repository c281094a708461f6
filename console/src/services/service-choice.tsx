import Box from '@cloudscape-design/components/box';
import Select, { type SelectProps } from '@cloudscape-design/components/select';
import { useQuery } from '@tanstack/react-query';
import { api, given, read } from '../api/client.ts';
import { useOptionPages } from '../app/use-option-pages.ts';
import type { ListPage } from '../app/use-pages.ts';
import * as text from '../text/index.ts';
import { readCustomerServices } from './customer-services.tsx';
import type { Service, ServiceKind } from './service-kind.ts';

const PAGE_SIZE = 200;

const readPartnerServices = (cursor: string | undefined, limit: number) =>
  read(api.GET('/v1/partner-services', { params: { query: given({ cursor, limit }) } }));

/** Services as options, however many: all of a kind, or those of a customer. */
export function useServiceOptions(
  kind: ServiceKind,
  {
    customerId,
    enabled,
    isOffered,
  }: { customerId?: string; enabled?: boolean; isOffered?: (service: Service) => boolean },
) {
  return useOptionPages<Service>(
    [kind.key, 'pages', customerId],
    (cursor): Promise<ListPage<Service>> =>
      kind.audience === 'partner'
        ? readPartnerServices(cursor, PAGE_SIZE)
        : readCustomerServices({ customerId }, cursor, PAGE_SIZE),
    { ...(enabled !== undefined && { enabled }), ...(isOffered && { isOffered }) },
  );
}

/** Chooses one of any number of services: further pages are read while the user scrolls, and all of them for a search. */
export function ServiceChoice({
  kind,
  customerId,
  value,
  isOffered,
  describe,
  empty,
  onChange,
}: {
  kind: ServiceKind;
  /** The customer whose services are offered, if they are customer services. */
  customerId?: string;
  value: string;
  isOffered?: (service: Service) => boolean;
  /** A second line of an option, also shown below the choice. */
  describe?: (service: Service) => string | undefined;
  /** The text in place of the services when there are none. */
  empty: string;
  onChange: (id: string) => void;
}) {
  const pages = useServiceOptions(kind, {
    ...(customerId !== undefined && { customerId }),
    ...(isOffered && { isOffered }),
  });
  const toOption = (service: Service): SelectProps.Option => ({
    value: service.id,
    label: service.name,
    ...given({ description: describe?.(service) }),
  });
  const options = pages.items.map(toOption);
  const known = options.find((option) => option.value === value);
  const chosen = useQuery({
    queryKey: [kind.key, value],
    queryFn: () => kind.get(value),
    enabled: value !== '' && known === undefined,
  }).data?.data;
  const selected = known ?? (chosen ? toOption(chosen) : { value, label: value });
  return (
    <>
      <Select
        placeholder={text.forms.choose}
        empty={empty}
        noMatch={text.forms.noMatch}
        filteringType={options.length > 10 || pages.status === 'pending' ? 'auto' : 'none'}
        statusType={pages.status}
        loadingText={text.shell.loading}
        errorText={text.forms.loadFailed}
        recoveryText={text.shell.tryAgain}
        selectedOption={value === '' ? null : selected}
        options={options}
        onLoadItems={({ detail }) => pages.load(detail)}
        onChange={({ detail }) => onChange(detail.selectedOption.value ?? '')}
      />
      {value !== '' && selected.description !== undefined && (
        <Box color="text-body-secondary" fontSize="body-s" padding={{ top: 'xxs' }}>
          {selected.description}
        </Box>
      )}
    </>
  );
}
