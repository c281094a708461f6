import { type StageName, stageNames } from '../../infra/stages.ts';
import { oneOf, parseArguments, UsageError } from '../command.ts';

/** The load of a month: everything that is neither measured by the bench nor read from the template. */
export type Load = {
  partners: number;
  /** Active SIMs. */
  sims: number;
  ordersPerMonth: number;
  simsPerOrder: number;
  /** Bulk operations besides those of orders, such as suspending or reassigning. */
  operationsPerMonth: number;
  simsPerOperation: number;
  /** Percentage of the SIMs that send data between two collections. */
  sending: number;
  /** API requests per SIM and month. */
  requestsPerSim: number;
  /** Percentage of the requests that write. */
  writing: number;
  readsPerRequest: number;
  requestMs: number;
  responseKb: number;
  webhooksPerPartner: number;
  /** Users of a partner and of its customers who sign in at least once in the month. */
  usersPerPartner: number;
  /** Loads of the console by each user. */
  loadsPerUser: number;
  /** API clients of all partners. Each requests a token when the last one expires. */
  clients: number;
};

/** The options in display order, with their default and description. */
const loadOptions: Readonly<Record<string, { key: keyof Load; fallback: number; what: string }>> = {
  partners: { key: 'partners', fallback: 20, what: 'partners' },
  sims: { key: 'sims', fallback: 200_000, what: 'active SIMs of all partners' },
  'orders-per-month': { key: 'ordersPerMonth', fallback: 400, what: 'orders per month' },
  'sims-per-order': { key: 'simsPerOrder', fallback: 50, what: 'SIMs per order' },
  'operations-per-month': { key: 'operationsPerMonth', fallback: 200, what: 'bulk operations besides those of orders' },
  'sims-per-operation': { key: 'simsPerOperation', fallback: 100, what: 'SIMs per bulk operation' },
  sending: { key: 'sending', fallback: 100, what: 'percentage of SIMs that send data between two collections' },
  'requests-per-sim': { key: 'requestsPerSim', fallback: 10, what: 'API requests per SIM and month' },
  writing: { key: 'writing', fallback: 10, what: 'percentage of requests that write' },
  'reads-per-request': { key: 'readsPerRequest', fallback: 10, what: 'read units per request' },
  'request-ms': { key: 'requestMs', fallback: 30, what: 'milliseconds of a function per request' },
  'response-kb': { key: 'responseKb', fallback: 4, what: 'KB per response' },
  'webhooks-per-partner': { key: 'webhooksPerPartner', fallback: 1, what: 'webhooks per partner, for all events' },
  'users-per-partner': { key: 'usersPerPartner', fallback: 5, what: 'users per partner who sign in each month' },
  'loads-per-user': { key: 'loadsPerUser', fallback: 40, what: 'loads of the console per user and month' },
  clients: { key: 'clients', fallback: 5, what: "API clients of partners' systems, which work around the clock" },
};
const percentages: readonly string[] = ['sending', 'writing'];

export const commandLine = {
  usage: [
    'npm run cost -- [options]',
    ...Object.entries(loadOptions).map(
      ([name, { fallback, what }]) => `  ${`--${name} ${fallback}`.padEnd(30)}${what}`,
    ),
    `  ${`--stage production`.padEnd(30)}the stage whose template is priced: ${stageNames.join(', ')}`,
    `  ${`--update`.padEnd(30)}updates the examples in docs/cost.md`,
    'Values are the defaults.',
  ].join('\n'),
  options: {
    ...Object.fromEntries(Object.keys(loadOptions).map((name) => [name, { type: 'string' } as const])),
    stage: { type: 'string', default: 'production' },
    update: { type: 'boolean', default: false },
  },
} as const;

export type CostRequest = { load: Load; stage: StageName; updatesDocument: boolean };

/** @throws UsageError */
export function readRequest(args: readonly string[]): CostRequest {
  const { values } = parseArguments(commandLine, args);
  const given: Readonly<Record<string, unknown>> = values;
  const numbers = Object.entries(loadOptions).map(([name, { key, fallback }]) => {
    const text = given[name];
    return [key, text === undefined ? fallback : numberIn(name, String(text))];
  });
  // Safe: Object.fromEntries loses the type of its keys; the options have each key of a load once.
  const load = Object.fromEntries(numbers) as Load;
  return { load, stage: oneOf('--stage', values.stage, stageNames), updatesDocument: values.update };
}

function numberIn(option: string, text: string): number {
  const max = percentages.includes(option) ? 100 : 1e12;
  if (!/^\d+(\.\d+)?$/.test(text) || Number(text) > max) {
    throw new UsageError(`--${option} must be a number from 0 to ${max}, not "${text}".`);
  }
  if (['sims-per-order', 'sims-per-operation', 'sims', 'partners'].includes(option) && Number(text) === 0) {
    throw new UsageError(`--${option} must be at least 1.`);
  }
  return Number(text);
}

/** Describes the load, including defaults. */
export function describeLoad(load: Load): string[] {
  return Object.entries(loadOptions).map(([name, { key, what }]) => `  --${name} ${load[key]}: ${what}`);
}
