import fc from 'fast-check';
import { type Command, command, pick, pickFrom } from './command.ts';
import type { Model } from './model.ts';
import { type Accepted, applyReplacement, checkCount, finishReplacement } from './replacement-steps.ts';
import { answersTo, type Pair } from './replacements.ts';
import { nameOperation } from './results.ts';
import { applicableSims, freeSims, preferOwn, UNKNOWN_ICCID } from './selection.ts';
import {
  ensure,
  expectStatus,
  formatAnswer,
  type SeenOperation,
  type SeenProblem,
  type SeenSim,
  type World,
} from './world.ts';

// Replacements of SIMs by others: allowed and refused, repeated, cancelled and retried.

type Meanwhile = 'nothing' | 'replace again' | 'cancel';
type ReplaceArgs = {
  old: number;
  by: number;
  /** Whether the SIMs are mostly fit for it. The others are any two. */
  fits: boolean;
  own: boolean;
  reason: string;
  meanwhile: Meanwhile;
  twice: boolean;
};

type Answered = SeenOperation & SeenProblem;

/** The replacement's request, or its retry. */
type Request = { path: string; body: unknown; twice?: boolean };

/** The SIMs that a customer has and uses: they can also be returned to stock. */
const replaceable = (model: Model) => applicableSims(model, 'unassign');

/** SIMs in stock that the service of a SIM mostly takes. */
function sparesFor(model: Model, old: string): string[] {
  const inStock = freeSims(model).filter((iccid) => model.sims.get(iccid)?.some(({ state }) => state === 'in_stock'));
  const fitting = inStock.filter((by) => answersTo(model, { old, by }).answers.some(({ status }) => status === 202));
  return fitting.length > 0 ? fitting : inStock;
}

function choosePair(model: Model, world: World, { old: oldNumber, by: byNumber, fits, own }: ReplaceArgs): Pair {
  const olds = fits ? preferOwn(model, world, replaceable(model), own) : [];
  const old = pickFrom(olds.length > 0 ? olds : freeSims(model), oldNumber);
  const spares = fits ? preferOwn(model, world, sparesFor(model, old), own) : [];
  const others = (spares.length > 0 ? spares : freeSims(model)).filter((iccid) => iccid !== old);
  return { old, by: pickFrom(others, byNumber) };
}

function replace(args: ReplaceArgs): Command {
  return command('replace', {
    can: (model) => freeSims(model).length > 1,
    async run(model, world) {
      const pair = choosePair(model, world, args);
      const { meanwhile, reason, twice } = args;
      world.log(
        `replace ${world.nameOf(pair.old)} by ${world.nameOf(pair.by)}, which is ${reason}${meanwhile === 'nothing' ? '' : `, and ${meanwhile}`}${twice ? ', sent twice' : ''}`,
      );
      const request = { path: `/v1/sims/${pair.old}/replace`, body: { by: pair.by, reason }, twice };
      const accepted = await start(model, world, pair, request);
      if (accepted) {
        await complete(model, world, accepted, meanwhile);
      }
    },
  });
}

/** Requests a replacement, and compares the answer with the model. @returns undefined when it is refused, which changes nothing */
async function start(
  model: Model,
  world: World,
  pair: Pair,
  { path, body, twice = false }: Request,
): Promise<Accepted | undefined> {
  const { answers } = answersTo(model, pair);
  const { label = null } = await world.read<SeenSim>(`/v1/sims/${pair.old}`);
  const answer = await world.post<Answered>(path, body, twice);
  const { status } = answer;
  const code = status === 422 ? answer.body.errors?.[0]?.code : answer.body.code;
  const isAllowed = answers.some(
    (one) => one.status === status && (one.status === 202 || one.codes.includes(code ?? '')),
  );
  ensure(
    isAllowed,
    () =>
      `The replacement of ${world.nameOf(pair.old)} is answered with ${formatAnswer(answer)}, not ${JSON.stringify(answers)}`,
  );
  const [allowed] = answers.filter((one) => one.status === 202);
  if (status !== 202 || !allowed) {
    world.log(`   refused: ${code}`);
    return undefined;
  }
  const { id } = answer.body;
  nameOperation(model, world, id);
  return { pair, id, label, customer: allowed.customer, service: allowed.service };
}

/** Waits for the end of a replacement, and applies the results of its steps to the model. */
async function complete(model: Model, world: World, accepted: Accepted, meanwhile: Meanwhile): Promise<void> {
  const { pair, id, service } = accepted;
  const isCancelled = meanwhile === 'cancel' && (await cancel(world, id));
  const again = meanwhile === 'replace again' ? await replaceAgain(model, world, accepted) : undefined;
  const operation = await finishReplacement(model, world, pair, id);
  ensure(
    (operation.state === 'cancelled') === isCancelled,
    () => `${world.nameOf(id)}, which was ${isCancelled ? '' : 'not '}cancelled, is ${operation.state}`,
  );
  await applyReplacement(model, world, accepted, operation);
  if (again) {
    ensure(operation.state === 'failed', () => `${world.nameOf(pair.old)} is replaced again, though it is replaced`);
    await complete(model, world, again, 'nothing');
  }
  await checkCount(model, world, service);
}

async function cancel(world: World, id: string): Promise<boolean> {
  const answer = await world.post(`/v1/operations/${id}/cancel`, undefined);
  expectStatus([200, 409], answer);
  return answer.status === 200;
}

