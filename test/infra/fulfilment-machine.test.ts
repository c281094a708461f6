import { beforeAll, describe, expect, test } from '@jest/globals';
import validate from 'asl-validator';
import { ExecutionError, StateMachine } from 'aws-local-stepfunctions';
import { definitionOf, type State, type StateMachineDefinition, synthesised } from './synthesised.ts';

let definition: StateMachineDefinition;
/** The validator and the engine write into what they are given. */
const copy = (): StateMachineDefinition => JSON.parse(JSON.stringify(definition));

beforeAll(async () => {
  definition = definitionOf((await synthesised()).service);
}, 180_000);

/** Every state with its name, those inside a map after the map that they run in. */
function* states(
  of: StateMachineDefinition,
  inside?: State,
): Generator<{ name: string; state: State; inside?: State }> {
  for (const [name, state] of Object.entries(of.States)) {
    yield { name, state, ...(inside && { inside }) };
    if (state.ItemProcessor) yield* states(state.ItemProcessor, state);
  }
}

const catchesAll = (state: State | undefined) =>
  state?.Catch?.some(({ ErrorEquals }) => ErrorEquals.includes('States.ALL')) ?? false;

describe('the definition', () => {
  test('is valid Amazon States Language', () => {
    const { isValid, errorsText } = validate(copy());
    expect(isValid ? '' : errorsText()).toBe('');
  });

  test('retries every task, with jitter, and catches what remains, in the task or in the map that it runs in', () => {
    for (const { name, state, inside } of states(definition)) {
      if (state.Type !== 'Task') continue;
      const retried = state.Retry?.flatMap(({ ErrorEquals }) => ErrorEquals) ?? [];
      expect({ name, retried }).toEqual({
        name,
        retried: expect.arrayContaining([
          'Lambda.TooManyRequestsException',
          'OperatorUnavailable',
          'States.TaskFailed',
        ]),
      });
      expect(state.Retry?.map(({ JitterStrategy }) => JitterStrategy)).not.toContain(undefined);
      expect({ name, caught: catchesAll(state) || catchesAll(inside) }).toEqual({ name, caught: true });
    }
  });

  test('outlasts throttling for hours, apart from other errors', () => {
    for (const { name, state } of states(definition)) {
      if (state.Type !== 'Task') continue;
      const retriers = state.Retry?.filter(({ ErrorEquals }) => ErrorEquals.includes('ThrottlingException')) ?? [];
      expect({ name, retriers }).toEqual({
        name,
        retriers: [
          expect.objectContaining({
            ErrorEquals: expect.arrayContaining(['Lambda.TooManyRequestsException', 'TransactionCanceledException']),
            IntervalSeconds: 5,
            BackoffRate: 2,
            MaxDelaySeconds: 300,
            MaxAttempts: 99,
            JitterStrategy: 'FULL',
          }),
        ],
      });
    }
  });

  test('holds only what the local engine runs: JSONPath, maps inline, no state whose name it mistakes for a field', () => {
    for (const { name, state } of states(definition)) {
      expect(['Task', 'Choice', 'Map', 'Wait', 'Pass', 'Succeed', 'Fail']).toContain(state.Type);
      expect(state.QueryLanguage).toBeUndefined();
      if (state.ItemProcessor) expect(state.ItemProcessor.ProcessorConfig.Mode).toBe('INLINE');
      expect(['Next', 'Default', 'StartAt', 'End']).not.toContain(name);
    }
  });
});

type Task = (input: Record<string, unknown>) => unknown;

