import type { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { type DimensionsOf, type FunctionMetric, functionMetrics } from '../adapters/telemetry/function-metrics.ts';

/** Where the functions of a stage publish what they measure. */
export type MetricsSource = { namespace: string; service: string };

/** How values of a metric are put together: `Sum`, `Maximum`, `p99`..., over how long. */
export type Statistic = { statistic: string; period: Duration; label?: string };

/** What the functions measure, as CloudWatch has it. */
export class FunctionMetrics {
  private readonly published: MetricsSource;

  constructor(published: MetricsSource) {
    this.published = published;
  }

  /** One metric, with a value for each of its dimensions. */
  of<Name extends FunctionMetric>(
    metricName: Name,
    statistic: Statistic,
    ...[by]: keyof DimensionsOf<Name> extends never ? [] : [by: DimensionsOf<Name>]
  ): Metric {
    const { namespace, service } = this.published;
    return new Metric({ namespace, metricName, dimensionsMap: { service, ...by }, ...statistic });
  }

  /** All that a metric is told apart by, a line each: for dashboards, since no alarm may search. */
  each(metricName: FunctionMetric, { statistic, period }: Statistic): MathExpression {
    const { by } = functionMetrics[metricName];
    const schema = [this.published.namespace, 'service', ...by].map((name) => `"${name}"`).join(',');
    return new MathExpression({
      expression: `SEARCH('{${schema}} MetricName="${metricName}"', '${statistic}', ${period.toSeconds()})`,
      label: by.map((dimension) => `\${PROP('Dim.${dimension}')}`).join(' '),
      period,
    });
  }
}
