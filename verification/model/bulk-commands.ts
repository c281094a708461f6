import fc from 'fast-check';
import { callOff } from './call-off.ts';
import { behave, behaviourOf, type Command, command, pick, picked } from './command.ts';
import type { Action, Ask, Model } from './model.ts';
import { act, comeOut, dryRun, finished, named } from './outcome.ts';
import { fitting, freeSims, type Naming, nameSims, naming, type Selected, select } from './selection.ts';
import { agree, is, type SeenOperation, type SeenProblem, told, type World } from './world.ts';

// Bulk actions: at once, dry, scheduled, and tried again.

const hasSims = (model: Model) => freeSims(model).length > 0;

/** Actions that need no more than SIMs and perhaps a target; terminate is for itself. */
const actions = ['migrate', 'assign', 'unassign', 'activate', 'suspend', 'resume'] as const;

type Target = { target: number; odd: boolean };
const target: fc.Arbitrary<Target> = fc.record({ target: pick, odd: fc.nat(5).map((one) => one === 0) });

/** What an action aims at; `odd` is where no SIM can go: a holding service, or a service of another customer. */
function aim(model: Model, action: Action, { target: number, odd }: Target): { ask: Ask; body: object } | undefined {
  if (action === 'migrate') {
    const stock = picked(odd ? [...model.holding] : [...model.stocks.keys()], number);
    return { ask: { action, stock }, body: { partnerServiceId: stock } };
  }
  if (action === 'assign') {
    if (model.services.size === 0 || model.customers.size === 0) {
      return undefined;
    }
    const [service, { customer: owner }] = picked([...model.services], number);
    const customer = odd ? picked([...model.customers.keys()], number) : owner;
    return { ask: { action, customer, service }, body: { customerId: customer, customerServiceId: service } };
  }
  return { ask: { action }, body: {} };
}

function nameAim(world: World, { stock, service, customer }: Ask): string {
  if (stock !== undefined) {
    return ` to ${world.nameOf(stock)}`;
  }
  return service === undefined ? '' : ` to ${world.nameOf(customer)} with ${world.nameOf(service)}`;
}

type Bulk = { action: Action; of: Naming; to: Target; mode: 'real' | 'dry' | 'dry, then real'; twice: boolean };

function bulk({ action, of, to, mode, twice }: Bulk): Command {
  return command(action, {
    can: (model) => hasSims(model) && aim(model, action, to) !== undefined,
    async run(model, world) {
      const aimed = aim(model, action, to);
      const selected = select(model, world, action, of);
      if (!aimed) {
        return;
      }
      world.says(
        `${action} ${selected.told}${nameAim(world, aimed.ask)}${mode === 'real' ? '' : ` (${mode})`}${twice ? ', sent twice' : ''}`,
      );
      if (mode === 'dry') {
        await dryRun(model, world, `/v1/sims/${action}`, aimed.ask, selected, aimed.body);
      } else {
        await act(model, world, aimed.ask, selected, { body: aimed.body, dry: mode !== 'real', twice });
      }
    },
  });
}

/** Few, as they never come back. With a wrong number nothing happens. */
function terminate(of: Naming, wrong: boolean): Command {
  return command('terminate', {
    can: hasSims,
    async run(model, world) {
      const selected = select(model, world, 'terminate', of);
      const count = selected.must.length;
      const confirm = wrong ? count + 1 : count;
      world.says(`terminate ${selected.told}, confirmed for ${confirm}`);
      const ask: Ask = { action: 'terminate' };
      const isSure = selected.may.length === count;
      if (!wrong && isSure) {
        return act(model, world, ask, selected, { body: { confirm }, dry: true, twice: false });
      }
      const answer = await world.post<SeenOperation & SeenProblem>('/v1/sims/terminate', {
        select: selected.select,
        confirm,
      });
      if (is([202, 422], answer) && answer.status === 422) {
        agree(answer.body.errors?.[0]?.code === 'confirm_mismatch', () => `A wrong number is told as ${told(answer)}`);
        return;
      }
      const { id } = answer.body;
      named(model, world, id);
      const operation = await finished(world, id);
      const isRefused =
        operation.state === 'failed' && operation.failure?.code === 'confirm_mismatch' && operation.failed === 0;
      agree(
        isRefused || !isSure,
        () => `A termination of ${count}, confirmed for ${confirm}, ends ${JSON.stringify(operation)}`,
      );
      if (isRefused) {
        model.operations.set(id, { id, ask, state: 'failed', succeeded: 0, failed: [], unconfirmed: true });
      } else {
        await comeOut(model, world, operation, ask, selected);
      }
    },
  });
}

