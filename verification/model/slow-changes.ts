import fc from 'fast-check';
import { behaviourOf, type Command, command, pick, pickFrom, setBehaviour } from './command.ts';
import { completeWrongly } from './manual-tasks.ts';
import { labelled, type Model, type OperatorChange, type SlowChange } from './model.ts';
import { applyResults, finishOperation, nameOperation } from './results.ts';
import { applicableSims, nameSims, preferOwn } from './selection.ts';
import { ensure, expectStatus, type SeenOperation, type SeenResult, type SeenSim, type World } from './world.ts';

// Changes that operators confirm after days, or that wait for the staff. Other steps run meanwhile.

const MAX_TERMINATED = 2;

type ChangeArgs = { number: number; count: number; days: number; own: boolean };

function startChange(action: OperatorChange, { number, count, days, own }: ChangeArgs): Command {
  return command(`${action} slowly`, {
    can: (model) => model.slowChanges.size === 0 && applicableSims(model, action).length > 0,
    async run(model, world) {
      const size = action === 'terminate' ? Math.min(count, MAX_TERMINATED) : count;
      const applicable = preferOwn(model, world, applicableSims(model, action), own);
      const start = number % applicable.length;
      const iccids = [...applicable.slice(start), ...applicable.slice(0, start)].slice(0, size);
      for (const operator of world.operators) {
        const delay = action === 'activate' || action === 'test' ? { delayDays: days } : { changeDelayDays: days };
        await setBehaviour(model, world, operator, { ...behaviourOf(model, operator), ...delay });
      }
      world.log(
        `${action} ${nameSims(world, iccids)}, which operators confirm after ${days} days, and continue meanwhile`,
      );
      const body = { select: { iccids }, ...(action === 'terminate' ? { confirm: iccids.length } : {}) };
      const { id } = expectStatus(202, await world.post<SeenOperation>(`/v1/sims/${action}`, body, true));
      nameOperation(model, world, id);
      const behaviours = [...world.operators, world.ownOperator].map((operator) => behaviourOf(model, operator));
      const change: SlowChange = { id, request: { action }, iccids, behaviours, cancelled: false };
      model.slowChanges.set(id, change);
      await world.until(`${world.nameOf(id)} to wait for the operator`, async () => {
        const { waitingForOperator = 0, finishedAt } = await world.read<SeenOperation>(`/v1/operations/${id}`);
        return waitingForOperator > 0 || finishedAt !== undefined ? true : undefined;
      });
      await checkWaiting(world, change);
    },
  });
}

/** Each SIM waits for its operator, has a result, or the operator has not been asked about it. */
async function checkWaiting(world: World, { id, request, iccids }: SlowChange): Promise<void> {
  for (const iccid of iccids) {
    const { state, pendingChange } = await world.read<SeenSim>(`/v1/sims/${iccid}`);
    const isRight =
      pendingChange === undefined || (pendingChange.operationId === id && pendingChange.action === request.action);
    ensure(
      isRight,
      () => `${world.nameOf(iccid)} is ${state} with the pending change ${JSON.stringify(pendingChange)}`,
    );
  }
}

/** Whether a SIM waits for its operator because of a change. */
async function isWaiting(world: World, { id, request }: SlowChange, iccid: string): Promise<boolean> {
  const { state, pendingChange } = await world.read<SeenSim>(`/v1/sims/${iccid}`);
  const isActivating = request.action === 'activate' && state === 'activating';
  return isActivating || pendingChange?.operationId === id;
}

/** Waits until a slow change has finished. The staff complete its tasks. */
export async function finishSlowChange(model: Model, world: World, id: string): Promise<void> {
  const change = model.slowChanges.get(id);
  if (!change) {
    return;
  }
  world.log(`wait for ${world.nameOf(id)}`);
  const operation = await finishOperation(model, world, id);
  ensure(
    !change.cancelled || operation.state === 'cancelled',
    () => `${world.nameOf(id)} was cancelled and is ${operation.state}`,
  );
  const meant = { must: change.iccids, may: change.iccids };
  await applyResults(model, world, operation, change.request, meant, change.behaviours);
  model.slowChanges.delete(id);
}

const hasChange = ({ slowChanges }: Model) => slowChanges.size > 0;
const changeOf = (model: Model) => pickFrom([...model.slowChanges.values()], 0);

