import { beforeAll, describe, expect, test } from '@jest/globals';
import { itemKinds } from '../../../adapters/dynamodb/item-kinds.ts';
import { operatorTraffic } from '../../../adapters/dynamodb/operator-traffic.ts';
import { update } from '../../../adapters/dynamodb/write-requests.ts';
import { write } from '../../../adapters/dynamodb/writes.ts';
import type { OperatorTraffic } from '../../../adapters/operators/traffic.ts';
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
  test('gets no more calls per second than its limit, from any number of concurrent callers', async () => {
    const operatorId = unknownOperator();
    const taken = await Promise.all(Array.from({ length: 40 }, () => operatorTraffic.acquire(operatorId, 1_000, 10)));
    expect(taken.filter((isOurs) => isOurs)).toHaveLength(10);
    expect(await operatorTraffic.acquire(operatorId, 1_001, 10)).toBe(true);
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

  test('that answers again closes its circuit', async () => {
    const operatorId = unknownOperator();
    await operatorTraffic.recordOutcome(operatorId, false);
    await operatorTraffic.recordOutcome(operatorId, false);
    await operatorTraffic.recordOutcome(operatorId, true);
    await operatorTraffic.recordOutcome(operatorId, false);
    expect(await operatorTraffic.circuitState(operatorId)).toBe('halfOpen');
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

  test('waits for the next second when the limit of this one is used up', async () => {
    const operatorId = unknownOperator();
    const taken: number[] = [];
    const traffic: OperatorTraffic = {
      ...operatorTraffic,
      async acquire(id, second, perSecond) {
        const isOurs = await operatorTraffic.acquire(id, second, perSecond);
        taken.push(...(isOurs ? [second] : []));
        return isOurs;
      },
    };
    const operator = await gatewayToScript(
      [{ status: 404, body: {} }],
      {},
      { operatorId, traffic, requestsPerSecond: 2 },
    );
    await Promise.all(
      Array.from({ length: 5 }, () => expect(operator.gateway.orderStatus({ id: 'ord_1' })).rejects.toThrow(/404/)),
    );
    expect(operator.asked).toHaveLength(5);
    expect(taken).toHaveLength(5);
    for (const second of taken) {
      expect(taken.filter((other) => other === second).length).toBeLessThanOrEqual(2);
    }
    await operator.stop();
  });
});