/** Runs an execution on the local engine. Returns the tasks that ran, in order, with their input. */
async function run(input: { kind: 'order' | 'operation'; partnerId: string; id: string }, tasks: Record<string, Task>) {
  const calls: { task: string; input: Record<string, unknown> }[] = [];
  const names = [...states(definition)].filter(({ state }) => state.Type === 'Task').map(({ name }) => name);
  const handlers = names.map((task) => [
    task,
    async (given: Record<string, unknown>) => {
      calls.push({ task, input: given });
      return tasks[task]?.(given) ?? {};
    },
  ]);
  // The engine's own type of a definition knows more than these tests look at; the validator has passed this one.
  const runnable = copy() as ConstructorParameters<typeof StateMachine>[0];
  // A timer of the engine holds 24 days.
  Object.assign(runnable.States.AwaitDelivery ?? {}, { TimeoutSeconds: 60 });
  const execution = new StateMachine(runnable).run(
    { ...input, work: { stageRuns: 0 } },
    {
      overrides: {
        taskResourceLocalHandlers: Object.fromEntries(handlers),
        waitTimeOverrides: { ConfirmPause: 1 },
        retryIntervalOverrides: Object.fromEntries(names.map((name) => [name, 0])),
      },
      context: {
        Task: { Token: 'the-token' },
        StateMachine: { Id: 'the-machine' },
        Execution: { Name: `${input.id}-1` },
      },
    },
  );
  const outcome = await execution.result.then(
    () => 'succeeded',
    (error: unknown) => {
      if (!(error instanceof ExecutionError)) throw error;
      return 'failed';
    },
  );
  return { calls, ran: calls.map(({ task }) => task), outcome };
}

const order = { kind: 'order', partnerId: 'demo', id: 'ord_1' } as const;
const operation = { kind: 'operation', partnerId: 'demo', id: 'op_1' } as const;
const shards = (count: number) => Array.from({ length: count }, (_, shard) => ({ shard }));

/** Answers one after the other; the last one again and again. */
function answers(...list: readonly unknown[]): Task {
  let next = 0;
  return () => list[Math.min(next++, list.length - 1)];
}

const stage = (name: string, operationId: string, count = 1, stageRuns = 1) => ({
  stage: name,
  operationId,
  shards: shards(count),
  stageRuns,
});
const done = { done: true, from: 0, turn: 1 };
const waiting = { done: false, round: 1, from: 0, waiting: 0, turn: 3, hasUnrequested: true };

