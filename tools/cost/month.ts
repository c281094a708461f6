import { USAGE_SHARDS } from '../../adapters/dynamodb/table.ts';
import { MACHINE_TOKEN_HOURS } from '../../domain/machine-client.ts';
import { USAGE_RETENTION_DAYS } from '../../domain/usage.ts';
import { counts, pagesIn, simReads, simWrites, workOfOperation, workOfOrder } from './counts.ts';
import type { Deployed, DeployedFunction } from './deployed.ts';
import type { Load } from './load.ts';
import { prices } from './prices.ts';

/** The causes of costs. */
export const causes = [
  'usage',
  'orders',
  'operations',
  'requests',
  'events',
  'schedules',
  'console',
  'monitoring',
  'fixed',
] as const;
export type Cause = (typeof causes)[number];

export type Service =
  | 'DynamoDB'
  | 'Lambda'
  | 'Step Functions'
  | 'API Gateway'
  | 'CloudWatch'
  | 'X-Ray'
  | 'EventBridge Scheduler'
  | 'Secrets Manager'
  | 'Cognito'
  | 'CloudFront'
  | 'S3'
  | 'Data transfer';

/** A line of the bill: an amount and its unit price in US dollars. */
export type Line = { service: Service; cause: Cause; what: string; amount: number; price: number };

export const dollarsOf = ({ amount, price }: Line): number => amount * price;

const HOURS = 730;
const DAYS = HOURS / 24;
const SECONDS = HOURS * 3600;
const KB = 1e3;
const GB = 1e9;

/** Prices a month in which all stored data has reached its retention. Omits empty lines. */
export function monthOf(load: Load, deployed: Deployed): Line[] {
  const lines = [
    ...orders(load, deployed),
    ...operations(load, deployed),
    ...usage(load, deployed),
    ...requests(load, deployed),
    ...events(load, deployed),
    ...schedules(deployed),
    ...consoleLines(load, deployed),
    ...monitoring(load, deployed),
    ...fixed(load, deployed),
  ];
  return lines.filter(({ amount }) => amount > 0);
}

const linesOf = (cause: Cause, lines: readonly Omit<Line, 'cause'>[]): Line[] =>
  lines.map((line) => ({ cause, ...line }));

const writes = (amount: number) =>
  ({ service: 'DynamoDB', what: 'write units', amount, price: prices.writeUnit }) as const;
const reads = (amount: number) =>
  ({ service: 'DynamoDB', what: 'read units', amount, price: prices.readUnit }) as const;
const transitions = (amount: number) =>
  ({ service: 'Step Functions', what: 'state transitions', amount, price: prices.stateTransition }) as const;
const transferred = (bytes: number) =>
  ({ service: 'Data transfer', what: 'GB to the internet', amount: bytes / GB, price: prices.gbOut }) as const;

/** The lines for a function's calls, their duration, and their logs. */
function invocationLines(
  by: DeployedFunction,
  { calls, ms, logBytes, logDays }: { calls: number; ms: number; logBytes: number; logDays: number },
): Omit<Line, 'cause'>[] {
  const logGb = (calls * logBytes) / GB;
  return [
    { service: 'Lambda', what: 'calls', amount: calls, price: prices.invocation },
    {
      service: 'Lambda',
      what: 'GB-seconds',
      amount: ((ms / 1000) * by.memoryMb) / 1024,
      price: by.isArm ? prices.gbSecond : prices.gbSecondX86,
    },
    { service: 'CloudWatch', what: 'GB of logs ingested', amount: logGb, price: prices.logGbTakenIn },
    {
      service: 'CloudWatch',
      what: 'GB of logs stored',
      amount: logGb * counts.logs.compressed * (logDays / DAYS),
      price: prices.logGbKept,
    },
  ];
}

function orders({ ordersPerMonth, simsPerOrder }: Load, deployed: Deployed): Line[] {
  const sims = ordersPerMonth * simsPerOrder;
  const work = workOfOrder(simsPerOrder);
  const stages = 4;
  const writesOfSim = Object.values(simWrites).reduce((sum, units) => sum + units);
  const writesOfOrder = counts.order.writes + pagesIn(simsPerOrder) * stages * counts.pageWrites;
  return linesOf('orders', [
    writes(sims * writesOfSim + ordersPerMonth * writesOfOrder),
    reads(sims * simReads + ordersPerMonth * counts.order.reads),
    transitions(ordersPerMonth * work.transitions),
    ...invocationLines(typicalFunction(deployed, 'task'), {
      calls: ordersPerMonth * work.invocations,
      ms: sims * counts.taskMsOfSim,
      logBytes: counts.logs.invocationBytes,
      logDays: deployed.logDays,
    }),
  ]);
}

function operations({ operationsPerMonth, simsPerOperation }: Load, deployed: Deployed): Line[] {
  const sims = operationsPerMonth * simsPerOperation;
  const work = workOfOperation(simsPerOperation);
  const pageWrites = pagesIn(simsPerOperation) * (counts.pageWrites + counts.manifestPageWrites);
  return linesOf('operations', [
    writes(sims * counts.stepWrites + operationsPerMonth * (counts.operation.writes + pageWrites)),
    reads(sims + operationsPerMonth * counts.operation.reads),
    transitions(operationsPerMonth * work.transitions),
    ...invocationLines(typicalFunction(deployed, 'task'), {
      calls: operationsPerMonth * work.invocations,
      ms: sims * counts.taskMsOfStep,
      logBytes: counts.logs.invocationBytes,
      logDays: deployed.logDays,
    }),
  ]);
}

