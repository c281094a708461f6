import { describe, expect, test } from '@jest/globals';
import { UsageError } from '../../../tools/command.ts';
import { counts, simWrites, workOfOperation, workOfOrder } from '../../../tools/cost/counts.ts';
import type { Deployed } from '../../../tools/cost/deployed.ts';
import { type Load, readRequest } from '../../../tools/cost/load.ts';
import { type Cause, dollarsOf, type Line, monthOf } from '../../../tools/cost/month.ts';

const collector = { kind: 'schedule', memoryMb: 2048, isArm: true } as const;

/** A small system with round numbers. */
const deployed: Deployed = {
  functions: [
    { kind: 'api', memoryMb: 512, isArm: true },
    { kind: 'task', memoryMb: 1024, isArm: true },
    { kind: 'schedule', memoryMb: 512, isArm: true },
    { kind: 'stream', memoryMb: 512, isArm: true },
    collector,
  ],
  schedules: [{ name: 'SchedulesCollectUsageFunction', everyMinutes: 120, runs: collector }],
  routes: 10,
  logDays: 365,
  journalDays: 730,
  isTraced: false,
  hasRecovery: true,
  alarmedMetrics: 5,
  dashboards: 1,
  hasUsers: true,
  hasConsole: true,
  secrets: 1,
  secretReaders: 2,
};

const nothing: Load = {
  partners: 1,
  sims: 1,
  ordersPerMonth: 0,
  simsPerOrder: 50,
  operationsPerMonth: 0,
  simsPerOperation: 100,
  sending: 0,
  requestsPerSim: 0,
  writing: 0,
  readsPerRequest: 0,
  requestMs: 0,
  responseKb: 0,
  webhooksPerPartner: 0,
  usersPerPartner: 0,
  loadsPerUser: 0,
  clients: 0,
};

function linesOf(cause: Cause, load: Partial<Load>, on: Deployed = deployed): Line[] {
  return monthOf({ ...nothing, ...load }, on).filter((line) => line.cause === cause);
}

function amountOf(lines: readonly Line[], what: string): number {
  return lines.filter((line) => line.what === what).reduce((sum, { amount }) => sum + amount, 0);
}

describe('usage', () => {
  const lines = linesOf('usage', { sims: 9500, sending: 100 });

  test('is two write units a SIM, and four a batch of 95 SIMs, 365 times a month', () => {
    expect(amountOf(lines, 'write units')).toBeCloseTo(365 * (9500 * 2 + 100 * 4));
  });

  test('is read with five units a SIM', () => {
    expect(amountOf(lines, 'read units')).toBeCloseTo(365 * 9500 * 5);
  });

  test('takes the collector’s time for two records per SIM', () => {
    expect(amountOf(lines, 'GB-seconds')).toBeCloseTo(((365 * 9500 * 2) / 686) * 2);
  });

  test('is stored for 400 days, and a second time in backups', () => {
    const gb = (9500 * 400 * 800) / 1e9;
    const stored = lines.filter(({ what }) => what.startsWith('GB of usage'));

    expect(stored.map(dollarsOf)).toEqual([expect.closeTo(gb * 0.25), expect.closeTo(gb * 0.2)]);
  });

  test('of partners with few SIMs costs a sum for each of their shards', () => {
    expect(amountOf(linesOf('usage', { sims: 1000, sending: 100, partners: 100 }), 'write units')).toBeCloseTo(
      365 * (1000 * 2 + 800 * 4),
    );
  });

  test('costs nothing when no SIM sends data', () => {
    expect(linesOf('usage', { sims: 1000, sending: 0 })).toEqual([]);
  });
});

describe('an order', () => {
  test('of 1,000 SIMs is what the bench counted', () => {
    expect(workOfOrder(1000)).toEqual({ transitions: 86, invocations: 29 });
    expect(workOfOrder(10_000)).toEqual({ transitions: 230, invocations: 77 });
    const lines = linesOf('orders', { ordersPerMonth: 1, simsPerOrder: 1000 });

    expect(amountOf(lines, 'state transitions')).toBe(86);
    // 24.4 were measured; the poller, which goes by the clock, and the numbers in blocks were left out.
    expect((amountOf(lines, 'write units') - counts.order.writes) / 1000).toBeCloseTo(24.1, 1);
  });

  test('of 50 SIMs is 24 write units a SIM, 110 of its own and four pages of eight', () => {
    expect(Object.values(simWrites).reduce((sum, units) => sum + units)).toBe(24);
    const lines = linesOf('orders', { ordersPerMonth: 2, simsPerOrder: 50 });

    expect(amountOf(lines, 'write units')).toBe(2 * (50 * 24 + 110 + 32));
    expect(amountOf(lines, 'GB-seconds')).toBeCloseTo((2 * 50 * 16.6) / 1000);
    expect(lines.filter(({ service }) => service === 'Step Functions').map(dollarsOf)).toEqual([
      expect.closeTo(2 * (10 + 27 + 1 + 12) * 0.000025),
    ]);
  });
});

test('an operation over 100 SIMs is six write units a SIM, ten of its own, and its page', () => {
  const lines = linesOf('operations', { operationsPerMonth: 1, simsPerOperation: 100 });

  expect(workOfOperation(100)).toEqual({ transitions: 13, invocations: 4 });
  expect(amountOf(lines, 'write units')).toBe(100 * 6 + 10 + 8 + 14);
});