describe('an execution', () => {
  test('carries an order with a plan from the operator to active SIMs', async () => {
    const { ran, calls, outcome } = await run(order, {
      SubmitToOperator: answers({ goTo: 'await' }),
      AwaitDelivery: answers({ goTo: 'receive' }),
      ReceiveSims: answers({ goTo: 'receive' }, { goTo: 'stages' }),
      NextStage: answers(
        stage('migrate', 'op_m', 1, 1),
        stage('assign', 'op_a', 1, 2),
        stage('activate', 'op_x', 1, 3),
        stage('confirm', 'op_x', 1, 4),
        stage('none', '', 0, 5),
      ),
      MigratePage: answers(done),
      AssignPage: answers(done),
      ActivatePage: answers(done),
      Confirm: answers({ ...waiting, waitSeconds: 30 }, { done: true, round: 2, from: 0, waiting: 0, waitSeconds: 0 }),
    });
    expect(outcome).toBe('succeeded');
    expect(ran).toEqual([
      ...['SubmitToOperator', 'AwaitDelivery', 'ReceiveSims', 'ReceiveSims'],
      ...['NextStage', 'MigratePage', 'NextStage', 'AssignPage', 'NextStage', 'ActivatePage'],
      ...['NextStage', 'Confirm', 'Confirm', 'NextStage'],
    ]);
    expect(calls[0]?.input).toEqual({ partnerId: 'demo', id: 'ord_1' });
    expect(calls[1]?.input).toMatchObject({ Payload: { partnerId: 'demo', id: 'ord_1', taskToken: 'the-token' } });
    expect(calls[4]?.input).toEqual({
      ...order,
      stageRuns: 0,
      stateMachineArn: 'the-machine',
      execution: 'ord_1-1',
      confirms: true,
    });
    expect(calls[5]?.input).toEqual({ partnerId: 'demo', operationId: 'op_m', shard: 0, from: 0, turn: 1 });
    expect(calls[6]?.input).toEqual({
      ...order,
      stageRuns: 1,
      stateMachineArn: 'the-machine',
      execution: 'ord_1-1',
      confirms: true,
    });
    expect(calls[12]?.input).toEqual({
      ...{ partnerId: 'demo', operationId: 'op_x', shard: 0 },
      ...{ round: 1, from: 0, waiting: 0 },
      // How often it has waited for a turn, so that the task ends the run of the stage.
      page: { ...waiting, waitSeconds: 30 },
      execution: 'ord_1-1',
    });
  });

  test('ends when the operator rejects the order, or it is cancelled while it ships', async () => {
    const rejected = await run(order, { SubmitToOperator: answers({ goTo: 'end' }) });
    expect(rejected).toMatchObject({ outcome: 'succeeded', ran: ['SubmitToOperator'] });
    const cancelled = await run(order, {
      SubmitToOperator: answers({ goTo: 'await' }),
      AwaitDelivery: answers({ goTo: 'end' }),
    });
    expect(cancelled).toMatchObject({ outcome: 'succeeded', ran: ['SubmitToOperator', 'AwaitDelivery'] });
  });

  test('selects the SIMs of an operation page by page before its stage', async () => {
    const { ran, outcome } = await run(operation, {
      SelectSims: answers({ goTo: 'select' }, { goTo: 'stages' }),
      NextStage: answers(stage('change', 'op_1'), stage('none', 'op_1', 0)),
      ChangePage: answers(done),
    });
    expect(outcome).toBe('succeeded');
    expect(ran).toEqual(['SelectSims', 'SelectSims', 'NextStage', 'ChangePage', 'NextStage']);
  });

  test('processes every shard from its first page to its last', async () => {
    const { calls, outcome } = await run(operation, {
      SelectSims: answers({ goTo: 'stages' }),
      NextStage: answers(stage('migrate', 'op_1', 3), stage('none', 'op_1', 0)),
      MigratePage: ({ from, turn }) => ({ done: from === 2, from: Number(from) + 1, turn: Number(turn) + 1 }),
    });
    expect(outcome).toBe('succeeded');
    const pages = calls.filter(({ task }) => task === 'MigratePage').map(({ input }) => `${input.shard}:${input.from}`);
    expect(pages.sort()).toEqual(['0:0', '0:1', '0:2', '1:0', '1:1', '1:2', '2:0', '2:1', '2:2']);
  });

  test('continues with the next stage when this one has no work', async () => {
    const { ran, outcome } = await run(operation, {
      SelectSims: answers({ goTo: 'stages' }),
      NextStage: answers(stage('migrate', 'op_1', 0), stage('none', 'op_1', 0)),
    });
    expect(outcome).toBe('succeeded');
    expect(ran).toEqual(['SelectSims', 'NextStage', 'NextStage']);
  });

  test('waits much longer for an unavailable operator than for anything else', async () => {
    let tries = 0;
    const { outcome } = await run(order, {
      SubmitToOperator: () => {
        tries += 1;
        if (tries <= 50) throw Object.assign(new Error('3uk answers nothing'), { name: 'OperatorUnavailable' });
        return { goTo: 'end' };
      },
    });
    expect({ outcome, tries }).toEqual({ outcome: 'succeeded', tries: 51 });
  });

  test('that cannot continue records the reason with its order or operation, and fails', async () => {
    const { calls, ran, outcome } = await run(operation, {
      SelectSims: answers({ goTo: 'stages' }),
      NextStage: answers(stage('assign', 'op_1', 2)),
      AssignPage: () => {
        throw Object.assign(new Error('no such manifest'), { name: 'ManifestMissing' });
      },
    });
    expect(outcome).toBe('failed');
    expect(ran.at(-1)).toBe('RecordFailure');
    expect(calls.at(-1)?.input).toEqual({ ...operation, error: expect.objectContaining({ Error: 'ManifestMissing' }) });
  });

  test('fails visibly when a task returns an unexpected answer', async () => {
    const { calls, outcome } = await run(order, { SubmitToOperator: answers({ goTo: 'nowhere' }) });
    expect(outcome).toBe('failed');
    expect(calls.at(-1)).toMatchObject({ task: 'RecordFailure', input: { error: { Error: 'NotUnderstood' } } });
  });
});
