import { counts } from './counts.ts';
import type { Deployed } from './deployed.ts';
import { describeLoad, type Load } from './load.ts';
import { type Cause, collections, dollarsOf, type Line, monthOf } from './month.ts';

/** A change that would reduce the cost of a cause: its description, and its effect on the load and the deployment. */
type Lever = { what: string; changed: (load: Load, deployed: Deployed) => [Load, Deployed] };

const levers: Readonly<Record<Cause, Lever>> = {
  usage: {
    what: 'collections half as often',
    changed: (load, deployed) => [
      load,
      {
        ...deployed,
        schedules: deployed.schedules.map((one) =>
          one.name.startsWith('SchedulesCollectUsage') ? { ...one, everyMinutes: one.everyMinutes * 2 } : one,
        ),
      },
    ],
  },
  orders: {
    what: 'half as many orders, each twice as large',
    changed: (load, deployed) => [
      { ...load, ordersPerMonth: load.ordersPerMonth / 2, simsPerOrder: load.simsPerOrder * 2 },
      deployed,
    ],
  },
  operations: {
    what: 'half as many bulk operations',
    changed: (load, deployed) => [{ ...load, operationsPerMonth: load.operationsPerMonth / 2 }, deployed],
  },
  requests: {
    what: 'half as many requests',
    changed: (load, deployed) => [{ ...load, requestsPerSim: load.requestsPerSim / 2 }, deployed],
  },
  events: {
    what: 'half as many webhooks, or half the events for each',
    changed: (load, deployed) => [{ ...load, webhooksPerPartner: load.webhooksPerPartner / 2 }, deployed],
  },
  schedules: {
    what: 'schedules that run half as often, other than the one for usage',
    changed: (load, deployed) => [
      load,
      {
        ...deployed,
        schedules: deployed.schedules.map((one) =>
          one.name.startsWith('SchedulesCollectUsage') ? one : { ...one, everyMinutes: one.everyMinutes * 2 },
        ),
      },
    ],
  },
  console: {
    what: 'half as many loads of the console',
    changed: (load, deployed) => [{ ...load, loadsPerUser: load.loadsPerUser / 2 }, deployed],
  },
  monitoring: {
    what: 'metrics of all routes together',
    changed: (load, deployed) => [load, { ...deployed, routes: 1 }],
  },
  fixed: {
    what: 'no point-in-time recovery',
    changed: (load, deployed) => [load, { ...deployed, hasRecovery: false }],
  },
};

const assumptions = [
  'Prices are those of us-east-1 before free tiers and discounts (tools/cost/prices.ts); counts are those of the bench (tools/cost/counts.ts).',
  `A SIM that sends data has ${counts.usage.recordsAnHour} record per hour, in one network. All stored data has reached its retention.`,
  'Milliseconds are those of the machine that ran the bench. Requests and work are spread evenly over the month.',
  "Nothing fails: no retries, no dead letters (SQS), no notifications of alarms (SNS). Lambda reads the table's stream free of charge.",
  'Excluded: tax, support, queries of logs and traces.',
];

/** Formats a month's bill: by service, the dominant cause, a change that would reduce it, and the assumptions. */
export function bill(load: Load, deployed: Deployed): string {
  const lines = monthOf(load, deployed);
  const total = sum(lines);
  const { sims, partners } = load;
  return [
    `A month of ${whole(partners)} partners with ${whole(sims)} SIMs, in US dollars`,
    '',
    ...table(lines, total),
    '',
    `${money(total)} per month: ${(total / sims).toFixed(5)} per SIM.`,
    verdict(load, deployed, lines),
    ...thousandLoads(load, deployed),
    ...exceededLimits(load, deployed),
    '',
    'Assumptions',
    ...describeLoad(load),
    ...assumptions.map((text) => `  ${text}`),
  ].join('\n');
}

function table(lines: readonly Line[], total: number): string[] {
  const services = [...Map.groupBy(lines, ({ service }) => service)]
    .map(([service, of]) => ({ service, dollars: sum(of), causes: byCause(of) }))
    .sort((one, other) => other.dollars - one.dollars);
  const rows = [
    ...services.map(({ service, dollars, causes }) => [
      service,
      money(dollars),
      percent(dollars / total),
      formatCauses(causes),
    ]),
    ['total', money(total), percent(1), formatCauses(byCause(lines))],
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map(([name = '', dollars = '', share = '', causes = '']) =>
    `${name.padEnd(widths[0] ?? 0)}  ${dollars.padStart(widths[1] ?? 0)}  ${share.padStart(widths[2] ?? 0)}  ${causes}`.trimEnd(),
  );
}

/** Formats causes with their cost; omits those below half a cent. */
function formatCauses(causes: readonly (readonly [Cause, number])[]): string {
  return causes
    .filter(([, dollars]) => dollars >= 0.005)
    .map(([cause, dollars]) => `${cause} ${money(dollars)}`)
    .join(', ');
}

/** Warns about a load that exceeds the system's limits. */
function exceededLimits(load: Load, deployed: Deployed): string[] {
  const { senders, recordsOfSim } = collections(load, deployed);
  const records = senders * recordsOfSim;
  return records > counts.usage.mostRecordsARun
    ? [
        `A run of the collector processes up to ${whole(counts.usage.mostRecordsARun)} records, but there are ${whole(records)}: see docs/scale.md.`,
      ]
    : [];
}

/** Names the cost of 1,000 loads of the console: the files and their requests, without the storage. */
function thousandLoads(load: Load, deployed: Deployed): string[] {
  const costOf = (loadsPerUser: number) =>
    sum(
      monthOf({ ...load, partners: 1, usersPerPartner: 1, loadsPerUser }, deployed).filter(
        ({ cause }) => cause === 'console',
      ),
    );
  return deployed.hasConsole ? [`1,000 loads of the console cost ${money(costOf(1000) - costOf(0))}.`] : [];
}

/** Names the most expensive cause and line, and what a change would save. */
function verdict(load: Load, deployed: Deployed, lines: readonly Line[]): string {
  const total = sum(lines);
  const [greatest] = byCause(lines);
  if (!greatest) {
    return 'Nothing has a cost.';
  }
  const [cause, dollars] = greatest;
  const most = lines
    .filter((line) => line.cause === cause)
    .reduce((one, other) => (dollarsOf(other) > dollarsOf(one) ? other : one));
  const { what, changed } = levers[cause];
  const saved = total - sum(monthOf(...changed(load, deployed)));
  return (
    `Largest cause: ${cause}, ${percent(dollars / total)}, mostly ${most.what} of ${most.service} ` +
    `(${money(dollarsOf(most))}). With ${what}, the month would cost ${money(saved)} less.`
  );
}

function byCause(lines: readonly Line[]): [Cause, number][] {
  return [...Map.groupBy(lines, ({ cause }) => cause)]
    .map(([cause, of]): [Cause, number] => [cause, sum(of)])
    .sort(([, one], [, other]) => other - one);
}

const sum = (lines: readonly Line[]) => lines.reduce((dollars, line) => dollars + dollarsOf(line), 0);

const money = (dollars: number) => dollars.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const whole = (count: number) => count.toLocaleString('en');
const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
