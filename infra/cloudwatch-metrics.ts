import type { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { type DimensionsOf, type FunctionMetric, functionMetrics } from '../adapters/telemetry/function-metrics.ts';

/** The namespace and service under which the functions of a stage publish metrics. */
export type MetricsSource = { namespace: string; service: string };

/** The statistic of a metric (`Sum`, `Maximum`, `p99`, …) and its period. */
export type Statistic = { statistic: string; period: Duration; label?: string };

/** The metrics of the functions in CloudWatch. */
export class FunctionMetrics {
  private readonly published: MetricsSource;

  constructor(published: MetricsSource) {
    this.published = published;
  }

  /** One metric, given a value for each of its dimensions. */
  of<Name extends FunctionMetric>(
    metricName: Name,
    statistic: Statistic,
    ...[by]: keyof DimensionsOf<Name> extends never ? [] : [by: DimensionsOf<Name>]
  ): Metric {
    const { namespace, service } = this.published;
    return new Metric({ namespace, metricName, dimensionsMap: { service, ...by }, ...statistic });
  }

  /** One line for each value of the metric's dimensions. For dashboards only: alarms cannot use searches. */
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