const DAY_MS = 86_400_000;
/** Further ahead than any history lasts. */
const FAR_DAYS = 175;

/** An action that waits for its time: soon, and is waited for; or far ahead, and left there. */
function schedule({ action, of, to, far }: Pick<Bulk, 'action' | 'of' | 'to'> & { far: boolean }): Command {
  return command('schedule', {
    can: (model) => hasSims(model) && aim(model, action, to) !== undefined,
    async run(model, world) {
      const aimed = aim(model, action, to);
      const selected = select(model, world, action, of);
      if (!aimed) {
        return;
      }
      const effectiveAt = new Date((await world.now()).getTime() + (far ? FAR_DAYS : 2) * DAY_MS).toISOString();
      world.says(`in ${far ? FAR_DAYS : 2} days, ${action} ${selected.told}${nameAim(world, aimed.ask)}`);
      const body = { select: selected.select, ...aimed.body, effectiveAt };
      const { id, state } = is(202, await world.post<SeenOperation>(`/v1/sims/${action}`, body, true));
      // On a slow or harsh cloud, the time may come before the answer.
      const isDue = (await world.now()).toISOString() >= effectiveAt;
      agree(
        state === 'scheduled' || (isDue && state === 'queued'),
        () => `An operation for ${effectiveAt} is ${state}`,
      );
      named(model, world, id);
      if (far) {
        model.scheduled.set(id, effectiveAt);
        is(409, await world.post(`/v1/operations/${id}/retry`, undefined));
        return;
      }
      const { startedAt = '', ...operation } = (await finished(world, id)) as SeenOperation & { startedAt?: string };
      agree(startedAt >= effectiveAt, () => `${world.nameOf(id)} was for ${effectiveAt} and began ${startedAt}`);
      await comeOut(model, world, operation, aimed.ask, selected);
    },
  });
}

const callOffOne = (number: number) =>
  command('call off', {
    can: ({ scheduled }) => scheduled.size > 0,
    run: (model, world) => callOff(model, world, picked([...model.scheduled.keys()], number)),
  });

/** An operation that is over can be tried again with the SIMs that failed, if any did; it cannot be called off. */
function retry(number: number, twice: boolean): Command {
  const over = (model: Model) => [...model.operations.values()].filter(({ state }) => state !== 'cancelled').reverse();
  return command('retry', {
    can: (model) => model.flights.size === 0 && over(model).length > 0,
    async run(model, world) {
      const withFailed = over(model).filter(({ failed }) => failed.length > 0);
      const { id, ask, failed, unconfirmed } = picked(
        withFailed.length > 0 && number % 4 > 0 ? withFailed : over(model),
        number,
      );
      world.says(`retry ${world.nameOf(id)}, where ${ask.action} failed for ${nameSims(world, failed)}`);
      is(409, await world.post(`/v1/operations/${id}/cancel`, undefined));
      const answer = await world.post<SeenOperation>(`/v1/operations/${id}/retry`, undefined, twice);
      if (failed.length === 0 || unconfirmed) {
        is(409, answer);
        return;
      }
      const made = is(202, answer);
      named(model, world, made.id);
      const selected: Pick<Selected, 'must' | 'may'> = { must: failed, may: failed };
      await comeOut(model, world, await finished(world, made.id), ask, selected);
    },
  });
}

/** An activation that takes its operator days; meanwhile other things may happen. */
function activateSlowly(number: number, count: number, delayDays: number): Command {
  return command('activate slowly', {
    can: (model) => model.flights.size === 0 && fitting(model, 'activate').length > 0,
    async run(model, world) {
      const iccids = fitting(model, 'activate')
        .slice(number % 3)
        .slice(0, count);
      for (const operator of world.operators) {
        await behave(model, world, operator, { ...behaviourOf(model, operator), delayDays });
      }
      world.says(
        `activate ${nameSims(world, iccids)}, for which operators take ${delayDays} days, and go on meanwhile`,
      );
      const { id } = is(202, await world.post<SeenOperation>('/v1/sims/activate', { select: { iccids } }, true));
      named(model, world, id);
      const behaviours = world.operators.map((operator) => behaviourOf(model, operator));
      model.flights.set(id, { id, ask: { action: 'activate' }, iccids, behaviours, cancelled: false });
    },
  });
}