describe('a million requests of 20 ms', () => {
  const lines = linesOf('requests', { sims: 1000, requestsPerSim: 1000, requestMs: 20, writing: 10, responseKb: 1 });
  const dollars = Object.fromEntries(lines.map((line) => [`${line.service} ${line.what}`, dollarsOf(line)]));

  test('are a dollar of the gateway, 20 cents of calls, and 10,000 GB-seconds', () => {
    expect(dollars['API Gateway requests']).toBeCloseTo(1);
    expect(dollars['Lambda calls']).toBeCloseTo(0.2);
    expect(amountOf(lines, 'GB-seconds')).toBeCloseTo(10_000);
  });

  test('log 2.4 GB, kept compressed for a year', () => {
    expect(dollars['CloudWatch GB of logs ingested']).toBeCloseTo(1.2);
    expect(dollars['CloudWatch GB of logs stored']).toBeCloseTo(2.4 * 0.15 * 12 * 0.03);
  });

  test('send a GB out, and write five units each tenth time', () => {
    expect(dollars['Data transfer GB to the internet']).toBeCloseTo(0.09);
    expect(amountOf(lines, 'write units')).toBe(500_000);
  });
});

test('an event is eleven write units a webhook', () => {
  const load = { ordersPerMonth: 1, simsPerOrder: 50 };

  expect(amountOf(linesOf('events', { ...load, webhooksPerPartner: 2 }), 'write units')).toBe((50 + 4 + 3) * 2 * 11);
  expect(amountOf(linesOf('events', load), 'write units')).toBe(0);
});

describe('monitoring', () => {
  test('is a metric for each hour in which its route is asked, and alarms, and dashboards', () => {
    const lines = linesOf('monitoring', { sims: 10, requestsPerSim: 365 });

    // 3,650 requests over ten routes: 365 of the month's 730 hours.
    expect(amountOf(lines, 'metrics by route')).toBe(15);
    expect(lines.filter(({ what }) => what === 'dashboards').map(dollarsOf)).toEqual([3]);
    expect(lines.filter(({ what }) => what === 'metrics with an alarm').map(dollarsOf)).toEqual([0.5]);
  });

  test('is one trace a second, and one in twenty beyond', () => {
    const lines = linesOf(
      'monitoring',
      { sims: 1, requestsPerSim: 4_628_000 },
      { ...deployed, schedules: hourly, isTraced: true },
    );

    expect(amountOf(lines, 'traces')).toBeCloseTo(2_628_000 + (2_000_000 + 730) / 20);
  });
});

const hourly = [{ name: 'SchedulesCollectUsageFunction', everyMinutes: 60, runs: collector }];

test('a schedule every two hours runs 365 times', () => {
  expect(amountOf(linesOf('schedules', {}), 'runs')).toBe(365);
});

describe('the command line', () => {
  test('has a default for everything', () => {
    expect(readRequest([])).toMatchObject({ stage: 'production', load: { partners: 20, sims: 200_000 } });
  });

  test.each([
    [['--sims', 'many'], '--sims must be a number'],
    [['--sims', '0'], '--sims must be at least 1'],
    [['--sending', '101'], '--sending must be a number from 0 to 100'],
    [['--stage', 'moon'], '--stage must be local, dev, staging, production'],
    [['--simms', '1'], 'simms'],
  ])('refuses %j', (args, message) => {
    expect(() => readRequest(args)).toThrow(UsageError);
    expect(() => readRequest(args)).toThrow(message);
  });
});

describe('the console', () => {
  const loads = { usersPerPartner: 10, loadsPerUser: 100, responseKb: 5 };

  test('costs a request for each file and for each of the API, and what they transfer', () => {
    const lines = linesOf('console', loads);

    expect(amountOf(lines, 'requests')).toBe(1000 * (22 + 20));
    expect(amountOf(lines, 'GB to the internet')).toBeCloseTo((1000 * (510_000 + 20 * 5000)) / 1e9);
    expect(amountOf(lines, 'calls of its function')).toBe(3000);
    expect(amountOf(lines, 'reads of files')).toBe(22_000);
  });

  test('stores logs for their retention, and files also when nobody opens it', () => {
    expect(amountOf(linesOf('console', loads), 'GB of access logs')).toBeCloseTo((1000 * 42 * 500 * 12) / 1e9);
    expect(linesOf('console', {}).map(({ what }) => what)).toEqual(['GB of files']);
  });

  test('costs nothing on a stage without one', () => {
    expect(linesOf('console', loads, { ...deployed, hasConsole: false })).toEqual([]);
  });
});

describe('users', () => {
  test('cost by who signs in, where they are the deployment’s own', () => {
    const signingIn = { ...nothing, partners: 10, usersPerPartner: 4 };
    const users = (hasUsers: boolean) =>
      monthOf(signingIn, { ...deployed, hasUsers }).find(({ service }) => service === 'Cognito');
    expect(users(true)).toMatchObject({ amount: 40, price: 0.015 });
    expect(users(false)).toBeUndefined();
  });
});

describe('clients of partners’ systems', () => {
  test('cost by the token, and all together by the month, where the user pool is the deployment’s own', () => {
    const machines = (hasUsers: boolean) =>
      monthOf({ ...nothing, clients: 3 }, { ...deployed, hasUsers })
        .filter(({ service }) => service === 'Cognito')
        .map(({ amount, price }) => amount * price);
    expect(machines(true)).toEqual([6, ((3 * 730) / 11) * 0.00225]);
    expect(machines(false)).toEqual([]);
  });
});
