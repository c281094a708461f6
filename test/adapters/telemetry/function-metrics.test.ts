import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { functionMetrics } from '../../../adapters/telemetry/function-metrics.ts';
import { publishMetrics, recordMetric } from '../../../adapters/telemetry/metrics.ts';
import { asId } from '../../../domain/ids.ts';
import type { OrderEvent } from '../../../domain/order.ts';
import { recordStepMetrics } from '../../../use-cases/orders/apply-order-step.ts';
import { anOrder } from '../../domain/builders.ts';

/** As CloudWatch reads it: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
type Embedded = {
  _aws: {
    CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string; Unit: string }[] }[];
  };
  [key: string]: unknown;
};

process.env.POWERTOOLS_METRICS_NAMESPACE = 'SimFulfilment-test';
process.env.POWERTOOLS_SERVICE_NAME = 'sim-fulfilment';
process.env.POWERTOOLS_DEV = 'true';
process.env.POWERTOOLS_METRICS_DISABLED = 'false';
const lines: Embedded[] = [];
const console = jest.spyOn(globalThis.console, 'log').mockImplementation((line) => void lines.push(JSON.parse(line)));
beforeEach(() => {
  publishMetrics();
  lines.length = 0;
});
afterAll(() => console.mockRestore());

/** What was published, without the frame round it. */
function published() {
  publishMetrics();
  return lines.map(({ _aws: _frame, ...metrics }) => metrics);
}

describe('a metric', () => {
  test('is published with its unit and its own dimensions only', () => {
    recordMetric('DeadLettered', 1);
    recordMetric('Requests', 1, { route: 'GET /v1/sims' });
    publishMetrics();
    const frames = lines.map(({ _aws }) => _aws.CloudWatchMetrics[0]);
    expect(frames).toEqual([
      {
        Namespace: 'SimFulfilment-test',
        Dimensions: [['service']],
        Metrics: [{ Name: 'DeadLettered', Unit: 'Count' }],
      },
      {
        Namespace: 'SimFulfilment-test',
        Dimensions: [['service', 'route']],
        Metrics: [{ Name: 'Requests', Unit: 'Count' }],
      },
    ]);
    expect(lines[1]).toMatchObject({ service: 'sim-fulfilment', route: 'GET /v1/sims', Requests: 1 });
  });

  test('that is measured more than a hundred times in an invocation keeps its dimensions', () => {
    for (let call = 0; call < 150; call += 1) {
      recordMetric('OperatorErrors', 0, { operator: 'a1' });
    }
    const metrics = published();
    expect(metrics.map(({ operator }) => operator)).toEqual(['a1', 'a1']);
    expect(metrics.flatMap(({ OperatorErrors }) => OperatorErrors)).toHaveLength(150);
  });

  test('is published once', () => {
    recordMetric('OrdersPolled', 3);
    expect(published()).toHaveLength(1);
    lines.length = 0;
    expect(published()).toEqual([]);
  });

  test('of the list is recorded by some code', () => {
    const source = ['functions', 'use-cases']
      .map((folder) => fileURLToPath(new URL(`../../../${folder}`, import.meta.url)))
      .flatMap((folder) =>
        readdirSync(folder, { recursive: true, encoding: 'utf8' })
          .filter((file) => file.endsWith('.ts'))
          .map((file) => readFileSync(`${folder}/${file}`, 'utf8')),
      )
      .join('\n');
    const recorded = new Set(
      Array.from(source.matchAll(/recordMetric\(([^;]*?),/g), ([, name = '']) => name.match(/'\w+'/g) ?? []).flat(),
    );
    expect([...recorded].map((name) => name.slice(1, -1)).sort()).toEqual(Object.keys(functionMetrics).sort());
  });
});

describe('a step of an order', () => {
  const at = '2026-03-05T12:00:00.000Z';
  const order = anOrder({ operatorId: asId('operator', 'orange'), createdAt: '2026-03-02T06:00:00.000Z' }).in(
    'dispatched',
  );
  const to = (state: NonNullable<OrderEvent['to']>, type = `order.${state}`): OrderEvent => ({
    at,
    type,
    to: state,
    actor: 'system',
  });

  test('is counted by the state that the order came to and its operator', () => {
    recordStepMetrics({ order, events: [to('dispatched'), { at, type: 'order.arrived', actor: 'orange' }] });
    expect(published()).toEqual([{ service: 'sim-fulfilment', operator: 'orange', state: 'dispatched', Orders: 1 }]);
  });

  test('is not counted again when the order is resumed into a state', () => {
    recordStepMetrics({ order, events: [to('dispatched', 'order.resumed')] });
    expect(published()).toEqual([]);
  });

  test('that fulfils the order records the hours since it was placed, if SIMs are active', () => {
    recordStepMetrics({
      order: { ...order, progress: { ...order.progress, activated: 49 } },
      events: [to('fulfilled')],
    });
    expect(published()).toContainEqual({ service: 'sim-fulfilment', operator: 'orange', HoursToActive: 78 });
    lines.length = 0;
    recordStepMetrics({ order, events: [to('fulfilled')] });
    expect(published()).toEqual([expect.objectContaining({ Orders: 1 })]);
  });
});
