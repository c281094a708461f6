import { api, given, type Resource, read } from '../../api/client.ts';
import { type ActionDraft, commonBody } from './action-draft.ts';
import type { SimFilter } from './filter.ts';
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
      return read(api.POST('/v1/sims/terminate', { body: { confirm: 0, ...common }, headers }));
    case 'activate':
    case 'resume':
    case 'unassign':
      return read(api.POST(`/v1/sims/${action}`, { body: common, headers }));
  }
}

/** Whether the answer is the report of a check, and not an operation. */
export function isReport(answer: DryRun | Operation): answer is DryRun {
  return 'eligible' in answer;
}
