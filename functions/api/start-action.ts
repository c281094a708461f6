import { dryRunSchema, operationSchema, showOperationTo } from '../../contract/operation.ts';
import { requesterOf } from '../../domain/access.ts';
import type { OperationTarget } from '../../domain/operation.ts';
import type { OperationAction } from '../../domain/sim-actions.ts';
import { type BulkAction, startBulkAction } from '../../use-cases/sims/start-bulk-action.ts';
import { accepted, type RouteRequest, type RouteResponse } from '../http/route.ts';

/** The answers of bulk actions: the report of a dry run, or an operation. */
export const bulkAnswers = { 200: dryRunSchema, 202: operationSchema };

/** Starts a bulk action and answers with the report of a dry run, or with the operation. */
export async function startAction(
  {
    caller,
    body,
    now,
    newId,
  }: Pick<RouteRequest<'change_sims', string, unknown, ActionBody>, 'caller' | 'body' | 'now' | 'newId'>,
  action: OperationAction,
  target: OperationTarget,
): Promise<RouteResponse> {
  const { select, dryRun, effectiveAt, confirm } = body;
  const request = { action, target, select, dryRun, effectiveAt, confirm };
  const started = await startBulkAction(caller.partnerId, request, { ...requesterOf(caller), now, newId });
  return 'dryRun' in started
    ? { status: 200, body: started.dryRun }
    : accepted(showOperationTo(caller, started.operation));
}

type ActionBody = Omit<BulkAction, 'action' | 'target'>;
