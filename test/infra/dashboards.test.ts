import { beforeAll, describe, expect, test } from '@jest/globals';
import { type FunctionMetric, functionMetrics } from '../../adapters/telemetry/function-metrics.ts';
import { resourcesOf, synthesised, type Template } from './synthesised.ts';

const NAMESPACE = 'SimFulfilment-dev';

/** A metric of the functions that somebody looks at, with the dimensions by which it is asked for. */
type Shown = { name: string; dimensions: readonly string[] };

let service: Template;
let bodies: Map<string, string>;
let shown: Shown[];

beforeAll(async () => {
  ({ service } = await synthesised());
  bodies = new Map(
    [...resourcesOf(service, 'AWS::CloudWatch::Dashboard').values()].map(({ Properties }) => [
      String(Properties.DashboardName),
      withoutReferences(Properties.DashboardBody),
    ]),
  );
  shown = [...bodies.values()].flatMap((body) => [...graphed(body), ...searched(body)]);
}, 180_000);

/** The body of a dashboard is a text with references in it. */
function withoutReferences(body: unknown): string {
  const {
    'Fn::Join': [, parts],
  } = body as { 'Fn::Join': [string, unknown[]] };
  return parts.map((part) => (typeof part === 'string' ? part : 'reference')).join('');
}

function graphed(body: string): Shown[] {
  const { widgets }: { widgets: { properties: { metrics?: unknown[][] } }[] } = JSON.parse(body);
  return widgets
    .flatMap(({ properties }) => properties.metrics ?? [])
    .filter(([namespace]) => namespace === NAMESPACE)
    .map(([, name, ...rest]) => ({
      name: String(name),
      dimensions: rest.filter((each) => typeof each === 'string').filter((_, place) => place % 2 === 0),
    }));
}

function searched(body: string): Shown[] {
  return Array.from(
    body.replaceAll('\\"', '"').matchAll(/SEARCH\('\{([^}]*)\} MetricName="(\w+)"'/g),
    ([, schema = '', name = '']) => {
      const [namespace, ...dimensions] = schema.split(',').map((part) => part.slice(1, -1));
      expect(namespace).toBe(NAMESPACE);
      return { name, dimensions };
    },
  );
}

/** As functions publish it. */
const published = (name: string): readonly string[] => ['service', ...functionMetrics[name as FunctionMetric].by];

describe('the dashboards', () => {
  test('are one for the business and one for operations', () => {
    expect([...bodies.keys()]).toEqual(['sim-fulfilment-dev-business', 'sim-fulfilment-dev-machine-room']);
  });

  test('show metrics of functions with their dimensions', () => {
    expect(shown.length).toBeGreaterThan(0);
    for (const { name, dimensions } of shown) {
      expect(Object.keys(functionMetrics)).toContain(name);
      expect([...dimensions].sort()).toEqual([...published(name)].sort());
    }
  });

  test('show every metric of functions', () => {
    expect([...new Set(shown.map(({ name }) => name))].sort()).toEqual(Object.keys(functionMetrics).sort());
  });

  test('have at most two screens of graphs', () => {
    for (const body of bodies.values()) {
      expect(JSON.parse(body).widgets.length).toBeLessThanOrEqual(24);
    }
  });
});

test('alarms use metrics that functions publish, in their namespace and with their dimensions', () => {
  const ofFunctions = [...resourcesOf(service, 'AWS::CloudWatch::Alarm').values()]
    .map(({ Properties }) => Properties)
    .filter(({ Namespace }) => String(Namespace).startsWith('SimFulfilment'));
  expect(ofFunctions.length).toBeGreaterThan(0);
  for (const { Namespace, MetricName, Dimensions } of ofFunctions) {
    expect(Namespace).toBe(NAMESPACE);
    // A dimension of a metric in a template has a name.
    const names = (Dimensions as { Name: string }[]).map(({ Name }) => Name);
    expect(names.sort()).toEqual([...published(String(MetricName))].sort());
  }
  for (const { Properties } of resourcesOf(service, 'AWS::Lambda::Function').values()) {
    expect(Properties.Environment).toMatchObject({
      Variables: { POWERTOOLS_METRICS_NAMESPACE: NAMESPACE, POWERTOOLS_SERVICE_NAME: 'sim-fulfilment' },
    });
  }
});
