import { queryOptions } from '@tanstack/react-query';
import type { replacementReasons } from '../../../../domain/replacement.ts';
import { api, ifMatch, type Resource, read, readWithEtag } from '../../api/client.ts';
import { serverNow } from '../../api/server-time.ts';
import { pollEvery } from '../../app/polling.ts';
import { POLL_MS } from '../../app/state-status.ts';
import { barsOf, type Granularity, requestFor } from './usage-range.ts';

const pathOf = (iccid: string) => ({ params: { path: { iccid } } });

/** The SIM with its `ETag`. It is read again while its operator has to confirm something. */
export const simQuery = (iccid: string) =>
  queryOptions({
    queryKey: ['sims', iccid],
    queryFn: () => readWithEtag(api.GET('/v1/sims/{iccid}', pathOf(iccid))),
    refetchInterval: pollEvery((data) =>
      data && (data.data.pendingChange || data.data.state === 'activating') ? POLL_MS : 10_000,
    ),
  });

/** The timeline, which is read again whenever the SIM has changed. */
export const simEventsQuery = ({ iccid, version }: Pick<Resource<'Sim'>, 'iccid' | 'version'>) =>
  queryOptions({
    queryKey: ['sims', iccid, 'events', version],
    queryFn: async () =>
      (await read(api.GET('/v1/sims/{iccid}/events', { params: { path: { iccid }, query: { limit: 200 } } }))).items,
  });

export const simUsageQuery = (iccid: string, granularity: Granularity) =>
  queryOptions({
    queryKey: ['sims', iccid, 'usage', granularity],
    queryFn: async () => {
      const now = serverNow();
      const query = requestFor(granularity, now);
      const usage = await read(api.GET('/v1/sims/{iccid}/usage', { params: { path: { iccid }, query } }));
      return { ...barsOf(usage, granularity, now), completeUntil: usage.completeUntil };
    },
  });

/** Saves label, tags and fields, unless the SIM was changed since it was read. */
export const saveLabels = (
  iccid: string,
  body: { label: string | null; tags: string[]; fields?: Record<string, string | null> },
  etag: string | undefined,
) => read(api.PATCH('/v1/sims/{iccid}', { ...pathOf(iccid), ...ifMatch(etag), body }));

export type ReplacementReason = (typeof replacementReasons)[number];

type ReplacementBody = { by: string; reason: ReplacementReason };

/** Whether a SIM can be replaced by another one, and what that ends early. */
export const replacementQuery = (iccid: string, body: ReplacementBody) =>
  queryOptions({
    queryKey: ['dry run', 'replace', iccid, body.by],
    queryFn: () => read(api.POST('/v1/sims/{iccid}/replace', { ...pathOf(iccid), body: { ...body, dryRun: true } })),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });

export const replaceSim = (iccid: string, body: ReplacementBody, idempotencyKey: string) =>
  read(
    api.POST('/v1/sims/{iccid}/replace', {
      params: { path: { iccid } },
      body,
      headers: { 'idempotency-key': idempotencyKey },
    }),
  );
