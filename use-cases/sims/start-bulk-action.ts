import * as z from 'zod/mini';
import { getCustomer } from '../../adapters/dynamodb/customers.ts';
import { eachManifestPage, orderManifest, pagesOf } from '../../adapters/dynamodb/manifests.ts';
import { createOperation } from '../../adapters/dynamodb/operations.ts';
import { countReceivedSims, getOrder } from '../../adapters/dynamodb/orders.ts';
import { firstRun, runAt } from '../../adapters/dynamodb/runs.ts';
import { getCustomerService, getPartnerService } from '../../adapters/dynamodb/services.ts';
import { listSims } from '../../adapters/dynamodb/sim-lists.ts';
import { getSims } from '../../adapters/dynamodb/sims.ts';
import { showOperation } from '../../contract/operation.ts';
import { described } from '../../domain/described.ts';
import { iccidProblem } from '../../domain/iccid.ts';
import {
  beginningOf,
  CONFIRM_MISMATCH,
  isWholeFleet,
  MAX_DAYS_AHEAD,
  type Operation,
  type OperationTarget,
  type Selection,
} from '../../domain/operation.ts';
import { operatorIds } from '../../domain/operator.ts';
import { canStillReceiveSims, selectionProblem } from '../../domain/order.ts';
import { simStates } from '../../domain/sim.ts';
import { decideIfThere, type SimAction, type SimRequest } from '../../domain/sim-actions.ts';
import { idSchema, line } from '../../domain/text.ts';
import { type Answer, accepted, type RouteRequest } from '../../functions/http/route.ts';
import { type InputError, invalidInput, Refusal } from '../refusal.ts';
import { startExecution } from '../start-execution.ts';
import { loadSimRequest } from './load-sim-request.ts';

/** The filters of a list of SIMs; they combine. */
export const simFilter = () =>
  z.strictObject({
    state: z.optional(z.enum(simStates)),
    customerId: z.optional(idSchema),
    customerServiceId: z.optional(idSchema),
    partnerServiceId: z.optional(idSchema),
    operatorId: z.optional(z.enum(operatorIds)),
    orderId: z.optional(idSchema),
    q: described(z.optional(line(100)), 'Prefix of an ICCID or of a label.'),
  });

/** The most ICCIDs that one request may list. */
const MAX_LIST = 10_000;

/** A dry run of up to this many SIMs is answered at once. */
const MAX_DIRECT_DRY_RUN = 1000;

const MAX_ICCID_ERRORS = 50;

const iccids = z.lazy(() =>
  z.array(z.string().check(z.maxLength(100))).check(
    z.maxLength(MAX_LIST),
    z.superRefine((list, context) => {
      let told = 0;
      for (const [place, iccid] of list.entries()) {
        const problem = iccidProblem(iccid);
        if (problem !== undefined && told < MAX_ICCID_ERRORS) {
          told += 1;
          const message = `${problem[0]?.toUpperCase()}${problem.slice(1)}.`;
          context.addIssue({ code: 'custom', path: [place], message, params: { code: 'invalid_iccid' } });
        }
      }
    }),
  ),
);

const selectSchema = z.lazy(() =>
  z
    .strictObject({
      iccids: described(z.optional(iccids), 'Up to 10,000 ICCIDs. Duplicates count once.'),
      orderId: z.optional(idSchema),
      filter: z.optional(simFilter()),
    })
    .check(
      z.superRefine((select, context) => {
        const given = Object.values(select).filter((value) => value !== undefined).length;
        if (given !== 1) {
          const message = 'Set exactly one of iccids, orderId and filter.';
          context.addIssue({ code: 'custom', message, params: { code: 'exactly_one' } });
        }
      }),
    ),
);

