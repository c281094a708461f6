import { queryOptions } from '@tanstack/react-query';
import { api, type Resource, read } from '../../api/client.ts';
import { pollEvery } from '../../app/polling.ts';
import { customerServiceKind, partnerServiceKind } from '../../services/service-kind.ts';

const MINUTE_MS = 60_000;

/** The largest page of a list: more services or firings than home has room for. */
const PAGE = { limit: 200 };

/** The API counts at most once a minute. */
export const countsQuery = queryOptions({
  queryKey: ['sims', 'counts'],
  queryFn: () => read(api.GET('/v1/sims/counts')),
  refetchInterval: pollEvery(MINUTE_MS),
});

export const firingsQuery = queryOptions({
  queryKey: ['firings', 'home'],
  queryFn: () => read(api.GET('/v1/alarm-firings', { params: { query: PAGE } })),
  refetchInterval: pollEvery(MINUTE_MS),
});

/** Operators report usage every few hours. */
export const usageQuery = queryOptions({
  queryKey: ['usage', 'home'],
  queryFn: () => read(api.GET('/v1/service-usage', { params: { query: PAGE } })),
  refetchInterval: pollEvery(5 * MINUTE_MS),
});

/** The usage of one service, with the SIMs that have used most. */
export const serviceUsageQuery = ({ kind, serviceId }: Pick<UsageByService, 'kind' | 'serviceId'>) =>
  queryOptions({
    queryKey: ['usage', 'home', serviceId],
    queryFn: () => (kind === 'partner_service' ? partnerServiceKind : customerServiceKind).usage(serviceId, undefined),
    refetchInterval: pollEvery(5 * MINUTE_MS),
  });

export type UsageByService = Resource<'UsageByService'>;