const COLLECTOR = 'SchedulesCollectUsage';

/** The number of usage collections in a month, and the records per SIM in each. */
export function collections({ sims, sending }: Load, { schedules }: Deployed) {
  const collector = schedules.find(({ name }) => name.startsWith(COLLECTOR));
  if (!collector) {
    throw new Error(`The template has no schedule that collects usage (${COLLECTOR}).`);
  }
  const senders = (sims * sending) / 100;
  const hours = collector.everyMinutes / 60;
  return { collector, senders, runs: HOURS / hours, recordsOfSim: Math.ceil(hours) * counts.usage.recordsAnHour };
}

function usage(load: Load, deployed: Deployed): Line[] {
  const { collector, senders, runs, recordsOfSim } = collections(load, deployed);
  const { dayWrites, daysABatch, sumWrites, reads: readsOfSim, msOfRecord, dayBytes } = counts.usage;
  // Usage is processed per partner and shard: small fleets do not fill a batch.
  const batches = senders === 0 ? 0 : Math.max(senders / daysABatch, Math.min(senders, load.partners * USAGE_SHARDS));
  const keptGb = (senders * USAGE_RETENTION_DAYS * dayBytes) / GB;
  return linesOf('usage', [
    writes(runs * (senders * dayWrites + batches * sumWrites)),
    reads(runs * senders * readsOfSim),
    ...invocationLines(collector.runs, {
      calls: 0,
      ms: runs * senders * recordsOfSim * msOfRecord,
      logBytes: 0,
      logDays: deployed.logDays,
    }),
    ...storageLines(keptGb, `GB of usage, ${USAGE_RETENTION_DAYS} days`, deployed),
  ]);
}

function storageLines(amount: number, what: string, { hasRecovery }: Deployed): Omit<Line, 'cause'>[] {
  return [
    { service: 'DynamoDB', what, amount, price: prices.tableGb },
    ...(hasRecovery
      ? [{ service: 'DynamoDB', what: `${what}, for recovery`, amount, price: prices.recoveryGb } as const]
      : []),
  ];
}

const requestsOf = ({ sims, requestsPerSim }: Load) => sims * requestsPerSim;

function requests(load: Load, deployed: Deployed): Line[] {
  const { readsPerRequest, requestMs, responseKb } = load;
  const all = requestsOf(load);
  const written = (all * load.writing) / 100;
  const { journalDays, logDays } = deployed;
  return linesOf('requests', [
    { service: 'API Gateway', what: 'requests', amount: all, price: prices.httpRequest },
    writes(written * counts.requestWrites),
    // At most: an instance reads the revocations again after 20 seconds.
    reads(all * (readsPerRequest + counts.revocationReads)),
    ...invocationLines(typicalFunction(deployed, 'api'), {
      calls: all,
      ms: all * requestMs,
      logBytes: counts.logs.requestBytes,
      logDays,
    }),
    transferred(all * responseKb * KB),
    ...storageLines(
      (written * (journalDays / DAYS) * counts.journalBytes) / GB,
      `GB of journal, ${journalDays} days`,
      deployed,
    ),
  ]);
}

/** The number of events in a month: SIMs that become active or change, orders in progress, operations that end. */
function eventsOf(load: Load): number {
  const { ordersPerMonth, simsPerOrder, operationsPerMonth, simsPerOperation } = load;
  return ordersPerMonth * (simsPerOrder + counts.order.events + 3) + operationsPerMonth * (simsPerOperation + 1);
}

function events(load: Load, deployed: Deployed): Line[] {
  const made = eventsOf(load);
  const sent = made * load.webhooksPerPartner;
  const { event, logs } = counts;
  return linesOf('events', [
    writes(sent * event.writes),
    reads(made + sent * event.reads),
    ...invocationLines(typicalFunction(deployed, 'stream'), {
      calls: made,
      ms: made * event.publishMs,
      logBytes: logs.invocationBytes,
      logDays: deployed.logDays,
    }),
    ...invocationLines(typicalFunction(deployed, 'schedule'), {
      calls: 0,
      ms: sent * event.sendMs,
      logBytes: 0,
      logDays: deployed.logDays,
    }),
    transferred(sent * event.bytes),
    ...storageLines((sent * event.bytes) / GB, 'GB of deliveries, 30 days', deployed),
  ]);
}

const runsOf = ({ schedules: all }: Deployed) =>
  all.map(({ everyMinutes, runs }) => ({ runs, times: (HOURS * 60) / everyMinutes }));

