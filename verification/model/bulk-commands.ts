import fc from 'fast-check';
import { cancelScheduled } from './cancel-scheduled.ts';
import { type Command, command, pick, pickFrom } from './command.ts';
import type { Action, ActionRequest, Model } from './model.ts';
import { applyResults, dryRun, finishOperation, nameOperation, runAction } from './results.ts';
import { freeSims, nameSims, type Selected, type SelectionArgs, select, selectionArgs } from './selection.ts';
import { ensure, expectStatus, formatAnswer, type SeenOperation, type SeenProblem, type World } from './world.ts';

// Bulk actions: immediate, dry, scheduled and retried.

const hasSims = (model: Model) => freeSims(model).length > 0;

/** Actions that need SIMs and at most a target. Terminate has its own command. */
const actions = ['migrate', 'assign', 'unassign', 'activate', 'test', 'suspend', 'resume'] as const;

type Target = { target: number; odd: boolean };
const target: fc.Arbitrary<Target> = fc.record({ target: pick, odd: fc.nat(5).map((one) => one === 0) });

/** Resolves the target of an action. `odd` targets are invalid: a holding service, or a service of another customer. */
function resolveTarget(
  model: Model,
  action: Action,
  { target: number, odd }: Target,
): { request: ActionRequest; body: object } | undefined {
  if (action === 'migrate') {
    const stock = pickFrom(odd ? [...model.holding] : [...model.partnerServices.keys()], number);
    return { request: { action, stock }, body: { partnerServiceId: stock } };
  }
  if (action === 'assign') {
    if (model.services.size === 0 || model.customers.size === 0) {
      return undefined;
    }
    const [service, { customer: owner }] = pickFrom([...model.services], number);
    const customer = odd ? pickFrom([...model.customers.keys()], number) : owner;
    return { request: { action, customer, service }, body: { customerId: customer, customerServiceId: service } };
  }
  return { request: { action }, body: {} };
}

function describeTarget(world: World, { stock, service, customer }: ActionRequest): string {
  if (stock !== undefined) {
    return ` to ${world.nameOf(stock)}`;
  }
  return service === undefined ? '' : ` to ${world.nameOf(customer)} with ${world.nameOf(service)}`;
}

type Bulk = { action: Action; of: SelectionArgs; to: Target; mode: 'real' | 'dry' | 'dry, then real'; twice: boolean };

function bulk({ action, of, to, mode, twice }: Bulk): Command {
  return command(action, {
    can: (model) => hasSims(model) && resolveTarget(model, action, to) !== undefined,
    async run(model, world) {
      const resolved = resolveTarget(model, action, to);
      const selected = select(model, world, action, of);
      if (!resolved) {
        return;
      }
      world.log(
        `${action} ${selected.description}${describeTarget(world, resolved.request)}${mode === 'real' ? '' : ` (${mode})`}${twice ? ', sent twice' : ''}`,
      );
      if (mode === 'dry') {
        await dryRun(model, world, `/v1/sims/${action}`, resolved.request, selected, resolved.body);
      } else {
        await runAction(model, world, resolved.request, selected, { body: resolved.body, dry: mode !== 'real', twice });
      }
    },
  });
}

/** Changes the labels of SIMs in any state, also while their operators make changes. */
function labelAll({ of, label, mode, twice }: Omit<Bulk, 'action' | 'to'> & { label: string | null }): Command {
  return command('label many', {
    can: hasSims,
    async run(model, world) {
      const selected = select(model, world, 'label', of);
      const request: ActionRequest = { action: 'label', label };
      world.log(`label ${selected.description} ${label ?? 'none'}${mode === 'real' ? '' : ` (${mode})`}`);
      if (mode === 'dry') {
        await dryRun(model, world, '/v1/sims/label', request, selected, { label });
      } else {
        await runAction(model, world, request, selected, { body: { label }, dry: mode !== 'real', twice });
      }
    },
  });
}

/** Terminates few SIMs, because a termination is permanent. A wrong number of SIMs has no effect. */
function terminate(of: SelectionArgs, wrong: boolean): Command {
  return command('terminate', {
    can: hasSims,
    async run(model, world) {
      const selected = select(model, world, 'terminate', of);
      const count = selected.must.length;
      const confirm = wrong ? count + 1 : count;
      world.log(`terminate ${selected.description}, confirmed for ${confirm}`);
      const request: ActionRequest = { action: 'terminate' };
      const isSure = selected.may.length === count;
      if (!wrong && isSure) {
        return runAction(model, world, request, selected, { body: { confirm }, dry: true, twice: false });
      }
      const answer = await world.post<SeenOperation & SeenProblem>('/v1/sims/terminate', {
        select: selected.select,
        confirm,
      });
      if (expectStatus([202, 422], answer) && answer.status === 422) {
        ensure(
          answer.body.errors?.[0]?.code === 'confirm_mismatch',
          () => `A wrong number is answered with ${formatAnswer(answer)}`,
        );
        return;
      }
      const { id } = answer.body;
      nameOperation(model, world, id);
      const operation = await finishOperation(model, world, id);
      const isRefused =
        operation.state === 'failed' && operation.failure?.code === 'confirm_mismatch' && operation.failed === 0;
      ensure(
        isRefused || !isSure,
        () => `A termination of ${count}, confirmed for ${confirm}, ends ${JSON.stringify(operation)}`,
      );
      if (isRefused) {
        model.operations.set(id, { id, request, state: 'failed', succeeded: 0, failed: [], isFinal: true });
      } else {
        await applyResults(model, world, operation, request, selected);
      }
    },
  });
}

