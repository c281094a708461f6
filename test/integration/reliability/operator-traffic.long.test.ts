import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { itemKinds } from '../../../adapters/dynamodb/item-kinds.ts';
import { operatorTraffic } from '../../../adapters/dynamodb/operator-traffic.ts';
import { get } from '../../../adapters/dynamodb/reads.ts';
import { update } from '../../../adapters/dynamodb/write-requests.ts';
import { write } from '../../../adapters/dynamodb/writes.ts';
import { pacedSingly } from '../../../adapters/operators/turns.ts';
import { asId, type OperatorId } from '../../../domain/ids.ts';
import { useTableOf } from '../../../local/table-of-cloud.ts';
import { gatewayToScript } from '../../adapters/operators/operators-under-test.ts';
import { useLocalCloud } from '../support/local-cloud.ts';

const cloud = useLocalCloud();

beforeAll(() => useTableOf(cloud.cloud()));

let operators = 0;
/** An operator without recorded calls. */
function unknownOperator(): OperatorId {
  operators += 1;
  return asId('operator', `operator-${process.pid}-${Date.now()}-${operators}`);
}

const pauseIsOver = (operatorId: OperatorId) =>
  write(update(itemKinds.operatorHealth.key({ operatorId }), { set: { closedUntil: Date.now() - 1 } }));
const circuitStates = (operatorId: OperatorId, times: number) =>
  Promise.all(Array.from({ length: times }, () => operatorTraffic.circuitState(operatorId)));

describe('an operator', () => {
  test('with limits gives a turn to one of any number of functions that ask at the same moment', async () => {
    const operatorId = unknownOperator();
    const limits = { requestsPerSecond: 10 };
    const ask = (holder: string) => operatorTraffic.takeTurn(operatorId, limits, { holder, calls: 5, urgent: false });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(`function ${index}`)));
    expect(answers.filter((answer) => 'turn' in answer)).toHaveLength(1);
    const holder = `function ${answers.findIndex((answer) => 'turn' in answer)}`;
    expect(await ask('late')).toEqual({ waitMs: expect.any(Number) });
    await operatorTraffic.endTurn(operatorId, limits, holder, 0);
    expect(await operatorTraffic.takeTurn(operatorId, limits, { holder: 'call', calls: 1, urgent: true })).toEqual({
      turn: expect.objectContaining({ calls: 1 }),
    });
  });

  test('tells since when it has been silent, until it answers', async () => {
    const operatorId = unknownOperator();
    await operatorTraffic.recordOutcome(operatorId, false);
    const since = await operatorTraffic.silentSince(operatorId);
    await operatorTraffic.recordOutcome(operatorId, false);
    expect(await operatorTraffic.silentSince(operatorId)).toEqual(since);
    await operatorTraffic.recordOutcome(operatorId, true);
    expect((await operatorTraffic.silentSince(operatorId)).getTime()).toBeGreaterThan(since.getTime());
  });

  test('that does not answer three calls in a row opens its circuit; then one call tests it', async () => {
    const operatorId = unknownOperator();
    expect(await operatorTraffic.circuitState(operatorId)).toBe('closed');
    await operatorTraffic.recordOutcome(operatorId, false);
    await operatorTraffic.recordOutcome(operatorId, false);
    expect(await operatorTraffic.circuitState(operatorId)).toBe('halfOpen');
    await operatorTraffic.recordOutcome(operatorId, false);
    expect(await circuitStates(operatorId, 5)).toEqual(Array(5).fill('open'));

    await pauseIsOver(operatorId);
    expect((await circuitStates(operatorId, 5)).sort()).toEqual(['halfOpen', ...Array(4).fill('open')]);
    await operatorTraffic.recordOutcome(operatorId, false);
    expect(await operatorTraffic.circuitState(operatorId)).toBe('open');

    await pauseIsOver(operatorId);
    expect(await operatorTraffic.circuitState(operatorId)).toBe('halfOpen');
    await operatorTraffic.recordOutcome(operatorId, true);
    expect(await circuitStates(operatorId, 5)).toEqual(Array(5).fill('closed'));
  });

  test('is probed by one of many callers, even of those that ask within one millisecond', async () => {
    for (let round = 1; round <= 10; round += 1) {
      const operatorId = unknownOperator();
      await Promise.all([1, 2, 3].map(() => operatorTraffic.recordOutcome(operatorId, false)));
      await pauseIsOver(operatorId);
      const states = await circuitStates(operatorId, 10);
      expect(states.filter((state) => state === 'halfOpen')).toHaveLength(1);
    }
  });

  test('that answers again closes its circuit', async () => {
    const operatorId = unknownOperator();
    await operatorTraffic.recordOutcome(operatorId, false);
    await operatorTraffic.recordOutcome(operatorId, false);
    await operatorTraffic.recordOutcome(operatorId, true);
    await operatorTraffic.recordOutcome(operatorId, false);
    expect(await operatorTraffic.circuitState(operatorId)).toBe('halfOpen');
  });
});

