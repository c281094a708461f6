import fc from 'fast-check';
import { cancelScheduled } from './cancel-scheduled.ts';
import { behaviourOf, type Command, command, pick, pickFrom, setBehaviour } from './command.ts';
import type { Action, ActionRequest, Model } from './model.ts';
import { applyResults, dryRun, nameOperation, runAction, untilFinished } from './results.ts';
import {
  applicableSims,
  freeSims,
  nameSims,
  type Selected,
  type SelectionArgs,
  select,
  selectionArgs,
} from './selection.ts';
import { ensure, expectStatus, formatAnswer, type SeenOperation, type SeenProblem, type World } from './world.ts';

// Bulk actions: immediate, dry, scheduled and retried.

const hasSims = (model: Model) => freeSims(model).length > 0;

/** Actions that need SIMs and at most a target. Terminate has its own command. */
const actions = ['migrate', 'assign', 'unassign', 'activate', 'suspend', 'resume'] as const;

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
      const operation = await untilFinished(world, id);
      const isRefused =
        operation.state === 'failed' && operation.failure?.code === 'confirm_mismatch' && operation.failed === 0;
      ensure(
        isRefused || !isSure,
        () => `A termination of ${count}, confirmed for ${confirm}, ends ${JSON.stringify(operation)}`,
      );
      if (isRefused) {
        model.operations.set(id, { id, request, state: 'failed', succeeded: 0, failed: [], unconfirmed: true });
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
      const { startedAt = '', ...operation } = (await untilFinished(world, id)) as SeenOperation & {
        startedAt?: string;
      };
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
    can: (model) => model.slowActivations.size === 0 && over(model).length > 0,
    async run(model, world) {
      const withFailed = over(model).filter(({ failed }) => failed.length > 0);
      const { id, request, failed, unconfirmed } = pickFrom(
        withFailed.length > 0 && number % 4 > 0 ? withFailed : over(model),
        number,
      );
      world.log(`retry ${world.nameOf(id)}, where ${request.action} failed for ${nameSims(world, failed)}`);
      expectStatus(409, await world.post(`/v1/operations/${id}/cancel`, undefined));
      const answer = await world.post<SeenOperation>(`/v1/operations/${id}/retry`, undefined, twice);
      if (failed.length === 0 || unconfirmed) {
        expectStatus(409, answer);
        return;
      }
      const made = expectStatus(202, answer);
      nameOperation(model, world, made.id);
      const selected: Pick<Selected, 'must' | 'may'> = { must: failed, may: failed };
      await applyResults(model, world, await untilFinished(world, made.id), request, selected);
    },
  });
}

/** Starts an activation that its operator confirms after days. Other steps run meanwhile. */
function activateSlowly(number: number, count: number, delayDays: number): Command {
  return command('activate slowly', {
    can: (model) => model.slowActivations.size === 0 && applicableSims(model, 'activate').length > 0,
    async run(model, world) {
      const iccids = applicableSims(model, 'activate')
        .slice(number % 3)
        .slice(0, count);
      for (const operator of world.operators) {
        await setBehaviour(model, world, operator, { ...behaviourOf(model, operator), delayDays });
      }
      world.log(
        `activate ${nameSims(world, iccids)}, which operators confirm after ${delayDays} days, and continue meanwhile`,
      );
      const { id } = expectStatus(
        202,
        await world.post<SeenOperation>('/v1/sims/activate', { select: { iccids } }, true),
      );
      nameOperation(model, world, id);
      const behaviours = world.operators.map((operator) => behaviourOf(model, operator));
      model.slowActivations.set(id, { id, request: { action: 'activate' }, iccids, behaviours, cancelled: false });
    },
  });
}

/** Waits until an activation that takes days has finished. */
export async function finishActivation(model: Model, world: World, id: string): Promise<void> {
  const activation = model.slowActivations.get(id);
  if (!activation) {
    return;
  }
  world.log(`wait for ${world.nameOf(id)}`);
  const operation = await untilFinished(world, id);
  ensure(
    !activation.cancelled || operation.state === 'cancelled',
    () => `${world.nameOf(id)} was cancelled and is ${operation.state}`,
  );
  const meant = { must: activation.iccids, may: activation.iccids };
  await applyResults(model, world, operation, activation.request, meant, activation.behaviours);
  model.slowActivations.delete(id);
}

const awaitActivation = () =>
  command('wait for activation', {
    can: ({ slowActivations }) => slowActivations.size > 0,
    run: (model, world) => finishActivation(model, world, pickFrom([...model.slowActivations.keys()], 0)),
  });

/** Cancels a running activation: requests to the operator are completed, and the other SIMs stay as they are. */
const cancelActivation = () =>
  command('cancel activation', {
    can: ({ slowActivations }) => slowActivations.size > 0,
    async run(model, world) {
      const activation = pickFrom([...model.slowActivations.values()], 0);
      world.log(`cancel ${world.nameOf(activation.id)}`);
      const { status } = await world.post(`/v1/operations/${activation.id}/cancel`, undefined);
      ensure(status === 200 || status === 409, () => `Cancelling a running activation is answered with ${status}`);
      activation.cancelled ||= status === 200;
      await finishActivation(model, world, activation.id);
    },
  });

/** SIMs that are being activated accept no action; resuming an active SIM succeeds without a change. */
const resumeActivating = (count: number) =>
  command('resume while activating', {
    can: ({ slowActivations }) => slowActivations.size > 0,
    async run(model, world) {
      const { iccids } = pickFrom([...model.slowActivations.values()], 0);
      const meant = iccids.slice(0, count);
      world.log(`resume ${nameSims(world, meant)}, which are being activated`);
      const body = { select: { iccids: meant } };
      const { id } = expectStatus(202, await world.post<SeenOperation>('/v1/sims/resume', body));
      nameOperation(model, world, id);
      const { state, succeeded, failed } = await untilFinished(world, id);
      const results = await world.all<{ iccid: string; problem?: { code: string } }>(`/v1/operations/${id}/results`);
      const codes = results.map(({ problem }) => problem?.code ?? 'succeeded');
      const isRight =
        codes.length === meant.length && codes.every((code) => ['succeeded', 'wrong_state'].includes(code));
      ensure(
        isRight && succeeded + failed === meant.length,
        () => `Resuming SIMs that are being activated has the results ${codes}`,
      );
      const failedOnes = results.filter(({ problem }) => problem).map(({ iccid }) => iccid);
      model.operations.set(id, {
        id,
        request: { action: 'resume' },
        state,
        succeeded,
        failed: failedOnes,
        unconfirmed: false,
      });
    },
  });

const mode = fc.constantFrom(
  'real' as const,
  'real' as const,
  'dry' as const,
  'dry, then real' as const,
  'dry, then real' as const,
);
const twice = fc.nat(7).map((one) => one === 0);
const count = fc.integer({ min: 1, max: 8 });

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
  [1, pick.map(cancelOneScheduled)],
  [3, fc.tuple(pick, twice).map(([number, again]) => retry(number, again))],
  [1, fc.tuple(pick, count, fc.constantFrom(2, 3, 5)).map(([number, of, days]) => activateSlowly(number, of, days))],
  [2, fc.constant(0).map(awaitActivation)],
  [1, fc.constant(0).map(cancelActivation)],
  [1, count.map(resumeActivating)],
];
