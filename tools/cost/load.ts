import { parseArgs } from 'node:util';
import { type StageName, stageNames } from '../../infra/stages.ts';

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
  /** Clients of all partners' systems in the deployment's user pool. Each requests a token when the last one expires. */
  clients: number;
};

/** The options in display order, with their default and description. */
const options: Readonly<Record<string, { key: keyof Load; fallback: number; what: string }>> = {
  partners: { key: 'partners', fallback: 20, what: 'partners' },
  sims: { key: 'sims', fallback: 200_000, what: 'active SIMs of all partners' },
  'orders-per-month': { key: 'ordersPerMonth', fallback: 400, what: 'orders a month' },
  'sims-per-order': { key: 'simsPerOrder', fallback: 50, what: 'SIMs an order' },
  'operations-per-month': { key: 'operationsPerMonth', fallback: 200, what: 'bulk operations beside those of orders' },
  'sims-per-operation': { key: 'simsPerOperation', fallback: 100, what: 'SIMs such an operation' },
  sending: { key: 'sending', fallback: 100, what: 'percent of the SIMs that send between two collections' },
  'requests-per-sim': { key: 'requestsPerSim', fallback: 10, what: 'requests of the API a SIM and month' },
  writing: { key: 'writing', fallback: 10, what: 'percent of the requests that write' },
  'reads-per-request': { key: 'readsPerRequest', fallback: 10, what: 'read units a request' },
  'request-ms': { key: 'requestMs', fallback: 30, what: 'milliseconds of a function a request' },
  'response-kb': { key: 'responseKb', fallback: 4, what: 'KB a response' },
  'webhooks-per-partner': { key: 'webhooksPerPartner', fallback: 1, what: 'webhooks a partner, for all events' },
  'users-per-partner': { key: 'usersPerPartner', fallback: 5, what: 'users a partner who sign in within the month' },
  clients: { key: 'clients', fallback: 5, what: "clients of partners' systems, with a token an hour each" },
};
const percents: readonly string[] = ['sending', 'writing'];

export const help = [
  'npm run cost -- [options]',
  ...Object.entries(options).map(([name, { fallback, what }]) => `  ${`--${name} ${fallback}`.padEnd(30)}${what}`),
  `  ${`--stage production`.padEnd(30)}${stageNames.join(', ')}: whose template is read`,
  `  ${`--renew`.padEnd(30)}prices what docs/cost.md shows anew, and writes it there`,
  'Values are the defaults.',
].join('\n');

/** An invalid command line; the message explains the problem. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export type CostRequest = { load: Load; stage: StageName; help: boolean; renew: boolean };

/** @throws UsageError */
export function readRequest(args: readonly string[]): CostRequest {
  const values = parsed(args);
  const stage = values.stage ?? 'production';
  const known = stageNames.find((name) => name === stage);
  if (!known) {
    throw new UsageError(`--stage takes ${stageNames.join(', ')}, not "${stage}".`);
  }
  const numbers = Object.entries(options).map(([name, { key, fallback }]) => {
    const text = values[name];
    return [key, text === undefined ? fallback : numberIn(name, String(text))];
  });
  // Safe: Object.fromEntries loses the type of its keys; the options have each key of a load once.
  const load = Object.fromEntries(numbers) as Load;
  return { load, stage: known, help: values.help === true, renew: values.renew === true };
}

function parsed(args: readonly string[]): Readonly<Record<string, string | boolean | undefined>> {
  const numbers = Object.fromEntries(Object.keys(options).map((name) => [name, { type: 'string' } as const]));
  try {
    return parseArgs({
      args: [...args],
      options: { ...numbers, stage: { type: 'string' }, renew: { type: 'boolean' }, help: { type: 'boolean' } },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function numberIn(option: string, text: string): number {
  const max = percents.includes(option) ? 100 : 1e12;
  if (!/^\d+(\.\d+)?$/.test(text) || Number(text) > max) {
    throw new UsageError(`--${option} takes a number from 0 to ${max}, not "${text}".`);
  }
  if (['sims-per-order', 'sims-per-operation', 'sims', 'partners'].includes(option) && Number(text) === 0) {
    throw new UsageError(`--${option} is at least 1.`);
  }
  return Number(text);
}

/** Describes the load, including defaults. */
export function describeLoad(load: Load): string[] {
  return Object.entries(options).map(([name, { key, what }]) => `  --${name} ${load[key]}: ${what}`);
}
