import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { runbookPage } from '../../infra/runbook.ts';
import { operatorIds } from '../domain/builders.ts';
import { expectResource, type Resource, resourcesOf, synthesised, type Template } from './synthesised.ts';

const real = { issuer: 'https://login.partner-connect.net', audience: 'sim-fulfilment' };
const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
const pages = Array.from(runbook.matchAll(/^## (.+)$/gm), ([, heading = '']) => heading);

let dev: Template;
let production: typeof dev;
/** Where the account may have a monitor of costs by tag. */
let withAnomalies: typeof dev;

beforeAll(async () => {
  ({ service: dev } = await synthesised());
  ({ service: production } = await synthesised({
    stage: 'production',
    alarmEmail: 'oncall@wholesaler.example',
    ...real,
  }));
  ({ service: withAnomalies } = await synthesised({ stage: 'production', costAnomalies: 'true' }));
}, 180_000);

const alarms = () => [...resourcesOf(production, 'AWS::CloudWatch::Alarm').values()];
const text = (value: unknown) => (typeof value === 'string' ? value : '');
/** `sim-fulfilment-production-OperatorIsDown-3uk` is of `OperatorIsDown`. */
const nameOf = (fullName: unknown) => text(fullName).split('-')[3] ?? '';
const namesOf = (found: readonly Resource[], property: string) =>
  found.map(({ Properties }) => nameOf(Properties[property]));

describe('every alarm', () => {
  test('notifies the one topic', () => {
    const [topic] = resourcesOf(production, 'AWS::SNS::Topic').keys();
    expect(alarms().length).toBeGreaterThan(0);
    for (const { Properties } of alarms()) {
      expect(Properties.AlarmActions).toEqual([{ Ref: topic }]);
    }
  });

  test('describes its meaning, and links to its page in the runbook', () => {
    for (const { Properties } of alarms()) {
      const description = text(Properties.AlarmDescription);
      expect(description).toMatch(/^[A-Z].{30,}\. \S+$/);
      expect(description.split(' ').at(-1)).toBe(runbookPage(nameOf(Properties.AlarmName)));
    }
  });

  test('has a page, and every page an alarm', () => {
    const anomalies = [...resourcesOf(withAnomalies, 'AWS::CE::AnomalySubscription').values()];
    const budgets = [...resourcesOf(production, 'AWS::Budgets::Budget').values()].map(({ Properties }) =>
      // Safe: a budget's properties have this shape in a template.
      nameOf((Properties.Budget as { BudgetName: string }).BudgetName),
    );
    const names = [...namesOf(alarms(), 'AlarmName'), ...namesOf(anomalies, 'SubscriptionName'), ...budgets];
    // Sections of the same form without an alarm.
    const otherPages = ['DeploymentFails'];
    expect([...new Set(names), ...otherPages].sort()).toEqual([...pages].sort());
  });

  test('has a page with its meaning, how to investigate it, what to do, and how to try it', () => {
    for (const page of runbook.split(/^## /m).slice(1)) {
      expect(page).toMatch(/\*\*Meaning:.*\*\*Investigate.*\*\*Action:.*\*\*Try it/s);
    }
  });

  test('does not fire without data', () => {
    for (const { Properties } of alarms()) {
      expect(Properties.TreatMissingData).toBe('notBreaching');
    }
  });

  test('all alarms together cost at most four dollars a month', () => {
    const metrics = alarms().map(({ Properties }) =>
      Array.isArray(Properties.Metrics)
        ? Properties.Metrics.filter((metric) => JSON.stringify(metric).includes('MetricStat')).length
        : 1,
    );
    expect(metrics.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(40);
  });
});

test('alarms for operators name the operator', () => {
  const down = alarms().filter(({ Properties }) => nameOf(Properties.AlarmName) === 'OperatorIsDown');
  expect(down.map(({ Properties }) => Properties.Dimensions)).toEqual(
    operatorIds.map((operator) => expect.arrayContaining([{ Name: 'operator', Value: operator }])),
  );
});

describe('the topic of the alarms', () => {
  const allowed = (service: string, template = production) => {
    const [policy] = resourcesOf(template, 'AWS::SNS::TopicPolicy').values();
    return JSON.stringify(policy?.Properties.PolicyDocument).includes(service);
  };

  test('accepts messages of CloudWatch and cost monitoring, in this account', () => {
    expect(allowed('cloudwatch.amazonaws.com')).toBe(true);
    expect(allowed('aws:SourceAccount')).toBe(true);
    expect(allowed('budgets.amazonaws.com')).toBe(true);
    expect(allowed('costalerts.amazonaws.com')).toBe(false);
    expect(allowed('costalerts.amazonaws.com', withAnomalies)).toBe(true);
    expect(allowed('budgets.amazonaws.com', withAnomalies)).toBe(false);
  });

  test('notifies the e-mail address of the stage, if it has one', () => {
    expectResource(production, 'AWS::SNS::Subscription', {
      Properties: { Protocol: 'email', Endpoint: 'oncall@wholesaler.example' },
    });
    expect(resourcesOf(dev, 'AWS::SNS::Subscription').size).toBe(0);
  });
});

describe('a budget', () => {
  test('notifies the topic of actual and forecast costs, on stages that keep data', () => {
    const [topic] = resourcesOf(production, 'AWS::SNS::Topic').keys();
    const subscribers = [{ SubscriptionType: 'SNS', Address: { Ref: topic } }];
    const notification = { ComparisonOperator: 'GREATER_THAN', Threshold: 100, ThresholdType: 'PERCENTAGE' };
    const [budget] = resourcesOf(production, 'AWS::Budgets::Budget').values();
    expect(budget?.Properties).toMatchObject({
      Budget: { BudgetType: 'COST', TimeUnit: 'MONTHLY', BudgetLimit: { Amount: 200, Unit: 'USD' } },
      NotificationsWithSubscribers: [
        { Notification: { ...notification, NotificationType: 'ACTUAL' }, Subscribers: subscribers },
        { Notification: { ...notification, NotificationType: 'FORECASTED' }, Subscribers: subscribers },
      ],
    });
    expect(resourcesOf(dev, 'AWS::Budgets::Budget').size).toBe(0);
  });
});

describe('cost anomalies', () => {
  test('are monitored only on request: AWS refuses monitors by tag in most accounts', () => {
    expect(resourcesOf(production, 'AWS::CE::AnomalyMonitor').size).toBe(0);
    expect(resourcesOf(withAnomalies, 'AWS::Budgets::Budget').size).toBe(0);
  });

  test('are monitored by the tag of all resources', () => {
    const [monitor] = resourcesOf(withAnomalies, 'AWS::CE::AnomalyMonitor').values();
    expect(JSON.parse(text(monitor?.Properties.MonitorSpecification))).toEqual({
      Tags: { Key: 'user:service', Values: ['sim-fulfilment'] },
    });
    expectResource(production, 'AWS::Lambda::Function', {
      Properties: { Tags: expect.arrayContaining([{ Key: 'service', Value: 'sim-fulfilment' }]) },
    });
    expect(resourcesOf(dev, 'AWS::CE::AnomalyMonitor').size).toBe(0);
  });
});