const DAY_MS = 86_400_000;
/** Longer than any history. */
const FAR_DAYS = 175;

/** Schedules an action: soon, and waits for it; or far ahead, without waiting. */
function schedule({ action, of, to, far }: Pick<Bulk, 'action' | 'of' | 'to'> & { far: boolean }): Command {
  return command('schedule', {
    can: (model) => hasSims(model) && resolveTarget(model, action, to) !== undefined,
    async run(model, world) {
      const resolved = resolveTarget(model, action, to);
      const selected = select(model, world, action, of);
      if (!resolved) {
        return;
      }
      const effectiveAt = new Date((await world.now()).getTime() + (far ? FAR_DAYS : 2) * DAY_MS).toISOString();
      world.log(
        `in ${far ? FAR_DAYS : 2} days, ${action} ${selected.description}${describeTarget(world, resolved.request)}`,
      );
      const body = { select: selected.select, ...resolved.body, effectiveAt };
      const { id, state } = expectStatus(202, await world.post<SeenOperation>(`/v1/sims/${action}`, body, true));
      // On a slow or harsh cloud, the time may come before the answer.
      const isDue = (await world.now()).toISOString() >= effectiveAt;
      ensure(
        state === 'scheduled' || (isDue && state === 'queued'),
        () => `An operation for ${effectiveAt} is ${state}`,
      );
      nameOperation(model, world, id);
      if (far) {
        model.scheduled.set(id, effectiveAt);
        expectStatus(409, await world.post(`/v1/operations/${id}/retry`, undefined));
        return;
      }
      const { startedAt = '', ...operation } = await finishOperation(model, world, id);
      ensure(
        startedAt >= effectiveAt,
        () => `${world.nameOf(id)} was scheduled for ${effectiveAt} but started at ${startedAt}`,
      );
      await applyResults(model, world, operation, resolved.request, selected);
    },
  });
}

const cancelOneScheduled = (number: number) =>
  command('cancel scheduled', {
    can: ({ scheduled }) => scheduled.size > 0,
    run: (model, world) => cancelScheduled(model, world, pickFrom([...model.scheduled.keys()], number)),
  });

/** A finished operation can be retried for its failed SIMs, if any. It cannot be cancelled. */
function retry(number: number, twice: boolean): Command {
  const over = (model: Model) => [...model.operations.values()].filter(({ state }) => state !== 'cancelled').reverse();
  return command('retry', {
    can: (model) => model.slowChanges.size === 0 && over(model).length > 0,
    async run(model, world) {
      const withFailed = over(model).filter(({ failed }) => failed.length > 0);
      const { id, request, failed, isFinal } = pickFrom(
        withFailed.length > 0 && number % 4 > 0 ? withFailed : over(model),
        number,
      );
      world.log(`retry ${world.nameOf(id)}, where ${request.action} failed for ${nameSims(world, failed)}`);
      expectStatus(409, await world.post(`/v1/operations/${id}/cancel`, undefined));
      const answer = await world.post<SeenOperation>(`/v1/operations/${id}/retry`, undefined, twice);
      if (failed.length === 0 || isFinal) {
        expectStatus(409, answer);
        return;
      }
      const made = expectStatus(202, answer);
      nameOperation(model, world, made.id);
      const selected: Pick<Selected, 'must' | 'may'> = { must: failed, may: failed };
      await applyResults(model, world, await finishOperation(model, world, made.id), request, selected);
    },
  });
}

const mode = fc.constantFrom(
  'real' as const,
  'real' as const,
  'dry' as const,
  'dry, then real' as const,
  'dry, then real' as const,
);
const twice = fc.nat(7).map((one) => one === 0);

/** The commands with their weights. */
export const bulkCommands: readonly (readonly [number, fc.Arbitrary<Command>])[] = [
  ...actions.map(
    (action) =>
      [3, fc.record({ action: fc.constant(action), of: selectionArgs, to: target, mode, twice }).map(bulk)] as const,
  ),
  [
    1,
    fc
      .tuple(
        selectionArgs.map((one) => ({ ...one, count: Math.min(one.count, 2) })),
        fc.boolean(),
      )
      .map(([of, wrong]) => terminate(of, wrong || of.how === 'order')),
  ],
  [
    2,
    fc.record({ action: fc.constantFrom(...actions), of: selectionArgs, to: target, far: fc.boolean() }).map(schedule),
  ],
  [
    2,
    fc
      .record({ of: selectionArgs, label: fc.constantFrom('Meter 1', 'Gate', 'Pump', null), mode, twice })
      .map(labelAll),
  ],
  [1, pick.map(cancelOneScheduled)],
  [3, fc.tuple(pick, twice).map(([number, again]) => retry(number, again))],
];