function schedules(deployed: Deployed): Line[] {
  return runsOf(deployed).flatMap(({ runs, times }) =>
    linesOf('schedules', [
      { service: 'EventBridge Scheduler', what: 'runs', amount: times, price: prices.scheduledRun },
      reads(times * counts.idleRun.reads),
      ...invocationLines(runs, {
        calls: times,
        ms: times * counts.idleRun.ms,
        logBytes: counts.logs.invocationBytes,
        logDays: deployed.logDays,
      }),
    ]),
  );
}

function fixed({ sims, partners, usersPerPartner, clients }: Load, deployed: Deployed): Line[] {
  const { secrets, secretReaders, hasUsers } = deployed;
  const users = hasUsers ? partners * usersPerPartner : 0;
  const machines = hasUsers ? clients : 0;
  return linesOf('fixed', [
    { service: 'Cognito', what: 'active users', amount: users, price: prices.activeUser },
    { service: 'Cognito', what: 'client for machines', amount: machines > 0 ? 1 : 0, price: prices.machineClient },
    {
      service: 'Cognito',
      what: 'machine tokens',
      // The token endpoint replaces a token in its last hour.
      amount: (machines * HOURS) / (MACHINE_TOKEN_HOURS - 1),
      price: prices.machineToken,
    },
    ...storageLines((sims * counts.simBytes) / GB, 'GB of SIMs', deployed),
    { service: 'Secrets Manager', what: 'secrets', amount: secrets, price: prices.secret },
    {
      service: 'Secrets Manager',
      what: 'reads of secrets, at most',
      amount: secretReaders * counts.secretReadsAnHour * HOURS,
      price: prices.secretRead,
    },
  ]);
}

/** The number of page loads of the console in a month. */
const loadsOf = ({ partners, usersPerPartner, loadsPerUser }: Load) => partners * usersPerPartner * loadsPerUser;

/** The lines for loads of the console. None is answered by a cache: each is the first of its browser, far from the last one. */
function consoleLines(load: Load, { hasConsole, logDays }: Deployed): Line[] {
  const loads = hasConsole ? loadsOf(load) : 0;
  const { pageFiles, assetFiles, bytes, apiRequests, logBytes, releaseBytes, releases } = counts.console;
  const files = pageFiles + assetFiles;
  const sent = loads * (bytes + apiRequests * load.responseKb * KB);
  const loggedGb = (loads * (files + apiRequests) * logBytes * (logDays / DAYS)) / GB;
  return linesOf('console', [
    { service: 'CloudFront', what: 'requests', amount: loads * (files + apiRequests), price: prices.cdnRequest },
    { service: 'CloudFront', what: 'GB to the internet', amount: sent / GB, price: prices.cdnGbOut },
    { service: 'CloudFront', what: 'calls of its function', amount: loads * pageFiles, price: prices.cdnFunctionCall },
    { service: 'S3', what: 'reads of files', amount: loads * files, price: prices.fileRead },
    {
      service: 'S3',
      what: 'GB of files',
      amount: hasConsole ? (releaseBytes * releases) / GB : 0,
      price: prices.fileGb,
    },
    { service: 'S3', what: 'GB of access logs', amount: loggedGb, price: prices.fileGb },
  ]);
}

function monitoring(load: Load, deployed: Deployed): Line[] {
  const { routes, alarmedMetrics, dashboards } = deployed;
  // A metric is charged for the hours in which it has data.
  const hoursOfRoute = Math.min(HOURS, requestsOf(load) / Math.max(1, routes));
  return linesOf('monitoring', [
    {
      service: 'CloudWatch',
      what: 'metrics by route',
      amount: routes * counts.metrics.ofRoute * (hoursOfRoute / HOURS),
      price: prices.metric,
    },
    { service: 'CloudWatch', what: 'other metrics', amount: counts.metrics.others, price: prices.metric },
    { service: 'CloudWatch', what: 'metrics with an alarm', amount: alarmedMetrics, price: prices.alarmedMetric },
    { service: 'CloudWatch', what: 'dashboards', amount: dashboards, price: prices.dashboard },
    { service: 'X-Ray', what: 'traces', amount: deployed.isTraced ? tracesOf(load, deployed) : 0, price: prices.trace },
  ]);
}

/** X-Ray's default sampling: one trace per second, and 5 % of further requests. */
function tracesOf(load: Load, deployed: Deployed): number {
  const { ordersPerMonth, simsPerOrder, operationsPerMonth, simsPerOperation } = load;
  const tasks =
    ordersPerMonth * workOfOrder(simsPerOrder).invocations +
    operationsPerMonth * workOfOperation(simsPerOperation).invocations;
  const runs = runsOf(deployed).reduce((sum, { times }) => sum + times, 0);
  const calls = requestsOf(load) + tasks + eventsOf(load) + runs;
  return Math.min(calls, SECONDS) + Math.max(0, calls - SECONDS) / 20;
}

/** Returns the function with the median memory size of a kind: most of a kind are alike. */
function typicalFunction({ functions }: Deployed, kind: DeployedFunction['kind']): DeployedFunction {
  const candidates = functions.filter((part) => part.kind === kind).sort((a, b) => a.memoryMb - b.memoryMb);
  const found = candidates[Math.floor(candidates.length / 2)];
  if (!found) {
    throw new Error(`The template has no function of the kind ${kind}.`);
  }
  return found;
}