/** What every bulk action takes. */
export const bulkFields = () => ({
  select: selectSchema,
  dryRun: described(z.optional(z.boolean()), 'Checks the SIMs in their current state and changes nothing.'),
  effectiveAt: described(
    z.optional(z.iso.datetime({ offset: true })),
    `Start time, up to ${MAX_DAYS_AHEAD} days ahead. Omit it, or set a past time, to start immediately.`,
  ),
});

/** Of an action that takes a confirmation for the whole fleet alone. */
export const fleetConfirmation = () => ({
  confirm: described(
    z.optional(z.int().check(z.nonnegative())),
    'The number of SIMs in the selection. Required when `filter` is empty, which selects the whole fleet.',
  ),
});

type BulkBody = {
  select: z.infer<typeof selectSchema>;
  dryRun?: boolean | undefined;
  effectiveAt?: string | undefined;
  confirm?: number | undefined;
};

/** What a bulk action needs of its request. */
type BulkRequest = Pick<RouteRequest<'change_sims', string, unknown, BulkBody>, 'caller' | 'body' | 'now' | 'newId'>;

/**
 * Answers a bulk request: fixes or notes its selection, writes the operation, and starts it. Nothing is touched when
 * anything in the request is not right.
 */
export async function startBulkAction(
  { caller, body, now, newId }: BulkRequest,
  action: SimAction,
  target: OperationTarget,
): Promise<Answer> {
  const { partnerId } = caller;
  const beginning = beginningOf(body.effectiveAt, now);
  if ('code' in beginning) {
    throw invalidInput([{ pointer: '/effectiveAt', code: beginning.code, message: beginning.detail }]);
  }
  // A dry run looks at the SIMs as they are now.
  const effectiveAt = body.dryRun ? undefined : beginning.at;
  const selected = await resolve(partnerId, body.select, effectiveAt !== undefined);
  await requireTargets(partnerId, target);
  if (!body.dryRun && isWholeFleet(selected.selection)) {
    requireFleetConfirmed(body.confirm, await countReceivedSims(partnerId));
  }
  if (body.confirm !== undefined && selected.count !== undefined) {
    requireConfirmed(body.confirm, selected.count);
  }
  if (body.dryRun) {
    const sims = await fewSims(partnerId, selected);
    if (sims) {
      if (body.confirm !== undefined) {
        requireConfirmed(body.confirm, sims.length);
      }
      return { status: 200, body: await dryRun(partnerId, sims, await loadSimRequest(partnerId, action, target), now) };
    }
  }
  const pages = selected.iccids ? pagesOf(selected.iccids) : [];
  const size = { pages: selected.pages ?? pages.length, sims: selected.count ?? 0 };
  const at = now.toISOString();
  const operation: Operation = {
    id: newId('operation'),
    action,
    target: { ...target, ...(body.confirm === undefined ? {} : { confirm: body.confirm }) },
    selection: selected.selection,
    ...(body.dryRun ? { dryRun: true } : {}),
    ...(effectiveAt === undefined
      ? { state: 'queued', ...(selected.count === undefined ? {} : { total: size.sims, pages: size.pages }) }
      : { state: 'scheduled', effectiveAt, ...(selected.iccids ? { selecting: size } : {}) }),
    succeeded: 0,
    failed: 0,
    requestedBy: caller.userId,
    createdAt: at,
    updatedAt: at,
    version: 1,
  };
  const run = effectiveAt === undefined ? firstRun(now) : runAt(effectiveAt);
  const made = await createOperation(partnerId, operation, run, pages);
  if (effectiveAt === undefined) {
    await startExecution({ kind: 'operation', partnerId, id: made.id });
  }
  return accepted(showOperation(made));
}

/** A selection, with its SIMs where the request lists them, and their number where it is known already. */
type Selected = { selection: Selection; iccids?: string[]; count?: number; pages?: number };

