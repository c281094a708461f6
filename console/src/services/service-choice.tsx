import Select from '@cloudscape-design/components/select';
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
  empty,
  onChange,
}: {
  kind: ServiceKind;
  /** The customer whose services are offered, if they are customer services. */
  customerId?: string;
  value: string;
  isOffered?: (service: Service) => boolean;
  /** The text in place of the services when there are none. */
  empty: string;
  onChange: (id: string) => void;
}) {
  const pages = useServiceOptions(kind, {
    ...(customerId !== undefined && { customerId }),
    ...(isOffered && { isOffered }),
  });
  const options = pages.items.map(({ id, name }) => ({ value: id, label: name }));
  const known = options.find((option) => option.value === value);
  const chosen = useQuery({
    queryKey: [kind.key, value],
    queryFn: () => kind.get(value),
    enabled: value !== '' && known === undefined,
  }).data?.data;
  return (
    <Select
      placeholder={text.forms.choose}
      empty={empty}
      noMatch={text.forms.noMatch}
      filteringType={options.length > 10 || pages.status === 'pending' ? 'auto' : 'none'}
      statusType={pages.status}
      loadingText={text.shell.loading}
      errorText={text.forms.loadFailed}
      recoveryText={text.shell.tryAgain}
      selectedOption={value === '' ? null : (known ?? { value, label: chosen?.name ?? value })}
      options={options}
      onLoadItems={({ detail }) => pages.load(detail)}
      onChange={({ detail }) => onChange(detail.selectedOption.value ?? '')}
    />
  );
}