/** A SIM that is being replaced cannot be replaced by another one. @returns the second replacement if the first one has failed already */
async function replaceAgain(model: Model, world: World, first: Accepted): Promise<Accepted | undefined> {
  const { old } = first.pair;
  const by = sparesFor(model, old).find((iccid) => iccid !== first.pair.by && iccid !== old);
  if (by === undefined) {
    return undefined;
  }
  const answer = await world.post<Answered>(`/v1/sims/${old}/replace`, { by, reason: 'other' });
  const { state } = await world.read<SeenOperation>(`/v1/operations/${first.id}`);
  const isRefused = answer.status === 409 && answer.body.code === 'wrong_state';
  ensure(
    isRefused || (state === 'failed' && [202, 422].includes(answer.status)),
    () => `The second replacement of ${world.nameOf(old)} is answered with ${formatAnswer(answer)}`,
  );
  if (answer.status !== 202) {
    return undefined;
  }
  const { id } = answer.body;
  world.setName(id, `replacement of ${world.nameOf(old)} by ${world.nameOf(by)}`);
  return { ...first, pair: { old, by }, id };
}

type Refused = 'itself' | 'by an unknown one' | 'by a foreign one' | 'unknown' | 'foreign';

/** A SIM cannot replace itself, and both SIMs must be the partner's. */
const replaceWrongly = (number: number, how: Refused) =>
  command('replace wrongly', {
    can: (model) => freeSims(model).length > 0,
    async run(model, world) {
      const own = pickFrom(freeSims(model), number);
      const stranger = how.endsWith('unknown one') || how === 'unknown' ? UNKNOWN_ICCID : await foreignSim(world);
      const isOld = how === 'unknown' || how === 'foreign';
      const [old, by] = how === 'itself' ? [own, own] : isOld ? [stranger, own] : [own, stranger];
      world.log(`replace ${world.nameOf(old)} by ${world.nameOf(by)}: ${how}`);
      const answer = await world.post<SeenProblem>(`/v1/sims/${old}/replace`, { by, reason: 'lost' });
      if (isOld) {
        expectStatus(404, answer);
        return;
      }
      const [error] = expectStatus(422, answer).errors ?? [];
      const code = how === 'itself' ? 'invalid_value' : 'not_found';
      ensure(error?.pointer === '/by' && error.code === code, () => `It is answered with ${formatAnswer(answer)}`);
    },
  });

/** A SIM of another partner. */
async function foreignSim(world: World): Promise<string> {
  const [iccid = ''] = world.newIccids(1);
  const partner = `/v1/platform/partners/other-${world.partnerId}`;
  const details = {
    name: 'Other',
    shortName: 'Other',
    deliveryAddress: { name: 'Other', lines: ['1 Dock Road'], city: 'London', postalCode: 'E16 1AA', country: 'GB' },
    contact: { name: 'Ada', email: 'ada@other.example' },
  };
  expectStatus([200, 201], await world.staff.put(partner, details));
  const path = `${partner}/imports?operatorId=${world.operators[0]}`;
  const file = `iccid,state\r\n${iccid},in_holding\r\n`;
  const answer = await world.staff.post<{ loaded: number }>(path, file, { 'content-type': 'text/csv' });
  ensure(expectStatus(200, answer).loaded === 1, () => `The import is answered with ${formatAnswer(answer)}`);
  return iccid;
}

/** A replacement that failed can be retried, as if it was requested again. None that has finished can be cancelled. */
function retryReplacement(number: number): Command {
  const finished = (model: Model) => {
    const free = new Set(freeSims(model));
    return [...model.replacements.values()].filter(({ old, by }) => free.has(old) && free.has(by)).reverse();
  };
  return command('retry a replacement', {
    can: (model) => finished(model).length > 0,
    async run(model, world) {
      const failed = finished(model).filter((one) => one.failed > 0);
      const one = pickFrom(failed.length > 0 && number % 4 > 0 ? failed : finished(model), number);
      world.log(`retry ${world.nameOf(one.id)}, which is ${one.state}`);
      expectStatus(409, await world.post(`/v1/operations/${one.id}/cancel`, undefined));
      const path = `/v1/operations/${one.id}/retry`;
      if (one.failed === 0) {
        expectStatus(409, await world.post(path, undefined));
        return;
      }
      const accepted = await start(model, world, one, { path, body: undefined });
      if (accepted) {
        await complete(model, world, accepted, 'nothing');
      }
    },
  });
}

const replaceArgs: fc.Arbitrary<ReplaceArgs> = fc.record({
  old: pick,
  by: pick,
  fits: fc.nat(3).map((one) => one > 0),
  own: fc.nat(2).map((one) => one === 0),
  reason: fc.constantFrom('lost', 'stolen', 'faulty', 'other'),
  meanwhile: fc.constantFrom<Meanwhile[]>('nothing', 'nothing', 'nothing', 'replace again', 'cancel'),
  twice: fc.nat(7).map((one) => one === 0),
});
const refused = fc.constantFrom<Refused[]>('itself', 'by an unknown one', 'by a foreign one', 'unknown', 'foreign');

/** The commands with their weights. */
export const replacementCommands: readonly (readonly [number, fc.Arbitrary<Command>])[] = [
  [3, replaceArgs.map(replace)],
  [1, fc.tuple(pick, refused).map(([number, how]) => replaceWrongly(number, how))],
  [1, pick.map(retryReplacement)],
];
