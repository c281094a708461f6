import { getCustomer } from '../../adapters/dynamodb/customers.ts';
import { countImportedSims } from '../../adapters/dynamodb/imported-sims.ts';
import { pagesOf } from '../../adapters/dynamodb/manifests.ts';
import { createOperation } from '../../adapters/dynamodb/operations.ts';
import { countReceivedSims } from '../../adapters/dynamodb/orders.ts';
import { firstRun, runAt } from '../../adapters/dynamodb/runs.ts';
import { getCustomerService, getPartnerService } from '../../adapters/dynamodb/services.ts';
import type { Requester } from '../../domain/access.ts';
import type { CustomerId, NewId, PartnerId, ServiceId } from '../../domain/ids.ts';
import {
  CONFIRM_MISMATCH,
  isWholeFleet,
  newOperation,
  type Operation,
  type OperationTarget,
  startTimeOf,
} from '../../domain/operation.ts';
import type { OperationAction } from '../../domain/sim-actions.ts';
import { type InputError, invalidInput, unknownIdError } from '../refusal.ts';
import { startExecution } from '../start-execution.ts';
import { type DryRun, dryRun, smallSelection } from './dry-run.ts';
import { loadSimRequest } from './load-sim-request.ts';
import { type RequestedSelection, type ResolvedSelection, resolveSelection } from './resolve-selection.ts';
import { requireKnownFields } from './sim-field-names.ts';

/** A bulk action on SIMs that a partner requests. */
export type BulkAction = {
  action: OperationAction;
  target: OperationTarget;
  select: RequestedSelection;
  dryRun?: boolean | undefined;
  /** When it starts (RFC 3339); immediately when absent or past. */
  effectiveAt?: string | undefined;
  /** The number of SIMs that the caller expects. Required for a whole fleet. */
  confirm?: number | undefined;
};

/**
 * Starts a bulk action on SIMs.
 *
 * 1. Resolves the selection and checks that the targets exist.
 * 2. Checks `confirm` against the number of SIMs, if it is known already.
 * 3. Answers a dry run of up to 1,000 SIMs immediately.
 * 4. Otherwise creates the operation, with the list of its SIMs, and starts its execution.
 *
 * Nothing is changed when a check fails.
 *
 * @throws Refusal `invalid_input`, `wrong_state`
 */
export async function startBulkAction(
  partnerId: PartnerId,
  request: BulkAction,
  { actor, actorEmail, now, newId }: Requester & { now: Date; newId: NewId },
): Promise<{ dryRun: DryRun } | { operation: Operation }> {
  const { action, target, confirm } = request;
  const start = startTimeOf(request.effectiveAt, now);
  if ('code' in start) {
    throw invalidInput([{ pointer: '/effectiveAt', code: start.code, message: start.detail }]);
  }
  // A dry run checks the SIMs in their current state.
  const effectiveAt = request.dryRun ? undefined : start.at;
  const selected = await resolveSelection(partnerId, request.select, effectiveAt !== undefined);
  await requireTargets(partnerId, target);
  await requireKnownFields(partnerId, target.naming?.fields);
  await requireConfirmation(partnerId, request, selected);
  const sims = request.dryRun ? await smallSelection(partnerId, selected) : undefined;
  if (sims) {
    requireConfirmed(confirm, sims.length);
    return { dryRun: await dryRun(partnerId, sims, await loadSimRequest(partnerId, action, target), now) };
  }
  const pages = selected.iccids ? pagesOf(selected.iccids) : [];
  const operation = newOperation(
    {
      id: newId('operation'),
      action,
      target: { ...target, ...(confirm === undefined ? {} : { confirm }) },
      selection: selected.selection,
      size: selected.count === undefined ? undefined : { pages: selected.pages ?? pages.length, sims: selected.count },
      dryRun: request.dryRun,
      effectiveAt,
      requestedBy: actor,
      requestedByEmail: actorEmail,
    },
    now.toISOString(),
  );
  const run = effectiveAt === undefined ? firstRun(now) : runAt(effectiveAt);
  const created = await createOperation(partnerId, operation, run, pages);
  if (effectiveAt === undefined) {
    await startExecution({ kind: 'operation', partnerId, id: created.id });
  }
  return { operation: created };
}

async function requireTargets(partnerId: PartnerId, target: OperationTarget): Promise<void> {
  const { partnerServiceId, customerId, customerServiceId } = target;
  const checks = await Promise.all([
    missing('/partnerServiceId', 'partner service', partnerServiceId, (id) => getPartnerService(partnerId, id)),
    missing('/customerId', 'customer', customerId, (id) => getCustomer(partnerId, id)),
    missing('/customerServiceId', 'customer service', customerServiceId, (id) => getCustomerService(partnerId, id)),
  ]);
  const errors = checks.flat();
  if (errors.length > 0) {
    throw invalidInput(errors);
  }
}

async function missing<Found extends ServiceId | CustomerId>(
  pointer: string,
  what: string,
  id: Found | undefined,
  read: (id: Found) => Promise<unknown>,
): Promise<InputError[]> {
  return id === undefined || (await read(id)) ? [] : [unknownIdError(pointer, what, id)];
}

/** An action on a whole fleet must be confirmed, except dry runs. For other selections, `confirm` is checked if present. */
async function requireConfirmation(
  partnerId: PartnerId,
  { dryRun, confirm }: BulkAction,
  { selection, count }: ResolvedSelection,
): Promise<void> {
  if (!dryRun && isWholeFleet(selection)) {
    const fleet = (await countReceivedSims(partnerId)) + (await countImportedSims(partnerId));
    if (confirm === undefined) {
      throw confirmMismatch(
        `An empty filter selects the whole fleet of ${fleet} SIMs. Set confirm to ${fleet} to proceed.`,
      );
    }
    requireConfirmed(confirm, fleet);
  }
  if (count !== undefined) {
    requireConfirmed(confirm, count);
  }
}

function requireConfirmed(confirm: number | undefined, count: number): void {
  if (confirm !== undefined && confirm !== count) {
    throw confirmMismatch(
      `confirm is ${confirm}, but the selection contains ${count} SIMs. Set confirm to ${count} to proceed.`,
    );
  }
}

function confirmMismatch(message: string) {
  return invalidInput([{ pointer: '/confirm', code: CONFIRM_MISMATCH, message }]);
}