const awaitChange = () =>
  command('wait for a change', {
    can: hasChange,
    run: (model, world) => finishSlowChange(model, world, changeOf(model).id),
  });

/** Cancels a change: requests to the operator are completed, and the other SIMs stay as they are. */
const cancelChange = () =>
  command('cancel a change', {
    can: hasChange,
    async run(model, world) {
      const change = changeOf(model);
      world.log(`cancel ${world.nameOf(change.id)}`);
      const { status } = await world.post(`/v1/operations/${change.id}/cancel`, undefined);
      ensure(status === 200 || status === 409, () => `Cancelling a running operation is answered with ${status}`);
      change.cancelled ||= status === 200;
      await finishSlowChange(model, world, change.id);
    },
  });

/** SIMs that wait for their operator accept no action. The chosen action changes no SIM whose change has ended, either. */
const actMeanwhile = (count: number) =>
  command('act on changing SIMs', {
    can: hasChange,
    async run(model, world) {
      const change = changeOf(model);
      const meant = change.iccids.slice(0, count);
      const action = ['activate', 'test'].includes(change.request.action) ? 'resume' : 'test';
      world.log(`${action} ${nameSims(world, meant)}, which are being changed`);
      const [first = ''] = meant;
      const wasWaiting = await isWaiting(world, change, first);
      const body = { select: { iccids: meant } };
      const { id } = expectStatus(202, await world.post<SeenOperation>(`/v1/sims/${action}`, body));
      nameOperation(model, world, id);
      const { state, succeeded, failed } = await finishOperation(model, world, id);
      const results = await world.all<SeenResult>(`/v1/operations/${id}/results`);
      const codes = new Map(results.map(({ iccid, problem }) => [iccid, problem?.code ?? 'succeeded']));
      const isRight =
        codes.size === meant.length &&
        [...codes.values()].every((code) =>
          ['succeeded', 'wrong_state', 'not_assigned', 'wrong_operator'].includes(code),
        );
      ensure(
        isRight && succeeded + failed === meant.length,
        () => `${action} of SIMs that are being changed has the results ${[...codes.values()]}`,
      );
      const isRefused = codes.get(first) === 'wrong_state';
      const waits = wasWaiting && (await isWaiting(world, change, first));
      ensure(isRefused || !waits, () => `${action} of a SIM that waits for its operator is not refused`);
      const failedOnes = [...codes].filter(([, code]) => code !== 'succeeded').map(([iccid]) => iccid);
      model.operations.set(id, {
        id,
        request: { action },
        state,
        succeeded,
        failed: failedOnes,
        isFinal: false,
      });
    },
  });

/** A label does not end a change. */
const labelMeanwhile = (number: number, text: string) =>
  command('label a changing SIM', {
    can: hasChange,
    async run(model, world) {
      const iccid = pickFrom(changeOf(model).iccids, number);
      world.log(`label ${world.nameOf(iccid)} ${text}, which is being changed`);
      // The operator's answer may change the SIM in between.
      const answer = await world.api.patch<SeenSim>(`/v1/sims/${iccid}`, { label: text });
      if (expectStatus([200, 409, 412], answer) && answer.status === 200) {
        const before = model.sims.get(iccid) ?? [];
        model.sims.set(
          iccid,
          before.map((sim) => labelled(sim, text)),
        );
      }
    },
  });

/** A wrong completion of a task changes nothing. */
const completeTaskWrongly = () =>
  command('complete a task wrongly', {
    can: hasChange,
    run: (model, world) => completeWrongly(world, changeOf(model).id),
  });

const count = fc.integer({ min: 1, max: 8 });

/** The commands with their weights. */
export const slowChangeCommands: readonly (readonly [number, fc.Arbitrary<Command>])[] = [
  ...(['activate', 'test', 'suspend', 'resume', 'unassign', 'terminate'] as const).map(
    (action) =>
      [
        1,
        fc
          .record({ number: pick, count, days: fc.constantFrom(2, 3, 5), own: fc.boolean() })
          .map((args) => startChange(action, args)),
      ] as const,
  ),
  [3, fc.constant(0).map(awaitChange)],
  [1, fc.constant(0).map(cancelChange)],
  [2, count.map(actMeanwhile)],
  [1, fc.tuple(pick, fc.constantFrom('Meter 3', 'Gate')).map(([number, text]) => labelMeanwhile(number, text))],
  [1, fc.constant(0).map(completeTaskWrongly)],
];
