import Select from '@cloudscape-design/components/select';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api, given, read } from '../api/client.ts';
import * as text from '../text/index.ts';
import { readCustomerServices } from './customer-services.tsx';
import type { Service, ServiceKind } from './service-kind.ts';

const PAGE_SIZE = 200;

const readPartnerServices = (cursor: string | undefined, limit: number) =>
  read(api.GET('/v1/partner-services', { params: { query: given({ cursor, limit }) } }));

/** Chooses one of any number of services: further pages are read while the user scrolls. */
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
  isOffered: (service: Service) => boolean;
  /** The text in place of the services when there are none. */
  empty: string;
  onChange: (id: string) => void;
}) {
  const pages = useInfiniteQuery({
    queryKey: [kind.key, 'pages', customerId],
    queryFn: ({ pageParam }): Promise<{ items: Service[]; nextCursor?: string }> =>
      kind.audience === 'partner'
        ? readPartnerServices(pageParam, PAGE_SIZE)
        : readCustomerServices({ customerId }, pageParam, PAGE_SIZE),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  const { hasNextPage, isFetching, fetchNextPage } = pages;
  const options = (pages.data?.pages ?? [])
    .flatMap(({ items }) => items)
    .filter(isOffered)
    .map(({ id, name }) => ({ value: id, label: name }));
  const hasNone = options.length === 0;
  useEffect(() => {
    if (hasNone && hasNextPage && !isFetching) {
      void fetchNextPage();
    }
  }, [hasNone, hasNextPage, isFetching, fetchNextPage]);
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
      filteringType={options.length > 10 || hasNextPage ? 'auto' : 'none'}
      statusType={isFetching ? 'loading' : hasNextPage ? 'pending' : 'finished'}
      loadingText={text.shell.loading}
      selectedOption={value === '' ? null : (known ?? { value, label: chosen?.name ?? value })}
      options={options}
      onLoadItems={({ detail }) => {
        if (!detail.firstPage && hasNextPage) {
          void fetchNextPage();
        }
      }}
      onChange={({ detail }) => onChange(detail.selectedOption.value ?? '')}
    />
  );
}
