import { queryOptions } from '@tanstack/react-query';
import { api, given, type Resource, read, readWithEtag } from '../../api/client.ts';
import { type ActionDraft, commonBody } from './action-draft.ts';
import type { SimFilter } from './filter.ts';
import { toLabelChange } from './label-draft.ts';
import type { OfferedAction, Selection } from './selection.ts';

export type Sim = Resource<'Sim'>;
export type DryRun = Resource<'DryRun'>;
export type Operation = Resource<'Operation'>;

export const readSims = (filter: SimFilter, cursor: string | undefined, limit: number) =>
  read(api.GET('/v1/sims', { params: { query: given({ ...filter, cursor, limit }) } }));

/** Runs an action, or checks it: up to 1,000 SIMs the check is answered at once, more are an operation. */
export async function runAction(
  action: OfferedAction,
  selection: Selection,
  draft: ActionDraft,
  { dryRun, idempotencyKey }: { dryRun: boolean; idempotencyKey: string },
): Promise<DryRun | Operation> {
  const common = commonBody(action, selection, draft, dryRun);
  const headers = { 'idempotency-key': idempotencyKey };
  const { partnerServiceId, customerId, customerServiceId } = draft;
  switch (action) {
    case 'migrate':
      return read(api.POST('/v1/sims/migrate', { body: { ...common, partnerServiceId }, headers }));
    case 'assign':
      return read(api.POST('/v1/sims/assign', { body: { ...common, customerId, customerServiceId }, headers }));
    case 'suspend':
      return read(api.POST('/v1/sims/suspend', { body: { ...common, ...given({ reason: draft.reason }) }, headers }));
    case 'terminate':
      return read(api.POST('/v1/sims/terminate', { body: common, headers }));
    case 'label':
      return read(api.POST('/v1/sims/label', { body: { ...common, ...toLabelChange(draft.labels) }, headers }));
    case 'activate':
    case 'test':
    case 'resume':
    case 'unassign':
      return read(api.POST(`/v1/sims/${action}`, { body: common, headers }));
  }
}

/** What an action would do. What changes when it starts does not matter to the check. */
export const dryRunQuery = (action: OfferedAction, selection: Selection, draft: ActionDraft) => {
  const { partnerServiceId, customerId, customerServiceId } = draft;
  return queryOptions({
    queryKey: [
      'dry run',
      action,
      commonBody(action, selection, draft, true),
      { partnerServiceId, customerId, customerServiceId, labels: toLabelChange(draft.labels) },
    ],
    queryFn: () => runAction(action, selection, draft, { dryRun: true, idempotencyKey: crypto.randomUUID() }),
    staleTime: 0,
    // Checks the SIMs as they are now, and not as they were in an earlier dialog.
    gcTime: 0,
    retry: false,
  });
};

/** Whether the answer is the report of a check, and not an operation. */
export function isReport(answer: DryRun | Operation): answer is DryRun {
  return 'eligible' in answer;
}

/** The names of the partner's fields, with their `ETag`. */
export const simFieldsQuery = queryOptions({
  queryKey: ['sim fields'],
  queryFn: () => readWithEtag(api.GET('/v1/sim-fields')),
});

/** Sets labels, tags and fields from a file, or checks it. */
export const loadLabels = (csv: string, { isDryRun }: { isDryRun: boolean }) =>
  read(
    api.POST('/v1/sims/labels', {
      params: { query: isDryRun ? { dryRun: 'true' } : {} },
      body: csv,
      bodySerializer: String,
      headers: { 'content-type': 'text/csv' },
    }),
  );