describe('the circuit of an operator', () => {
  test('is never stored in part when the operator answers one call while others fail', async () => {
    for (let round = 1; round <= 20; round += 1) {
      const operatorId = unknownOperator();
      await operatorTraffic.recordOutcome(operatorId, false);
      await operatorTraffic.recordOutcome(operatorId, false);
      const outcomes = [false, false, true, false, true, false];
      await Promise.all(outcomes.map((answered) => operatorTraffic.recordOutcome(operatorId, answered)));
      const stored = await get<{ failures?: number }>(itemKinds.operatorHealth.key({ operatorId }));
      expect(stored === undefined || stored.failures !== undefined).toBe(true);
    }
  });

  test('closes after an answer even if earlier versions have stored it in part', async () => {
    const operatorId = unknownOperator();
    await pauseIsOver(operatorId);
    expect(await operatorTraffic.circuitState(operatorId)).toBe('halfOpen');
    await operatorTraffic.recordOutcome(operatorId, true);
    expect(await operatorTraffic.circuitState(operatorId)).toBe('closed');
  });
});

describe('the gateway', () => {
  test('does not call an operator while its circuit is open, and continues when it closes', async () => {
    const operatorId = unknownOperator();
    const operator = await gatewayToScript(
      [...Array(10).fill('drop'), { status: 404, body: {} }],
      {},
      {
        operatorId,
        traffic: operatorTraffic,
      },
    );
    const ask = () => operator.gateway.orderStatus({ id: 'ord_1' });
    for (let call = 1; call <= 3; call += 1) {
      await expect(ask()).rejects.toThrow(/no connection, after 3 attempts/);
    }
    await expect(ask()).rejects.toThrow(/is down and is not called for now/);
    expect(operator.asked).toHaveLength(9);

    await pauseIsOver(operatorId);
    // A refusal is an answer.
    await expect(ask()).rejects.toThrow(/answered 404/);
    await expect(ask()).rejects.toThrow(/answered 404/);
    expect(operator.asked).toHaveLength(12);
    expect(await operatorTraffic.circuitState(operatorId)).toBe('closed');
    await operator.stop();
  });

  test('spreads single calls over the seconds, from any number of callers', async () => {
    const operatorId = unknownOperator();
    const pacer = pacedSingly(operatorId, { requestsPerSecond: 4, concurrency: 1 }, operatorTraffic);
    const made: number[] = [];
    const start = Date.now();
    let open = 0;
    await Promise.all(
      Array.from({ length: 9 }, () =>
        pacer.paced(async () => {
          open += 1;
          expect(open).toBe(1);
          made.push(Date.now());
          await sleep(20);
          open -= 1;
        }),
      ),
    );
    expect(made).toHaveLength(9);
    // A busy machine makes a call later than its moment, and none earlier. The clock of the machine counts whole milliseconds.
    for (const [index, at] of made.entries()) {
      expect(at - start).toBeGreaterThanOrEqual(index * 250 - 1);
    }
  });
});