async function resolve(
  partnerId: string,
  { iccids: listed, orderId, filter = {} }: BulkBody['select'],
  isScheduled: boolean,
): Promise<Selected> {
  if (listed) {
    const distinct = [...new Set(listed)];
    return { selection: { kind: 'list' }, iccids: distinct, count: distinct.length };
  }
  if (orderId === undefined) {
    return { selection: { kind: 'filter', filter } };
  }
  const order = await getOrder(partnerId, orderId);
  if (!order) {
    throw invalidInput([notThere('/select/orderId', 'order', orderId)]);
  }
  const problem = selectionProblem(order);
  if (problem && isScheduled && canStillReceiveSims(order)) {
    return { selection: { kind: 'order', orderId } };
  }
  if (problem) {
    throw new Refusal('wrong_state', problem.detail);
  }
  return { selection: { kind: 'order', orderId }, count: order.receivedQuantity, pages: order.pages };
}

async function requireTargets(partnerId: string, target: OperationTarget): Promise<void> {
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

async function missing(
  pointer: string,
  what: string,
  id: string | undefined,
  read: (id: string) => Promise<unknown>,
): Promise<InputError[]> {
  return id === undefined || (await read(id)) ? [] : [notThere(pointer, what, id)];
}

const notThere = (pointer: string, what: string, id: string): InputError => ({
  pointer,
  code: 'not_found',
  message: `There is no ${what} ${id}.`,
});

function requireConfirmed(confirm: number, count: number): void {
  if (confirm !== count) {
    const message = `confirm is ${confirm}, but the selection contains ${count} SIMs. Set confirm to ${count} to proceed.`;
    throw invalidInput([{ pointer: '/confirm', code: CONFIRM_MISMATCH, message }]);
  }
}

function requireFleetConfirmed(confirm: number | undefined, count: number): void {
  if (confirm === undefined) {
    const message = `An empty filter selects the whole fleet of ${count} SIMs. Set confirm to ${count} to proceed.`;
    throw invalidInput([{ pointer: '/confirm', code: CONFIRM_MISMATCH, message }]);
  }
  requireConfirmed(confirm, count);
}

/** The ICCIDs of a selection, when there are few enough for a dry run to be answered at once. */
async function fewSims(partnerId: string, selected: Selected): Promise<string[] | undefined> {
  if ((selected.count ?? 0) > MAX_DIRECT_DRY_RUN) {
    return undefined;
  }
  const { selection } = selected;
  if (selection.kind === 'order') {
    const found: string[] = [];
    for await (const page of eachManifestPage(orderManifest(partnerId, selection.orderId))) {
      found.push(...page.iccids);
    }
    return found;
  }
  return selection.kind === 'filter' ? fewByFilter(partnerId, selection.filter) : selected.iccids;
}

async function fewByFilter(
  partnerId: string,
  filter: z.infer<ReturnType<typeof simFilter>>,
): Promise<string[] | undefined> {
  const found: string[] = [];
  let after: string | undefined;
  do {
    const { items, next } = await listSims(partnerId, filter, MAX_DIRECT_DRY_RUN + 1 - found.length, after);
    found.push(...items.map(({ iccid }) => iccid));
    if (found.length > MAX_DIRECT_DRY_RUN) {
      return undefined;
    }
    after = next;
  } while (after !== undefined);
  return found;
}

/** Asks the rules about each SIM, as the real run would, and changes nothing. */
async function dryRun(partnerId: string, listed: readonly string[], request: SimRequest, now: Date) {
  const sims = await getSims(partnerId, listed);
  const results = listed.map((iccid) => {
    const decision = decideIfThere(sims.get(iccid), request, now.toISOString());
    return decision.kind === 'refused'
      ? { iccid, eligible: false, problem: decision.problem }
      : { iccid, eligible: true };
  });
  const codes = results.flatMap(({ problem }) => (problem ? [problem.code] : []));
  return {
    total: results.length,
    eligible: results.length - codes.length,
    ineligible: codes.length,
    byCode: Object.fromEntries(
      [...new Set(codes)].map((code) => [code, codes.filter((other) => other === code).length]),
    ),
    results,
  };
}