/** Waits for the end of an activation that takes days. */
export async function land(model: Model, world: World, id: string): Promise<void> {
  const flight = model.flights.get(id);
  if (!flight) {
    return;
  }
  world.says(`wait for ${world.nameOf(id)}`);
  const operation = await finished(world, id);
  agree(
    !flight.cancelled || operation.state === 'cancelled',
    () => `${world.nameOf(id)} was cancelled and is ${operation.state}`,
  );
  const meant = { must: flight.iccids, may: flight.iccids };
  await comeOut(model, world, operation, flight.ask, meant, flight.behaviours);
  model.flights.delete(id);
}

const landOne = () =>
  command('wait for activation', {
    can: ({ flights }) => flights.size > 0,
    run: (model, world) => land(model, world, picked([...model.flights.keys()], 0)),
  });

/** Calls off an activation that is under way: what its operator was asked is seen to its end, the rest left alone. */
const cancelFlight = () =>
  command('cancel activation', {
    can: ({ flights }) => flights.size > 0,
    async run(model, world) {
      const flight = picked([...model.flights.values()], 0);
      world.says(`cancel ${world.nameOf(flight.id)}`);
      const { status } = await world.post(`/v1/operations/${flight.id}/cancel`, undefined);
      agree(status === 200 || status === 409, () => `Cancelling what is under way answers ${status}`);
      flight.cancelled ||= status === 200;
      await land(model, world, flight.id);
    },
  });

/** SIMs that are being activated can be asked nothing; those that are active already are resumed already. */
const meddle = (count: number) =>
  command('meddle', {
    can: ({ flights }) => flights.size > 0,
    async run(model, world) {
      const { iccids } = picked([...model.flights.values()], 0);
      const meant = iccids.slice(0, count);
      world.says(`resume ${nameSims(world, meant)}, which are being activated`);
      const body = { select: { iccids: meant } };
      const { id } = is(202, await world.post<SeenOperation>('/v1/sims/resume', body));
      named(model, world, id);
      const { state, succeeded, failed } = await finished(world, id);
      const results = await world.all<{ iccid: string; problem?: { code: string } }>(`/v1/operations/${id}/results`);
      const codes = results.map(({ problem }) => problem?.code ?? 'succeeded');
      const isRight =
        codes.length === meant.length && codes.every((code) => ['succeeded', 'wrong_state'].includes(code));
      agree(
        isRight && succeeded + failed === meant.length,
        () => `Resuming what is being activated comes out ${codes}`,
      );
      const failedOnes = results.filter(({ problem }) => problem).map(({ iccid }) => iccid);
      model.operations.set(id, {
        id,
        ask: { action: 'resume' },
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

/** Each with how often it is among the commands. */
export const bulkCommands: readonly (readonly [number, fc.Arbitrary<Command>])[] = [
  ...actions.map(
    (action) => [3, fc.record({ action: fc.constant(action), of: naming, to: target, mode, twice }).map(bulk)] as const,
  ),
  [
    1,
    fc
      .tuple(
        naming.map((one) => ({ ...one, count: Math.min(one.count, 2) })),
        fc.boolean(),
      )
      .map(([of, wrong]) => terminate(of, wrong || of.how === 'order')),
  ],
  [2, fc.record({ action: fc.constantFrom(...actions), of: naming, to: target, far: fc.boolean() }).map(schedule)],
  [1, pick.map(callOffOne)],
  [3, fc.tuple(pick, twice).map(([number, again]) => retry(number, again))],
  [1, fc.tuple(pick, count, fc.constantFrom(2, 3, 5)).map(([number, of, days]) => activateSlowly(number, of, days))],
  [2, fc.constant(0).map(landOne)],
  [1, fc.constant(0).map(cancelFlight)],
  [1, count.map(meddle)],
];
