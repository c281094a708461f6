import { describe, expect, test } from '@jest/globals';
import type { ScaledClock } from '../../local/clock.ts';
import { runnableDefinition } from '../../local/step-functions/definition.ts';
import { historyEventCount } from '../../local/step-functions/history.ts';

const clock: Pick<ScaledClock, 'realMs'> = {
  realMs: (scaledMs) => (scaledMs * 1000) / 86_400_000,
};

const functionArn = 'arn:aws:lambda:eu-west-2:000000000000:function:work';
const invoke = 'arn:aws:states:::lambda:invoke';

const machine = (states: Record<string, unknown>) => ({ StartAt: Object.keys(states)[0], States: states });
/** As JSON, where what is undefined is not there. */
const run = (states: Record<string, unknown>) =>
  runnableDefinition('M', JSON.parse(JSON.stringify(machine(states))), clock);
const task = { Type: 'Task', Resource: functionArn, End: true };

describe('a definition is refused by name for', () => {
  test.each<[string, Record<string, unknown>, RegExp]>([
    ['what the validator finds', { A: { ...task, End: undefined, Next: 'Nowhere' } }, /State machine M/],
    [
      'a resource that is no function',
      { A: { ...task, Resource: 'arn:aws:states:::sqs:sendMessage' } },
      /A: .*sqs:sendMessage/,
    ],
    ['a heartbeat of a task that does not wait', { A: { ...task, HeartbeatSeconds: 1 } }, /A: HeartbeatSeconds/],
    ['a time-out from the input', { A: { ...task, TimeoutSecondsPath: '$.t' } }, /A .*TimeoutSecondsPath/],
    [
      'a distributed Map',
      {
        A: {
          Type: 'Map',
          End: true,
          ItemProcessor: {
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
            ...machine({ B: task }),
          },
        },
      },
      /DISTRIBUTED/,
    ],
    ['the same name twice', { A: { Type: 'Map', ItemProcessor: machine({ A: task }), End: true } }, /A/],
    [
      'the Map’s context inside it',
      {
        A: {
          Type: 'Map',
          End: true,
          ItemProcessor: machine({ B: { ...task, Parameters: { 'x.$': '$$.Map.Item.Value' } } }),
        },
      },
      /B: .*\$\$\.Map/,
    ],
    ['the state’s own context', { A: { ...task, Parameters: { 'x.$': '$$.State.Name' } } }, /\$\$\.State/],
  ])('%s', (_, states, message) => {
    expect(() => run(states)).toThrow(message);
  });
});

test('callbacks end in scaled time, functions in real time, and no timer overflows', () => {
  const { steps } = run({
    A: {
      ...task,
      Resource: `${invoke}.waitForTaskToken`,
      Parameters: {},
      TimeoutSeconds: 86_400,
      HeartbeatSeconds: 60,
      End: undefined,
      Next: 'B',
    },
    B: { ...task, Resource: `${invoke}.waitForTaskToken`, Parameters: {}, End: undefined, Next: 'C' },
    C: { ...task, Resource: invoke, Parameters: {}, End: undefined, Next: 'D' },
    D: task,
  });
  expect(steps.get('A')).toEqual({ kind: 'callback', timeoutMs: 86_400_000, heartbeatMs: 60_000 });
  expect(steps.get('B')).toEqual({ kind: 'callback' });
  expect(steps.get('C')).toEqual({ kind: 'invoke' });
  expect(steps.get('D')).toEqual({ kind: 'direct', functionArn });
});

test.each([
  ['no rule of its own', [{ ErrorEquals: ['States.TaskFailed'], MaxAttempts: 3 }], 0],
  [
    'a rule for all errors',
    [
      { ErrorEquals: ['States.TaskFailed'], MaxAttempts: 3 },
      { ErrorEquals: ['States.ALL'], MaxAttempts: 2 },
    ],
    2,
  ],
])('a callback that times out does not match States.TaskFailed, with %s', (_, Retry, attempts) => {
  const { machine } = run({ A: { ...task, Resource: `${invoke}.waitForTaskToken`, Parameters: {}, Retry } });
  const { definition } = JSON.parse(JSON.stringify(machine));
  expect(definition.States.A.Retry[0]).toMatchObject({ ErrorEquals: ['States.Timeout'], MaxAttempts: attempts });
});

test('the history has the same number of events as that of Step Functions', () => {
  const state = { type: 'Task' };
  const events = ['ExecutionStarted', 'StateEntered', 'StateExited', 'ExecutionSucceeded'].map((type) => ({
    type,
    state,
  }));
  expect(events.map(historyEventCount).reduce((a, b) => a + b)).toBe(7);
});
